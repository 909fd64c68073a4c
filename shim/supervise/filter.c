/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "supervise/filter.h"

#include "base/sys.h"

#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <stddef.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/* The headers of the oldest system that builds this do not have it. */
#ifndef SECCOMP_FILTER_FLAG_SPEC_ALLOW
#define SECCOMP_FILTER_FLAG_SPEC_ALLOW (1UL << 2)
#endif
#ifndef SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV
#define SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV (1UL << 5)
#endif

#if defined(__x86_64__)
#define OWN_ARCHITECTURE AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define OWN_ARCHITECTURE AUDIT_ARCH_AARCH64
#else
#error "dualbind knows x86-64 and aarch64"
#endif

/* Calls of x32 have the same architecture, and numbers from here on. */
#define X32_NUMBERS 0x40000000

/* Both architectures keep the low half of an argument first. */
#define FIELD(member) (unsigned)offsetof(struct seccomp_data, member)
#define LOW(argument) (FIELD(args) + 8 * (argument))
#define HIGH(argument) (LOW(argument) + 4)

static struct sock_filter code[] = {
    /* Calls of another architecture (32-bit programs) pass through. */
    BPF_STMT(BPF_LD | BPF_W | BPF_ABS, FIELD(arch)),
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, OWN_ARCHITECTURE, 0, 8),
    BPF_STMT(BPF_LD | BPF_W | BPF_ABS, FIELD(nr)),
    BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, X32_NUMBERS, 6, 0),
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_bind, 1, 0),
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_listen, 0, 4),
    /* So do those that the library makes during a swap. */
    BPF_STMT(BPF_LD | BPF_W | BPF_ABS, LOW(3)),
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (unsigned)SYS_PASSES, 0, 3),
    BPF_STMT(BPF_LD | BPF_W | BPF_ABS, HIGH(3)),
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (unsigned)(SYS_PASSES >> 32), 0, 1),
    BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_USER_NOTIF),
};

static int install(unsigned long flags)
{
	struct sock_fprog program = {sizeof code / sizeof code[0], code};

	return (int)syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags, &program);
}

/*
 * From Linux 5.19 on signals do not interrupt a call that the supervisor has begun to
 * look at. SPEC_ALLOW: otherwise older kernels slow the program down (speculative store
 * bypass), which is for filters that have secrets.
 */
static int install_best(bool *interruptible)
{
	const unsigned long flags = SECCOMP_FILTER_FLAG_NEW_LISTENER | SECCOMP_FILTER_FLAG_SPEC_ALLOW;
	int listener = install(flags | SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV);

	*interruptible = listener < 0 && errno == EINVAL;
	return *interruptible ? install(flags) : listener;
}

/* Without CAP_SYS_ADMIN the kernel wants no_new_privs; with it set-user-ID programs keep
 * working. */
int filter_install(bool *no_new_privileges, bool *interruptible)
{
	int listener = install_best(interruptible);

	*no_new_privileges = false;
	if (listener >= 0 || errno != EACCES)
		return listener;
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
		return -1;
	*no_new_privileges = true;
	return install_best(interruptible);
}

/*
 * The newest thing that is needed is SECCOMP_IOCTL_NOTIF_ADDFD. With nothing to add it
 * fails with EBADF; older kernels fail with EINVAL, or have no listener. Only the listener
 * of a filter can be asked, and a filter cannot be removed again: so this is done in a child.
 */
static bool knows_no_addfd(void)
{
	struct seccomp_notif_addfd nothing = {.srcfd = (uint32_t)-1};
	bool no_new_privileges, interruptible;
	int listener = filter_install(&no_new_privileges, &interruptible);

	return (listener < 0 || ioctl(listener, SECCOMP_IOCTL_NOTIF_ADDFD, &nothing) != 0) && errno == EINVAL;
}

bool filter_can_be_answered(void)
{
	pid_t child = fork();
	int status;

	if (child == 0)
		_exit(knows_no_addfd());
	/* Other problems will show when the program is started. */
	return child < 0 || waitpid(child, &status, 0) != child || status == 0;
}
