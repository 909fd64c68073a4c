/* SPDX-License-Identifier: MIT */
/* Tests of the supervisor need a kernel that knows its answers (Linux 5.9). */
#ifndef DUALBIND_TEST_SUPERVISABLE_H
#define DUALBIND_TEST_SUPERVISABLE_H

#include "supervise/filter.h"

#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

/* False: then it is told, as TAP that skips the whole file. */
static inline bool is_supervisable(void)
{
	bool no_new_privileges, interruptible;
	pid_t child = fork();
	int status = 1;

	if (child == 0)
		_exit(filter_install(&no_new_privileges, &interruptible) < 0);
	if (waitpid(child, &status, 0) == child && status == 0 && filter_can_be_answered())
		return true;
	printf("1..0 # SKIP no SECCOMP_IOCTL_NOTIF_ADDFD on this kernel\n");
	return false;
}

#endif
