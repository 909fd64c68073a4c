/* SPDX-License-Identifier: MIT */
/*
 * The short way of cmsg_translate.h, for one item alone: the address that a datagram was sent to, which lately.h
 * knows NOW. Where these functions say false it is another way, and nothing has been written.
 */
#ifndef DUALBIND_CALLS_CMSG_PKTINFO_H
#define DUALBIND_CALLS_CMSG_PKTINFO_H

#include <netinet/in.h>
#include <stdbool.h>
#include <sys/socket.h>

/* RECEIVED, of a converted socket, has IPV6_PKTINFO: SHOWN, whose buffer is there, gets IP_PKTINFO. */
bool cmsg_pktinfo_to_ipv4(const struct msghdr *received, struct msghdr *shown, uint32_t now);

/* MESSAGE, which goes to an IPv6 peer, has IP_PKTINFO: it gets *ITEM instead. */
union cmsg_pktinfo6 {
	struct cmsghdr header;
	unsigned char bytes[CMSG_SPACE(sizeof(struct in6_pktinfo))];
};
bool cmsg_pktinfo_to_ipv6(struct msghdr *message, union cmsg_pktinfo6 *item, uint32_t now);

#endif
