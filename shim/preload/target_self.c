/* SPDX-License-Identifier: MIT */
/* The target is the process in which the library is. */
#define _GNU_SOURCE
#include "process/target.h"

#include "base/procfs.h"
#include "base/sys.h"
#include "preload/next.h"
#include "socket/sock.h"

#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <sys/syscall.h>

enum { NAME_BYTES = 32 };

bool target_is_self(void)
{
	return true;
}

pid_t target_pid(void)
{
	return (pid_t)sys_call(SYS_getpid);
}

pid_t target_thread(void)
{
	return (pid_t)sys_call(SYS_gettid);
}

uid_t target_uid(void)
{
	return (uid_t)sys_call(SYS_geteuid);
}

bool target_numbers(int proc, int numbers[2])
{
	char own[NAME_BYTES];

	if (procfs_link(proc, "self", own, sizeof own) <= 0 || !procfs_number(own, &numbers[0]))
		return false;
	numbers[1] = numbers[0];
	return true;
}

int target_open_proc(const char *rest, int flags)
{
	return procfs_open_own(rest, flags);
}

/* Through a pipe: write(2) returns EFAULT if there is no memory. process_vm_readv(2) is not used, since a
 * filter may end the process for it (systemd's @system-service does). */
bool target_copy(uint64_t address, void *to, size_t size)
{
	int ends[2];
	bool done;

	if (size > TARGET_COPY_MAX || sys_call(SYS_pipe2, ends, (long)O_CLOEXEC) != 0)
		return false;
	done = sys_call(SYS_write, (long)ends[1], (long)address, size) == (long)size &&
	       sys_read(ends[0], to, size) == (ssize_t)size;
	sys_close(ends[0]);
	sys_close(ends[1]);
	return done;
}

int target_stat(int number, struct stat *status)
{
	int result = sys_stat_socket(number, status);

	if (result == 0 || errno != ENOTSOCK)
		return result;
	*status = (struct stat){0};
	return 0;
}

int target_take(int number)
{
	return number;
}

void target_put_back(int fd)
{
	(void)fd;
}

void target_note_socket(int number)
{
	(void)number;
}

int target_take_noted(int number)
{
	(void)number;
	return -1;
}

void target_note_sight(int number, const struct sight *sight)
{
	(void)number;
	(void)sight;
}

const struct sight *target_sight(int number)
{
	(void)number;
	return NULL;
}

int target_number(int fd)
{
	return fd;
}

int target_socket(int domain, int type, int protocol)
{
	return sys_socket(domain, type | SOCK_CLOEXEC, protocol);
}

int target_bind(int fd, const struct sockaddr *address, socklen_t length)
{
	return sys_bind(fd, address, length);
}

int (*next_other_bind)(int, const struct sockaddr *, socklen_t);

bool target_asks_other(void)
{
	return next_other_bind != NULL;
}

atomic_bool next_is_passed_by;

bool target_is_passed_by(void)
{
	return next_is_passed_by;
}

/*
 * Async-signal-safe if the other library's bind is: without us, the program's call would
 * have run it, too.
 */
int target_bind_as_program(int fd, const struct sockaddr *address, socklen_t length)
{
	struct address wanted;

	if (next_other_bind == NULL)
		return sys_bind(fd, address, length);
	if (next_other_bind(fd, address, length) != 0)
		return -1;
	if (address_read(&wanted, address, length) && sock_is_at(fd, &wanted))
		return 0;
	errno = EREMCHG;
	return -1;
}

int target_closes(int number)
{
	int flags = sys_fcntl(number, F_GETFD, 0);

	return flags < 0 ? -1 : (flags & FD_CLOEXEC) != 0;
}

bool target_install(int to, int number, bool closes)
{
	return sys_dup3(to, number, closes ? O_CLOEXEC : 0) == number;
}

int target_epoll_ctl(int epfd, int operation, int number, int socket, struct epoll_event *event)
{
	(void)socket;
	return sys_epoll_ctl(epfd, operation, number, event);
}

int target_set_flags(int number, int socket, unsigned long flags)
{
	(void)socket;
	return sys_fcntl(number, F_SETFL, flags);
}
