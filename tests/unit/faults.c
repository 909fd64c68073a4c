/* SPDX-License-Identifier: MIT */
#include "faults.h"

#include "base/sys.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

/* The most that one directory entry of /proc/self/fd takes, and little more:
 * the kernel refuses less than one entry. */
enum { SHORT_ENTRIES = 32, SHORT_READ = 3 };

static struct fault *current;
static size_t calls;
static bool short_results;

void faults_start(struct fault *fault)
{
	calls = 0;
	fault->call = NULL;
	current = fault;
}

size_t faults_stop(void)
{
	current = NULL;
	return calls;
}

void faults_short(bool on)
{
	short_results = on;
}

static bool fails(const char *call, long detail)
{
	if (current == NULL || ++calls != current->at)
		return false;
	current->call = call;
	current->detail = detail;
	errno = current->error;
	return true;
}

/* The function, its parameters, its arguments, and which of them is told. */
#define FAULTY(type, name, parameters, arguments, detail)                                                          \
	type __real_##name parameters;                                                                             \
	type __wrap_##name parameters;                                                                             \
	type __wrap_##name parameters                                                                              \
	{                                                                                                          \
		return fails(#name, (long)(detail)) ? -1 : __real_##name arguments;                                \
	}

FAULTY(int, sys_socket, (int domain, int type, int protocol), (domain, type, protocol), domain)
FAULTY(int, sys_bind, (int fd, const struct sockaddr *address, socklen_t length), (fd, address, length), fd)
FAULTY(int, sys_listen, (int fd, int backlog), (fd, backlog), backlog)
FAULTY(int, sys_getsockname, (int fd, struct sockaddr *address, socklen_t *length), (fd, address, length), fd)
FAULTY(ssize_t, sys_recvfrom,
       (int fd, void *buffer, size_t size, int flags, struct sockaddr *address, socklen_t *length),
       (fd, buffer, size, flags, address, length), flags)
FAULTY(int, sys_getpeername, (int fd, struct sockaddr *address, socklen_t *length), (fd, address, length), fd)
FAULTY(int, sys_getsockopt, (int fd, int level, int name, void *value, socklen_t *length),
       (fd, level, name, value, length), level * 1000 + name)
FAULTY(int, sys_setsockopt, (int fd, int level, int name, const void *value, socklen_t length),
       (fd, level, name, value, length), level * 1000 + name)
FAULTY(int, sys_get_int, (int fd, int level, int name), (fd, level, name), level * 1000 + name)
FAULTY(int, sys_set_int, (int fd, int level, int name, int value), (fd, level, name, value), level * 1000 + name)
FAULTY(int, sys_fcntl, (int fd, int command, unsigned long argument), (fd, command, argument), command)
FAULTY(int, sys_dup3, (int from, int to, int flags), (from, to, flags), to)
FAULTY(int, sys_epoll_ctl, (int epfd, int operation, int fd, struct epoll_event *event),
       (epfd, operation, fd, event), operation)
FAULTY(int, sys_fstat, (int fd, struct stat *status), (fd, status), fd)
FAULTY(int, sys_stat_socket, (int fd, struct stat *status), (fd, status), fd)
FAULTY(ssize_t, sys_readlinkat, (int directory, const char *path, char *buffer, size_t size),
       (directory, path, buffer, size), directory)
FAULTY(ssize_t, sys_read, (int fd, void *buffer, size_t size),
       (fd, buffer, short_results &&size > SHORT_READ ? SHORT_READ : size), fd)
FAULTY(ssize_t, sys_getdents64, (int fd, void *buffer, size_t size),
       (fd, buffer, short_results &&size > SHORT_ENTRIES ? SHORT_ENTRIES : size), fd)

int __real_sys_close(int fd);
int __wrap_sys_close(int fd);

/* Linux closes the descriptor even where close(2) reports a failure. */
int __wrap_sys_close(int fd)
{
	int result = __real_sys_close(fd);

	return fails("sys_close", fd) ? -1 : result;
}

int __real_sys_openat(int directory, const char *path, int flags, mode_t mode);
int __wrap_sys_openat(int directory, const char *path, int flags, mode_t mode);

/* There are no other processes, whose folders a relative path names: how many
 * calls they take would be a different number each time. */
int __wrap_sys_openat(int directory, const char *path, int flags, mode_t mode)
{
	if (current != NULL && directory != AT_FDCWD && atoi(path) != getpid()) {
		errno = ENOENT;
		return -1;
	}
	return fails("sys_openat", flags) ? -1 : __real_sys_openat(directory, path, flags, mode);
}
