/* SPDX-License-Identifier: MIT */
/* What the core does with a socket that it has read, for a descriptor. */
#ifndef DUALBIND_TEST_SOCKS_H
#define DUALBIND_TEST_SOCKS_H

#include "process/sharers.h"
#include "socket/mark.h"
#include "socket/sock.h"
#include "swap/mcast_copy.h"
#include "swap/sockopt_copy.h"
#include "swap/swap.h"

static inline bool swap_fd(int fd, struct swap *swap)
{
	struct sock old;

	if (!sock_read(fd, &old))
		return false;
	swap->old = &old;
	return swap_socket(swap);
}

static inline bool copy_options(int from, int to)
{
	struct sock one, other;

	return sock_read(from, &one) && sock_read(to, &other) && sockopt_copy(&one, &other);
}

static inline bool copy_memberships(int from, int to)
{
	struct sock one, other;

	return sock_read(from, &one) && sock_read(to, &other) && mcast_copy(&one, &other);
}

static inline bool has_sharers(int fd, enum sharers sharers)
{
	struct sock sock;

	return sock_read(fd, &sock) && sharers_have(&sock, sharers);
}

static inline bool set_mark(int fd, enum mark mark)
{
	return mark_set(fd, sock_transport(fd), mark);
}

static inline bool is_kept(int fd)
{
	struct linger linger = {1, 0};
	socklen_t length = sizeof linger;
	struct sock sock;

	getsockopt(fd, SOL_SOCKET, SO_LINGER, &linger, &length);
	return sock_read(fd, &sock) && mark_is_kept(&sock, &linger);
}

#endif
