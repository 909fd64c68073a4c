/* SPDX-License-Identifier: MIT */
/*
 * What the program's process gives to its supervisor before it executes the program: the
 * listener of its filter, and how it was installed. Over a SOCK_SEQPACKET pair.
 */
#ifndef DUALBIND_SUPERVISE_HANDOVER_H
#define DUALBIND_SUPERVISE_HANDOVER_H

#include <stdbool.h>

struct handover {
	int error;                             /* why there is no filter, or 0 */
	bool no_new_privileges, interruptible; /* from filter_install() */
};

/* LISTENER -1: there is none. False, with errno, if no process receives it any more. */
bool handover_send(int to, const struct handover *handover, int listener);

/* The listener, close-on-exec, or -1. ECHILD in handover->error: there is a filter, but its
 * listener has not arrived (no descriptor was free for it), or the process has ended before. */
int handover_receive(int from, struct handover *handover);

#endif
