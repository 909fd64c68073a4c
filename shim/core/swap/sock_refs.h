/* SPDX-License-Identifier: MIT */
/*
 * The references to a socket in its process, which a swap makes refer to another one: the
 * numbers of its descriptors, and epoll registrations. A list of references holds what a walk
 * through the descriptors has met of them.
 */
#ifndef DUALBIND_SWAP_SOCK_REFS_H
#define DUALBIND_SWAP_SOCK_REFS_H

#include "process/fd_walk.h"
#include "socket/sock.h"
#include "swap/epoll_refs.h"

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

enum { REF_LIST_MAX = 64 };

struct ref_list {
	const struct sock *sock;
	size_t count;
	struct descriptor each[REF_LIST_MAX]; /* its own numbers, and all epoll instances and rings */
	bool has_ring;
	bool whole; /* all were seen, and all fitted */
};

/* An empty list, for SOCK. */
void ref_list_begin(struct ref_list *list, const struct sock *sock);

/* In the calling process: what NUMBER is in relation to SOCK; *LOCAL is the local address of an AF_INET
 * or AF_INET6 socket. Its length is 0 for anything else, and for SOCK's own number. */
enum look sock_refs_look(const struct sock *sock, int number, struct address *local);

void ref_list_note(struct ref_list *list, const struct descriptor *descriptor);

enum { SOCK_REFS_MAX = 64 };

struct fd_ref {
	int number;
	int closes; /* on exec */
};

struct sock_refs {
	const struct sock *sock;
	size_t count;
	struct fd_ref fd[SOCK_REFS_MAX]; /* the first is the descriptor that is swapped */
	struct epoll_refs epoll_refs;
	int flags;   /* O_ASYNC */
	bool yields; /* no ring may wait at it: a ring that waits counts as holding the socket */
	bool complete;
	bool ringed; /* a ring holds the socket too, or may */
};

/* Begins with the number of SOCK alone. FLAGS: its status flags. False with errno; EBADF: another thread
 * has closed it. */
bool sock_refs_begin(struct sock_refs *refs, const struct sock *sock, int flags);

/* Adds all others, from LIST where they are known. False with errno; E2BIG: there are
 * more than fit, or one could not be read; ERINGED (rings.h); EUNTOLD (epoll_refs.h). */
bool sock_refs_collect(struct sock_refs *refs, const struct ref_list *list);

/* Makes every reference that still means the socket of FD mean that of TO. False with
 * errno: nothing has changed. */
bool sock_refs_take(struct sock_refs *refs, int fd, int to);

#endif
