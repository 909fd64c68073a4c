/* SPDX-License-Identifier: MIT */
/*
 * What refers to a socket in its process, and which a swap gives to another one: the
 * numbers of its descriptors, and epoll registrations. A list of references is what a walk
 * over the descriptors saw of them on its way.
 */
#ifndef DUALBIND_SWAP_SOCK_REFS_H
#define DUALBIND_SWAP_SOCK_REFS_H

#include "process/fd_walk.h"
#include "swap/epoll_refs.h"

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

enum { REF_LIST_MAX = 64 };

struct ref_list {
	int fd; /* the socket */
	ino_t inode;
	size_t numbers, epolls, rings;
	int number[REF_LIST_MAX], epoll[REF_LIST_MAX], ring[REF_LIST_MAX]; /* as the target counts */
	bool whole; /* all were seen, and there was room for them */
};

/* None of FD's were seen yet. False, with errno, where FD is not open. */
bool ref_list_begin(struct ref_list *list, int fd);

/* False where there is no room: then the list is not whole. */
bool ref_list_note(struct ref_list *list, const struct descriptor *descriptor);

enum { SOCK_REFS_MAX = 64 };

struct fd_ref {
	int number;
	int closes; /* on exec */
};

struct sock_refs {
	ino_t inode; /* of the socket */
	size_t count;
	struct fd_ref fd[SOCK_REFS_MAX]; /* the first one is that which is swapped */
	struct epoll_refs epoll_refs;
	int flags; /* O_ASYNC */
	bool complete;
	bool ringed; /* a ring holds it too */
};

/* The number FD alone. INODE: of its socket, where another thread may have closed
 * it (EBADF); else 0. False with errno. */
bool sock_refs_begin(struct sock_refs *refs, int fd, ino_t inode);

/* All others, from LIST where they are known. False with errno; E2BIG: they are
 * more than there is room for, or one could not be asked for; ERINGED (rings.h);
 * EUNTOLD (epoll_refs.h). */
bool sock_refs_collect(struct sock_refs *refs, const struct ref_list *list);

/* Whatever still means the socket of FD means that of TO from now on. False with
 * errno: nothing has changed. */
bool sock_refs_take(struct sock_refs *refs, int fd, int to);

#endif
