/* SPDX-License-Identifier: MIT */
/* Its first chroot(2) is made as by Chromium's zygote, for hook_chroot.t: in a child that shares its
 * memory, and has none of a thread's, so that errno is nowhere. With an argument by syscall(2). */
#define _GNU_SOURCE
#include <sched.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static int chroot_in(void *by_number)
{
	_exit((by_number != NULL ? (int)syscall(SYS_chroot, "/") : chroot("/")) != 0);
}

int main(int argc, char **argv)
{
	static _Alignas(64) char stack[65536], thread[65536];
	int status;
	pid_t child = clone(chroot_in, stack + sizeof stack, CLONE_VM | CLONE_VFORK | CLONE_SETTLS | SIGCHLD,
			    argc > 1 ? argv[1] : NULL, NULL, thread + sizeof thread / 2, NULL);

	if (child < 0 || waitpid(child, &status, 0) != child)
		return 1;
	printf("%#x\n", (unsigned)status);
	return 0;
}
