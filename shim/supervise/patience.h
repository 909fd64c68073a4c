/* SPDX-License-Identifier: MIT */
/*
 * Patience: how long a program may keep its supervisor busy with one call. Time in
 * which this process was stopped does not count, and for time in which it has worked
 * the limit is high: if a program has thousands of sockets and the machine is busy, a
 * call takes long.
 */
#ifndef DUALBIND_SUPERVISE_PATIENCE_H
#define DUALBIND_SUPERVISE_PATIENCE_H

#include <stdbool.h>
#include <stdint.h>

/* All zero at first. */
struct patience {
	uint64_t id;     /* the call's */
	unsigned waited; /* seconds, or ticks of the timer */
	unsigned worked;
	long used; /* processor time of this process, ms */
};

/* To be called when the timer, which ticks each second while the call ID is looked at, has
 * ticked, TICKS times at once. True: the limit is reached. */
bool patience_ends(struct patience *patience, uint64_t id, uint64_t ticks);

/* To be called for the next call. */
void patience_renew(struct patience *patience);

#endif
