/* SPDX-License-Identifier: MIT */
/*
 * What refers to a socket in its process, and which a swap gives to another one: the
 * numbers of its descriptors, and epoll registrations. A list of references is what a walk
 * over the descriptors saw of them on its way.
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
	bool whole; /* all were seen, and there was room for them */
};

/* None of SOCK's were seen yet. */
void ref_list_begin(struct ref_list *list, const struct sock *sock);

/* In the own process: what NUMBER is beside SOCK, and *LOCAL, the local address of an AF_INET
 * or AF_INET6 socket; its length is 0 for what is none, and for that one itself. */
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
	struct fd_ref fd[SOCK_REFS_MAX]; /* the first one is that which is swapped */
	struct epoll_refs epoll_refs;
	int flags;   /* O_ASYNC */
	bool yields; /* a ring that waits for whatever may wait at it */
	bool complete;
	bool ringed; /* a ring holds it too, or may */
};

/* The number of SOCK alone. FLAGS: its status flags. False with errno; EBADF: another thread
 * has closed it. */
bool sock_refs_begin(struct sock_refs *refs, const struct sock *sock, int flags);

/* All others, from LIST where they are known. False with errno; E2BIG: they are
 * more than there is room for, or one could not be asked for; ERINGED (rings.h);
 * EUNTOLD (epoll_refs.h). */
bool sock_refs_collect(struct sock_refs *refs, const struct ref_list *list);

/* Whatever still means the socket of FD means that of TO from now on. False with
 * errno: nothing has changed. */
bool sock_refs_take(struct sock_refs *refs, int fd, int to);

#endif
