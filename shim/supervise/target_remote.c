/* SPDX-License-Identifier: MIT */
/*
 * The target is the process that waits for the supervisor's answer. Without one (when the command looks
 * at itself) there is nothing to do.
 */
#define _GNU_SOURCE
#include "process/target.h"

#include "base/procfs.h"
#include "base/strbuf.h"
#include "base/sys.h"
#include "process/fd_walk.h"
#include "supervise/errand.h"
#include "supervise/filter.h"
#include "supervise/noted.h"
#include "supervise/rights.h"
#include "supervise/target.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { LINK_BYTES = 64, DUP_TRIES = 3 };

bool target_is_self(void)
{
	return false;
}

pid_t target_pid(void)
{
	return target_current != NULL && target_current->process != 0 ? target_current->process : getpid();
}

pid_t target_thread(void)
{
	return target_current != NULL ? target_current->thread : (pid_t)syscall(SYS_gettid);
}

uid_t target_uid(void)
{
	return target_current != NULL ? target_current->uid : geteuid();
}

bool target_numbers(int proc, int numbers[2])
{
	(void)proc; /* supervise() has made sure that it has the same numbers */
	numbers[0] = target_pid();
	numbers[1] = getpid();
	return true;
}

/* After a failure: if the target no longer waits, it was killed, or interrupted. */
static void note_end(void)
{
	int saved = errno;

	errno = target_current != NULL && !target_waits(target_current) ? ESRCH : saved;
}

int target_open_proc(const char *rest, int flags)
{
	int file = target_current != NULL ? procfs_open(target_current->folder, rest + 1, "", flags)
					  : procfs_open_own(rest, flags);

	if (file < 0)
		note_end();
	return file;
}

bool target_copy(uint64_t address, void *to, size_t size)
{
	return target_current != NULL && size <= TARGET_COPY_MAX && target_read(target_current, address, to, size);
}

/* Reads the link, since stat(2) of another process's file could hang, if its file system does not
 * answer. */
int target_stat(int number, struct stat *status)
{
	struct descriptor descriptor;
	struct strbuf name = {0};
	char link[LINK_BYTES];

	strbuf_add(&name, "fd/");
	strbuf_add_number(&name, (unsigned long)number);
	memset(status, 0, sizeof *status);
	if (target_current == NULL || !target_link(target_current, strbuf_text(&name), link, sizeof link)) {
		errno = errno == ENOENT ? EBADF : errno;
		return -1;
	}
	if (fd_walk_parse(&descriptor, link) && descriptor.kind == DESCRIPTOR_SOCKET) {
		status->st_mode = S_IFSOCK;
		status->st_ino = descriptor.inode;
	}
	return 0;
}

/* The thread may have another file at that number than the process. */
static bool is_the_threads(int fd, int number)
{
	struct stat taken, meant;

	if (target_current->pidfd_of_thread)
		return true;
	if (target_stat(number, &meant) != 0)
		return false;
	return sys_stat_socket(fd, &taken) == 0 ? taken.st_ino == meant.st_ino
						: errno == ENOTSOCK && !S_ISSOCK(meant.st_mode);
}

int target_take(int number)
{
	int fd;

	if (target_current == NULL || target_current->count == TAKEN_MAX) {
		errno = EMFILE;
		return -1;
	}
	fd = (int)syscall(SYS_pidfd_getfd, target_current->pidfd, number, 0);
	if (fd < 0)
		return -1;
	if (!is_the_threads(fd, number)) {
		sys_close(fd);
		errno = EBADF;
		return -1;
	}
	target_current->taken[target_current->count++] = (struct taken){fd, number};
	return fd;
}

void target_note_socket(int number)
{
	if (target_current != NULL)
		noted_set(number);
}

int target_take_noted(int number)
{
	return target_current != NULL && noted_clear(number) ? target_take(number) : -1;
}

void target_note_sight(int number, const struct sight *sight)
{
	if (target_current != NULL)
		noted_see(number, sight);
}

