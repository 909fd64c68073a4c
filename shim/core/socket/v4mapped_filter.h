/* SPDX-License-Identifier: MIT */
/*
 * The guard: a socket filter that keeps two kinds of IPv6 datagrams away from a
 * dual-stack UDP socket. Linux delivers them, and an AF_INET socket never gets anything
 * like them:
 *
 *   source ::ffff:0:0/96  the socket cannot tell them from IPv4 ones: the sender could
 *                         have itself shown as 127.0.0.1, or as any other address (only
 *                         5.4 to 5.10 dropped them)
 *   source ::             an answer would go to this host: Linux takes :: as a
 *                         destination for ::1
 *
 * The guard comes before the filter of the program, which does not see the guard.
 * TCP needs none: Linux refuses the first kind, and a connection from :: is shown with an
 * address that stands for no client (show.h).
 */
#ifndef DUALBIND_SOCKET_V4MAPPED_FILTER_H
#define DUALBIND_SOCKET_V4MAPPED_FILTER_H

#include <linux/filter.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/socket.h>

enum { V4MAPPED_FILTER_INSTRUCTIONS = 14, V4MAPPED_FILTER_MAX = 256 };

/* A filter, with room for the guard before it. */
struct v4mapped_filter {
	struct sock_filter code[2 * V4MAPPED_FILTER_INSTRUCTIONS + V4MAPPED_FILTER_MAX];
	struct sock_filter *own; /* the program's instructions, within */
	size_t count;            /* how many there are */
	bool guard;              /* the guard stood before them */
};

/* Read a socket's filter. False with errno: this kind of socket has none, or it cannot be
 * read (EACCES for eBPF, EINVAL for more than V4MAPPED_FILTER_MAX). */
bool v4mapped_filter_read(int fd, struct v4mapped_filter *filter);

/* Attach FILTER to a socket, with or without the guard before it. */
bool v4mapped_filter_write(int fd, struct v4mapped_filter *filter, bool guard);

/* Whether the socket has the guard. */
bool v4mapped_filter_stands(int fd);

/* For a socket that has the guard: getsockopt(SO_GET_FILTER) as if it had not, and whether the
 * guard is its only filter. */
int v4mapped_filter_get(int fd, void *value, socklen_t *length);
bool v4mapped_filter_is_all(int fd);

/* Put the guard there again, after the program has changed the filter. */
void v4mapped_filter_again(int fd);

#endif
