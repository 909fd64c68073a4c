/* SPDX-License-Identifier: MIT */
/*
 * What the program's process hands to its supervisor before it executes: the listener of
 * its filter, and how it got it. Over a SOCK_SEQPACKET pair.
 */
#ifndef DUALBIND_SUPERVISE_HANDOVER_H
#define DUALBIND_SUPERVISE_HANDOVER_H

#include <stdbool.h>

struct handover {
	int error;                             /* why there is no filter, or 0 */
	bool no_new_privileges, interruptible; /* as filter_install() says */
};

/* LISTENER -1: there is none. False, with errno, where no process receives it any more. */
bool handover_send(int to, const struct handover *handover, int listener);

/* The listener, close-on-exec, or -1. ECHILD in handover->error: there is a filter, but its
 * listener has not come (no descriptor is left for it), or the process has ended before. */
int handover_receive(int from, struct handover *handover);

#endif
