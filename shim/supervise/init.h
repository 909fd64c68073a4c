/* SPDX-License-Identifier: MIT */
/*
 * What a process owes to the one that it has started: signals passed on, stops
 * and continuations, its exit status; and, as the first process of a PID
 * namespace, the end of every orphan.
 */
#ifndef DUALBIND_SUPERVISE_INIT_H
#define DUALBIND_SUPERVISE_INIT_H

#include "supervise/watch.h"

#include <signal.h>
#include <sys/types.h>

/* Which signals the program was started with, to be given back to it. */
struct signals {
	sigset_t blocked;
	sigset_t ignored;
};

/* Block all, so that none is lost, and ignore none. */
void init_hold_signals(struct signals *before);

/* In the program's process, before it is executed. */
void init_restore_signals(const struct signals *before);

/*
 * Wait for CHILD's end, and look after WATCH (NULL: there is none) meanwhile.
 * Returns its exit status, or ends this process by the signal that ended it.
 */
int init_wait(pid_t child, struct watch *watch);

#endif
