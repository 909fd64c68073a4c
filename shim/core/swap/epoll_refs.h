/* SPDX-License-Identifier: MIT */
/*
 * epoll registrations of a socket (epoll(7)), carried to the one that takes
 * its place: Boost.Asio adds its listener to epoll before it binds.
 */
#ifndef DUALBIND_SWAP_EPOLL_REFS_H
#define DUALBIND_SWAP_EPOLL_REFS_H

#include "base/own_errno.h"

#include <stdbool.h>
#include <stddef.h>
#include <sys/epoll.h>
#include <sys/types.h>

struct epoll_ref {
	int epfd, fd; /* the target's numbers: the epoll instance, and what it watches */
	struct epoll_event event;
};

enum { EPOLL_REFS_MAX = 64 };

struct epoll_refs {
	size_t count;
	bool untold; /* an instance that was to be collected lists no registrations */
	struct epoll_ref each[EPOLL_REFS_MAX];
};

/* Add the registrations of the socket INODE at EPFD: none, if EPFD is closed. Where the kernel does not list them,
 * untold is set. False if they cannot be read, or do not fit. */
bool epoll_refs_collect(struct epoll_refs *all, int epfd, ino_t inode);

/*
 * Which numbers this process has registered by epoll_ctl(2), for kernels that list no registrations. (The only way
 * to ask such a kernel is EPOLL_CTL_ADD, which on a TCP socket wakes every thread that waits at the instance, by
 * EPOLLHUP.) A number is noted until it is taken out; it may have been closed since.
 */
void epoll_refs_note(int operation, int number);
bool epoll_refs_are_noted(int number);

/* Before the descriptors are replaced, while the numbers still mean SOCKET: take the
 * registrations out. False if one cannot be taken out; then all are as before. */
bool epoll_refs_remove(const struct epoll_refs *all, int socket);

/* Afterwards: put them back, for SOCKET, which the numbers mean now. */
void epoll_refs_add(const struct epoll_refs *all, int socket);

/* Reads a "tfd:" line of /proc/PID/fdinfo/EPFD, without its newline. *INODE is 0 on
 * a kernel that does not print it. False: another kind of line. */
bool epoll_refs_parse(const char *line, struct epoll_ref *one, ino_t *inode);

#endif
