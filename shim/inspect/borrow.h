/* SPDX-License-Identifier: MIT */
/*
 * Another process's descriptor, and why it could not be had.
 */
#ifndef DUALBIND_INSPECT_BORROW_H
#define DUALBIND_INSPECT_BORROW_H

#include <sys/types.h>

enum borrow_refusal {
	BORROW_UNREFUSED,
	BORROW_NO_CALL,   /* the kernel, or a sandbox in its name, knows no pidfd_getfd(2) */
	BORROW_SANDBOXED, /* it is forbidden to us, whosever the process: seccomp */
	BORROW_OTHERS,    /* of another user */
	BORROW_YAMA,      /* of this user; kernel.yama.ptrace_scope */
	BORROW_FORBIDDEN, /* of this user; it is not dumpable, or has capabilities that we lack */
};

/* Number FD of PID, as a descriptor of this process; -1 with errno (pidfd_getfd(2)). */
int borrow_descriptor(pid_t pid, int fd);

/* Why that failed with ERROR. BORROW_UNREFUSED: there is no process, or no descriptor. */
enum borrow_refusal borrow_refused(pid_t pid, int error);

const char *borrow_words(enum borrow_refusal refusal);

#endif
