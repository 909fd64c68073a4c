/* SPDX-License-Identifier: MIT */
/*
 * What ties a socket to its owner besides the number that was named: its other
 * numbers, the epoll instances that may watch it, the rings that may hold it. A swap
 * has to know, and whoever walks over the descriptors for something else sees it on
 * the way.
 */
#ifndef DUALBIND_SWAP_TIES_H
#define DUALBIND_SWAP_TIES_H

#include "process/fd_walk.h"

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

enum { TIES_MAX = 64 };

struct ties {
	int fd; /* the socket */
	ino_t inode;
	size_t numbers, epolls, rings;
	int number[TIES_MAX], epoll[TIES_MAX], ring[TIES_MAX]; /* as the owner counts */
	bool whole;                                            /* all were seen, and there was room for them */
};

/* None of FD's were seen yet. False, with errno, where FD is not open. */
bool ties_begin(struct ties *ties, int fd);

/* False where there is no room: then they are not whole. */
bool ties_note(struct ties *ties, const struct descriptor *descriptor);

#endif
