/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "inspect/borrow.h"

#include "inspect/procfile.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifndef SYS_pidfd_open
#define SYS_pidfd_open 434
#endif
#ifndef SYS_pidfd_getfd
#define SYS_pidfd_getfd 438
#endif

int borrow_descriptor(pid_t pid, int fd)
{
	int process = (int)syscall(SYS_pidfd_open, pid, 0U);
	int borrowed = process >= 0 ? (int)syscall(SYS_pidfd_getfd, process, fd, 0U) : -1;
	int saved = errno;

	if (process >= 0)
		close(process);
	errno = saved;
	return borrowed;
}

/* One's own is refused by a filter alone. */
static bool is_sandboxed(void)
{
	int file = open("/", O_PATH | O_CLOEXEC), own = file >= 0 ? borrow_descriptor(getpid(), file) : -1;
	bool refused = file >= 0 && own < 0 && procfile_is_refusal(errno);

	if (own >= 0)
		close(own);
	if (file >= 0)
		close(file);
	return refused;
}

static bool yama_restricts(void)
{
	int file = open("/proc/sys/kernel/yama/ptrace_scope", O_RDONLY | O_CLOEXEC);
	char level = '0';
	bool restricts = file >= 0 && read(file, &level, 1) == 1 && level != '0';

	if (file >= 0)
		close(file);
	return restricts;
}

enum borrow_refusal borrow_refused(pid_t pid, int error)
{
	if (error == ENOSYS)
		return BORROW_NO_CALL;
	if (!procfile_is_refusal(error))
		return BORROW_UNREFUSED;
	if (is_sandboxed())
		return BORROW_SANDBOXED;
	if ((uid_t)procfile_number(pid, "Uid:") != getuid())
		return BORROW_OTHERS;
	return yama_restricts() ? BORROW_YAMA : BORROW_FORBIDDEN;
}

const char *borrow_words(enum borrow_refusal refusal)
{
	static const char *const words[] = {
	    [BORROW_UNREFUSED] = "no process that is shown has it open",
	    [BORROW_NO_CALL] = "this kernel (before 5.6) or its sandbox has no pidfd_getfd",
	    [BORROW_SANDBOXED] = "a seccomp filter forbids pidfd_getfd here",
	    [BORROW_OTHERS] = "it is another user's, which takes CAP_SYS_PTRACE",
	    [BORROW_YAMA] =
		"Yama (kernel.yama.ptrace_scope) forbids to look into other processes without CAP_SYS_PTRACE",
	    [BORROW_FORBIDDEN] = "its process may not be looked into without CAP_SYS_PTRACE",
	};

	return words[refusal];
}
