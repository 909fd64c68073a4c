/* SPDX-License-Identifier: MIT */
/*
 * The guard: a socket filter that keeps two kinds of IPv6 datagrams away from a
 * dual-stack UDP socket, which Linux delivers though nothing like them comes to an
 * AF_INET socket:
 *
 *   source ::ffff:0:0/96  the socket cannot tell them from IPv4 ones: the sender would be
 *                         shown as 127.0.0.1, or as whatever address it likes (5.4 to
 *                         5.10 alone dropped them)
 *   source ::             an answer to it goes to this host: Linux takes :: as a
 *                         destination for ::1
 *
 * The guard stands before the filter that the program has, which does not see it.
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
	struct sock_filter *own; /* the program's, within */
	size_t count;            /* of those */
	bool guard;              /* the guard stood before them */
};

/* Read a socket's filter. False with errno: there cannot be one, or it cannot be
 * read (EACCES for eBPF, EINVAL for more than V4MAPPED_FILTER_MAX). */
bool v4mapped_filter_read(int fd, struct v4mapped_filter *filter);

/* Give it to a socket, with the guard before it or without. */
bool v4mapped_filter_write(int fd, struct v4mapped_filter *filter, bool guard);

/* Whether the guard stands there. */
bool v4mapped_filter_stands(int fd);

/* Where it does: getsockopt(SO_GET_FILTER) as if it did not, and whether there is
 * no filter beside it. */
int v4mapped_filter_get(int fd, void *value, socklen_t *length);
bool v4mapped_filter_is_all(int fd);

/* Put it there again, after the program has changed its filter. */
void v4mapped_filter_again(int fd);

#endif
