/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "process/blocked_threads.h"

#include "base/procfs.h"
#include "base/sys.h"
#include "process/polled.h"
#include "process/target.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/syscall.h>

enum { LINE_BYTES = 256, PAUSES = 10 };

/* Calls whose first argument is the descriptor at which they wait. */
static const long at_one[] = {SYS_accept,   SYS_accept4, SYS_recvfrom, SYS_recvmsg,
			      SYS_recvmmsg, SYS_read,    SYS_readv};

static int kind_of(long call)
{
	for (size_t i = 0; i < sizeof at_one / sizeof at_one[0]; i++)
		if (call == at_one[i])
			return BLOCKED_AT_ONE;
#ifdef SYS_poll
	if (call == SYS_poll)
		return BLOCKED_IN_POLL;
	if (call == SYS_select)
		return BLOCKED_IN_SELECT;
#endif
	if (call == SYS_pselect6)
		return BLOCKED_IN_SELECT;
	/* SYS_restart_syscall: a poll that a signal has interrupted, with its arguments as they were. Or another
	 * call, such as nanosleep or futex: then its argument, read as a list, does not name our socket. */
	return call == SYS_ppoll || call == SYS_restart_syscall ? BLOCKED_IN_POLL : BLOCKED_ELSEWHERE;
}

/* The line is "NUMBER 0xARGUMENT ...", or "running". */
struct blocked_call blocked_threads_parse(const char *line)
{
	enum { ARGUMENTS = sizeof((struct blocked_call *)0)->arguments / sizeof(uint64_t) };
	struct blocked_call call = {.kind = BLOCKED_ELSEWHERE};
	uint64_t number;

	if (!procfs_digits(line, 10, &number))
		return call;
	for (size_t i = 0; i < ARGUMENTS; i++) {
		line = strstr(line, " 0x");
		if (line == NULL || !procfs_digits(line + 3, 16, &call.arguments[i]))
			return call;
		line += 3;
	}
	call.kind = kind_of((long)number);
	return call;
}

/* The functions of accept(2), of receiving, and of poll and select, where kernels differ. (That of epoll is
 * ep_poll or do_epoll_wait.) */
bool blocked_threads_in(const char *function)
{
	static const char *const waits[] = {"csk_accept",  "wait_for_more_packets", "do_poll",
					    "do_sys_poll", "poll_schedule",         "do_select"};

	for (size_t i = 0; i < sizeof waits / sizeof waits[0]; i++)
		if (strstr(function, waits[i]) != NULL)
			return true;
	return false;
}

struct waiting {
	struct polled polled;
	long self;
	bool found, unseen;
	int pauses;
};

/* The C library's setresuid(2) has woken each thread to change its user too: a thread that runs may be about to
 * sleep in its call again, so it is given a moment. */
static bool sleeps_at_any(struct waiting *waiting, int task, const char *name)
{
	char text[LINE_BYTES];

	while (procfs_text(task, name, "/wchan", text, sizeof text) > 0 && text[0] == '0' && waiting->pauses-- > 0)
		sys_pause(1);
	return blocked_threads_in(text);
}

static bool waits(const struct polled *polled, const struct blocked_call *call)
{
	switch (call->kind) {
	case BLOCKED_AT_ONE:
		return polled_is_it(polled, (int)call->arguments[0]);
	case BLOCKED_IN_POLL:
		return polled_by_poll(polled, call->arguments[0], call->arguments[1]);
	case BLOCKED_IN_SELECT:
		return polled_by_select(polled, call->arguments[0], &call->arguments[1]);
	default:
		return false;
	}
}

static bool visit_thread(void *context, int task, const char *name, int number)
{
	struct waiting *waiting = context;
	struct blocked_call call;
	char text[LINE_BYTES];

	if (number == waiting->self)
		return true;
	if (procfs_text(task, name, "/syscall", text, sizeof text) >= 0) {
		call = blocked_threads_parse(text);
		waiting->found = waits(&waiting->polled, &call);
	} else if (errno == EACCES) {
		waiting->found = sleeps_at_any(waiting, task, name);
	} else {
		waiting->unseen |= errno == ENOENT;
	}
	return !waiting->found;
}

/* ENOENT for a thread may mean that it has ended, or that the kernel has no such file (user-mode Linux). */
static bool kernel_tells(void)
{
	int file = target_open_proc("/syscall", 0);

	if (file >= 0)
		sys_close(file);
	return file >= 0 || errno != ENOENT;
}

bool blocked_threads_at(int fd, ino_t inode)
{
	struct waiting waiting = {.polled = {target_number(fd), inode}, .self = target_thread(), .pauses = PAUSES};
	int task = target_open_proc("/task", O_DIRECTORY);

	if (task < 0)
		return false;
	procfs_walk(task, visit_thread, &waiting);
	sys_close(task);
	return waiting.found || (waiting.unseen && !kernel_tells());
}
