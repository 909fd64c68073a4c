/* SPDX-License-Identifier: MIT */
/*
 * Names: everything by which a process means a socket, and which a swap gives to
 * another: the numbers of its descriptors, and epoll registrations.
 */
#ifndef DUALBIND_SWAP_SOCK_REFS_H
#define DUALBIND_SWAP_SOCK_REFS_H

#include "swap/epoll_refs.h"
#include "swap/ties.h"

#include <stdbool.h>
#include <stddef.h>

enum { NAMES_MAX = 64 };

struct name {
	int number;
	int closes; /* on exec */
};

struct names {
	ino_t inode; /* of the socket */
	size_t count;
	struct name name[NAMES_MAX]; /* the first one is that which is swapped */
	struct registrations registrations;
	int flags; /* O_ASYNC */
	bool complete;
	bool ringed; /* a ring holds it too */
};

/* The number FD alone. INODE: of its socket, where another thread may have closed
 * it (EBADF); else 0. False with errno. */
bool names_begin(struct names *names, int fd, ino_t inode);

/* All others, from TIES where they are known. False with errno; E2BIG: they are
 * more than there is room for, or one could not be asked for; ERINGED (rings.h);
 * EUNTOLD (epoll_refs.h). */
bool names_collect(struct names *names, const struct ties *ties);

/* Whatever still means the socket of FD means that of TO from now on. False with
 * errno: nothing has changed. */
bool names_take(struct names *names, int fd, int to);

#endif
