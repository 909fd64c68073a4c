/* SPDX-License-Identifier: MIT */
/*
 * Whether a thread of the target, which sleeps in poll(2) or select(2), waits at a socket: its list is
 * read in its memory. Where that is not to be had it may.
 */
#ifndef DUALBIND_PROCESS_POLLED_H
#define DUALBIND_PROCESS_POLLED_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct polled {
	int number;
	ino_t inode; /* 0: only that number is it */
};

/* Whether NUMBER is the socket, by that or another number. */
bool polled_is_it(const struct polled *polled, int number);

/* As the calls take them. */
bool polled_by_poll(const struct polled *polled, uint64_t list, uint64_t count);
bool polled_by_select(const struct polled *polled, uint64_t count, const uint64_t sets[3]);

#endif
