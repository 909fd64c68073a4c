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

struct registration {
	int epfd, fd; /* the numbers that the owner registered with and registered */
	struct epoll_event event;
};

enum { REGISTRATIONS_MAX = 64 };

struct registrations {
	size_t count;
	bool untold; /* by an instance that was to be collected */
	struct registration each[REGISTRATIONS_MAX];
};

/* Add what EPFD holds of the socket INODE: nothing, where it is closed; and note where
 * that is not told. False where it cannot be read, or there are more than fit. */
bool registrations_collect(struct registrations *all, int epfd, ino_t inode);

/*
 * What the own process asked of epoll_ctl(2), for kernels that do not tell: a question would be
 * an EPOLL_CTL_ADD, and on a TCP socket wake by EPOLLHUP whoever waits at the instance. A number
 * is noted that was registered and not taken out since; it may have been closed.
 */
void registrations_note(int operation, int number);
bool registrations_are_noted(int number);

/* Before the descriptors are replaced, while the numbers are SOCKET: take the
 * registrations out. Where one cannot be, none is, and the result is false. */
bool registrations_remove(const struct registrations *all, int socket);

/* After: put them back, onto SOCKET, which the numbers now are. */
void registrations_add(const struct registrations *all, int socket);

/* A "tfd:" line of /proc/PID/fdinfo/EPFD, without its newline. *INODE is 0 on
 * a kernel that does not tell. False: another kind of line. */
bool registration_parse(const char *line, struct registration *one, ino_t *inode);

#endif
