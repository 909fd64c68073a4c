/* SPDX-License-Identifier: MIT */
/*
 * Patience: how long a program may keep its supervisor at one call. Time in which
 * this process was stopped does not count, and time in which it worked is allowed
 * in plenty: where a program has thousands of sockets and the machine is busy, a
 * call takes long.
 */
#ifndef DUALBIND_SUPERVISE_PATIENCE_H
#define DUALBIND_SUPERVISE_PATIENCE_H

#include <stdbool.h>
#include <stdint.h>

/* Zero at first. */
struct patience {
	uint64_t id;     /* of the call */
	unsigned waited; /* seconds, or ticks of the timer */
	unsigned worked;
	long used; /* processor time of this process, ms */
};

/* A timer that ticks each second while a call is looked at, ID, has ticked, so
 * many TICKS at once. Whether that is enough. */
bool patience_ends(struct patience *patience, uint64_t id, uint64_t ticks);

/* The next call. */
void patience_renew(struct patience *patience);

#endif
