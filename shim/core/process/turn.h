/* SPDX-License-Identifier: MIT */
/*
 * Turns: the library sets options of sockets for a moment (swap.h, beside.h), one thread of the process at a time. What
 * a thread reads of them during its turn was set by the program; otherwise it could take another thread's for that,
 * and leave it set, or lose it half way.
 */
#ifndef DUALBIND_PROCESS_TURN_H
#define DUALBIND_PROCESS_TURN_H

#include <stdbool.h>
#include <stdint.h>

struct turn {
	uint64_t signals;
	bool taken;
};

/* Signals are held back until the end, so that no handler can begin a turn within one; and they alone if no turn is
 * NEEDED, as within another one. After a second of waiting the thread goes on without. */
void turn_begin(struct turn *turn, bool needed);

/* Keeps errno. */
void turn_end(const struct turn *turn);

#endif
