/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "process/blocked_threads.h"

#include "base/procfs.h"
#include "base/sys.h"
#include "process/target.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/syscall.h>

enum { LINE_BYTES = 128 };

/* Calls that wait at the descriptor that they name first. */
static const long at_one[] = {SYS_accept,   SYS_accept4, SYS_recvfrom, SYS_recvmsg,
			      SYS_recvmmsg, SYS_read,    SYS_readv};

static bool waits_at_all(long call)
{
#ifdef SYS_poll
	if (call == SYS_poll || call == SYS_select)
		return true;
#endif
	/* poll that a signal has interrupted; or a thread that sleeps, which is not told apart. */
	return call == SYS_ppoll || call == SYS_pselect6 || call == SYS_restart_syscall;
}

/* "NUMBER 0xARGUMENT ...", or "running". */
bool blocked_threads_parse(const char *line, int fd)
{
	const char *argument = strstr(line, " 0x");
	uint64_t call, number;

	if (argument == NULL || !procfs_digits(line, 10, &call) || !procfs_digits(argument + 3, 16, &number))
		return false;
	for (size_t i = 0; i < sizeof at_one / sizeof at_one[0]; i++)
		if ((long)call == at_one[i])
			return number == (uint64_t)fd;
	return waits_at_all((long)call);
}

struct waiting {
	int fd;
	long self;
	bool found, unseen;
};

static bool visit_thread(void *context, int task, const char *name, int number)
{
	struct waiting *waiting = context;
	char text[LINE_BYTES];

	if (number == waiting->self)
		return true;
	if (procfs_text(task, name, "/syscall", text, sizeof text) < 0) {
		waiting->unseen |= errno == ENOENT;
		return true;
	}
	waiting->found = blocked_threads_parse(text, waiting->fd);
	return !waiting->found;
}

/* A thread that ended leaves no file; some kernels (user-mode Linux) have none at all. */
static bool kernel_tells(void)
{
	int file = target_open_proc("/syscall", 0);

	if (file >= 0)
		sys_close(file);
	return file >= 0 || errno != ENOENT;
}

bool blocked_threads_at(int fd)
{
	struct waiting waiting = {.fd = target_number(fd), .self = target_thread()};
	int task = target_open_proc("/task", O_DIRECTORY);

	if (task < 0)
		return false;
	procfs_walk(task, visit_thread, &waiting);
	sys_close(task);
	return waiting.found || (waiting.unseen && !kernel_tells());
}
