/* SPDX-License-Identifier: MIT */
/*
 * Takes another process's descriptor, or tells why that is refused.
 */
#ifndef DUALBIND_INSPECT_BORROW_H
#define DUALBIND_INSPECT_BORROW_H

#include <sys/types.h>

enum borrow_refusal {
	BORROW_UNREFUSED,
	BORROW_NO_CALL,   /* the kernel has no pidfd_getfd(2), or a sandbox says so */
	BORROW_SANDBOXED, /* seccomp forbids the call, for any process */
	BORROW_OTHERS,    /* the process is another user's */
	BORROW_YAMA,      /* it is this user's, but kernel.yama.ptrace_scope forbids it */
	BORROW_FORBIDDEN, /* it is this user's, but not dumpable, or has capabilities that we lack */
};

/* Number FD of PID, as a descriptor of this process; -1 with errno (pidfd_getfd(2)). */
int borrow_descriptor(pid_t pid, int fd);

/* Why that failed with ERROR. BORROW_UNREFUSED: there is no process, or no descriptor. */
enum borrow_refusal borrow_refused(pid_t pid, int error);

const char *borrow_words(enum borrow_refusal refusal);

#endif
