/* SPDX-License-Identifier: MIT */
/*
 * The IPPROTO_IPV6 option that does for IPv6 packets what one of IPPROTO_IP
 * does for IPv4 packets (ip(7), ipv6(7), RFC 3542). Their values mean the same.
 */
#ifndef DUALBIND_SOCKET_SOCKOPT_IPV6_MAP_H
#define DUALBIND_SOCKET_SOCKOPT_IPV6_MAP_H

#include <stddef.h>

struct sockopt_pair {
	unsigned char ipv4, ipv6;
};

extern const struct sockopt_pair twins[];
extern const size_t sockopt_ipv6_map_count;

/* The one for IPPROTO_IP's NAME; -1 if there is none. */
int sockopt_ipv6_of(int name);

#endif
