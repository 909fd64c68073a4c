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
	int epfd, fd; /* the numbers that the target registered with and registered */
	struct epoll_event event;
};

enum { EPOLL_REFS_MAX = 64 };

struct epoll_refs {
	size_t count;
	bool untold; /* by an instance that was to be collected */
	struct epoll_ref each[EPOLL_REFS_MAX];
};

/* Add what EPFD holds of the socket INODE: nothing, where it is closed; and note where
 * that is not told. False where it cannot be read, or there are more than fit. */
bool epoll_refs_collect(struct epoll_refs *all, int epfd, ino_t inode);

/*
 * What the own process asked of epoll_ctl(2), for kernels that do not tell: a question would be
 * an EPOLL_CTL_ADD, and on a TCP socket wake by EPOLLHUP every thread that waits at the instance. A number
 * is noted that was registered and not taken out since; it may have been closed.
 */
void epoll_refs_note(int operation, int number);
bool epoll_refs_are_noted(int number);

/* Before the descriptors are replaced, while the numbers are SOCKET: take the
 * registrations out. Where one cannot be, none is, and the result is false. */
bool epoll_refs_remove(const struct epoll_refs *all, int socket);

/* After: put them back, onto SOCKET, which the numbers now are. */
void epoll_refs_add(const struct epoll_refs *all, int socket);

/* A "tfd:" line of /proc/PID/fdinfo/EPFD, without its newline. *INODE is 0 on
 * a kernel that does not tell. False: another kind of line. */
bool epoll_refs_parse(const char *line, struct epoll_ref *one, ino_t *inode);

#endif
