/* SPDX-License-Identifier: MIT */
/*
 * Multicast groups that a UDP socket has joined (ip(7), RFC 3678), carried to
 * the one that takes its place.
 *
 * The kernel has no list of one socket's groups. But /proc/net/igmp and igmp6
 * list the groups that any socket has joined, and for each of these MCAST_MSFILTER
 * tells whether this socket has joined it, and which sources it wants.
 */
#ifndef DUALBIND_SWAP_MCAST_COPY_H
#define DUALBIND_SWAP_MCAST_COPY_H

#include "socket/sock.h"

#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>

/* Make TO a member of the groups that FROM is a member of. True where FROM is
 * a TCP socket; false, with errno, where a membership cannot be carried. */
bool mcast_copy(const struct sock *from, const struct sock *to);

struct mcast_group {
	uint32_t interface; /* index */
	struct sockaddr_storage address;
};

/*
 * A line of /proc/net/igmp (FAMILY AF_INET) or igmp6. True where it names a
 * group; *GROUP keeps the interface from one line to the next.
 */
bool mcast_parse(struct mcast_group *group, sa_family_t family, const char *line);

#endif