const struct sight *target_sight(int number)
{
	return target_current != NULL ? noted_sight(number) : NULL;
}

static struct taken *find_taken(int fd)
{
	for (size_t i = 0; target_current != NULL && i < target_current->count; i++)
		if (target_current->taken[i].fd == fd)
			return &target_current->taken[i];
	return NULL;
}

void target_put_back(int fd)
{
	struct taken *taken = find_taken(fd);
	int saved = errno;

	sys_close(fd);
	if (taken != NULL)
		*taken = target_current->taken[--target_current->count];
	errno = saved;
}

int target_number(int fd)
{
	const struct taken *taken = find_taken(fd);

	return taken != NULL ? taken->number : -1;
}

int target_socket(int domain, int type, int protocol)
{
	struct rights own;
	int fd;

	if (!rights_take(&own, target_current))
		return -1;
	fd = sys_socket(domain, type | SOCK_CLOEXEC, protocol);
	rights_give_back(&own);
	return fd;
}

/* If the target no longer waits it has had another answer, or needs none. */
int target_bind(int fd, const struct sockaddr *address, socklen_t length)
{
	struct rights own;
	int result;

	if (target_current != NULL && !target_waits(target_current)) {
		errno = ESRCH;
		return -1;
	}
	if (!rights_take(&own, target_current))
		return -1;
	result = sys_bind(fd, address, length);
	rights_give_back(&own);
	return result;
}

/* Libraries in the target have had the call already, before it came to the kernel. */
int target_bind_as_program(int fd, const struct sockaddr *address, socklen_t length)
{
	return target_bind(fd, address, length);
}

bool target_asks_other(void)
{
	return false;
}

bool target_is_passed_by(void)
{
	return false;
}

int target_closes(int number)
{
	long flags = target_current != NULL && number >= 0 ? target_flags(target_current, number) : -1;

	if (flags >= 0)
		return (flags & O_CLOEXEC) != 0;
	errno = EBADF;
	note_end();
	return -1;
}

/* FD was taken from the number at which the target has the new socket by now. FD is open, so only an
 * interruption can make the replacement fail. */
static void mean_new(int to, int fd)
{
	for (int tries = 0; tries < DUP_TRIES; tries++)
		if (sys_dup3(to, fd, O_CLOEXEC) >= 0)
			return;
}

bool target_install(int to, int number, bool closes)
{
	struct seccomp_notif_addfd install = {.flags = SECCOMP_ADDFD_FLAG_SETFD, .srcfd = (uint32_t)to};

	if (target_current == NULL || number < 0) {
		errno = EBADF;
		return false;
	}
	install.id = target_current->id;
	install.newfd = (uint32_t)number;
	install.newfd_flags = closes ? O_CLOEXEC : 0;
	if (ioctl(target_current->listener, SECCOMP_IOCTL_NOTIF_ADDFD, &install) < 0) {
		note_end();
		return false;
	}
	/* Others change than the call's own socket, and that takes time. */
	if (number != target_current->number)
		noted_look_anew();
	noted_touch(number);
	for (size_t i = 0; i < target_current->count; i++)
		if (target_current->taken[i].number == number && target_current->taken[i].fd != to)
			mean_new(to, target_current->taken[i].fd);
	return true;
}

int target_epoll_ctl(int epfd, int operation, int number, int socket, struct epoll_event *event)
{
	struct errand errand = {.number = number, .socket = socket, .operation = operation, .event = event};
	int result, saved;

	errand.epfd = target_take(epfd);
	if (errand.epfd < 0)
		return -1;
	result = errand_run(&errand);
	saved = errno;
	target_put_back(errand.epfd);
	errno = saved;
	return result;
}

int target_set_flags(int number, int socket, unsigned long flags)
{
	struct errand errand = {.number = number, .socket = socket, .epfd = -1, .flags = flags};

	return errand_run(&errand);
}
