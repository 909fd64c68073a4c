/* SPDX-License-Identifier: MIT */
/*
 * The duties of the process that has started the program: it passes on signals, stops
 * and continues with it, and takes over its exit status; as the first process of a PID
 * namespace it also collects orphans.
 */
#ifndef DUALBIND_SUPERVISE_INIT_H
#define DUALBIND_SUPERVISE_INIT_H

#include "supervise/watch.h"

#include <signal.h>
#include <sys/types.h>

/* The signal settings with which this process was started, for the program. */
struct signals {
	sigset_t blocked;
	sigset_t ignored;
};

/* Block all signals, so that none is lost, and ignore none. */
void init_hold_signals(struct signals *before);

/* To be called in the program's process, before it is executed. */
void init_restore_signals(const struct signals *before);

/*
 * Wait for CHILD's end, and meanwhile take care of WATCH (NULL: there is none).
 * Returns its exit status, or ends this process by the signal that has ended it.
 */
int init_wait(pid_t child, struct watch *watch);

#endif
