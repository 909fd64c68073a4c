/* SPDX-License-Identifier: MIT */
/*
 * The short way of cmsg_translate.h, for a single item: the address to which a datagram was sent, if lately.h
 * knows it NOW. If these functions return false, the long way is needed, and nothing has been written.
 */
#ifndef DUALBIND_CALLS_CMSG_PKTINFO_H
#define DUALBIND_CALLS_CMSG_PKTINFO_H

#include <netinet/in.h>
#include <stdbool.h>
#include <sys/socket.h>

/* RECEIVED, of a converted socket, has IPV6_PKTINFO; SHOWN, which has a buffer, gets IP_PKTINFO instead. */
bool cmsg_pktinfo_to_ipv4(const struct msghdr *received, struct msghdr *shown, uint32_t now);

/* MESSAGE, which goes to an IPv6 peer, has IP_PKTINFO; it gets *ITEM instead. */
union cmsg_pktinfo6 {
	struct cmsghdr header;
	unsigned char bytes[CMSG_SPACE(sizeof(struct in6_pktinfo))];
};
bool cmsg_pktinfo_to_ipv6(struct msghdr *message, union cmsg_pktinfo6 *item, uint32_t now);

#endif
