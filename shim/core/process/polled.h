/* SPDX-License-Identifier: MIT */
/*
 * Whether a thread of the target that sleeps in poll(2) or select(2) waits at a socket: the list is
 * read from the target's memory. If that cannot be read, the answer is yes.
 */
#ifndef DUALBIND_PROCESS_POLLED_H
#define DUALBIND_PROCESS_POLLED_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct polled {
	int number;
	ino_t inode; /* 0: no other number counts */
};

/* Whether NUMBER is the socket, which may have several numbers. */
bool polled_is_it(const struct polled *polled, int number);

/* LIST, COUNT and so on are the arguments of the system calls. */
bool polled_by_poll(const struct polled *polled, uint64_t list, uint64_t count);
bool polled_by_select(const struct polled *polled, uint64_t count, const uint64_t sets[3]);

#endif
