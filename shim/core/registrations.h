/* SPDX-License-Identifier: MIT */
/*
 * epoll registrations of a socket (epoll(7)), carried to the one that takes
 * its place: Boost.Asio adds its listener to epoll before it binds.
 */
#ifndef DUALBIND_REGISTRATIONS_H
#define DUALBIND_REGISTRATIONS_H

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
	struct registration each[REGISTRATIONS_MAX];
};

/* Add what EPFD holds of the socket INODE: nothing, where it is closed. False
 * where it cannot be read, or is not told, or there are more than fit. */
bool registrations_collect(struct registrations *all, int epfd, ino_t inode);

/* Before the descriptors are replaced, while the numbers are SOCKET: take the
 * registrations out. Where one cannot be, none is, and the result is false. */
bool registrations_remove(const struct registrations *all, int socket);

/* After: put them back, onto SOCKET, which the numbers now are. */
void registrations_add(const struct registrations *all, int socket);

/* A "tfd:" line of /proc/PID/fdinfo/EPFD, without its newline. *INODE is 0 on
 * a kernel that does not tell. False: another kind of line. */
bool registration_parse(const char *line, struct registration *one, ino_t *inode);

#endif
