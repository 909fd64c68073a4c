/* SPDX-License-Identifier: MIT */
#include "socket/sockopt_ipv6_map.h"

#include <linux/in.h>
#include <linux/in6.h>

/* The headers of the oldest system that builds this do not have it. */
#ifndef IP_RECVERR_RFC4884
#define IP_RECVERR_RFC4884 26
#endif
#ifndef IPV6_MULTICAST_ALL
#define IPV6_MULTICAST_ALL 29
#endif
#ifndef IPV6_RECVERR_RFC4884
#define IPV6_RECVERR_RFC4884 31
#endif

const struct sockopt_pair twins[] = {
    {IP_TOS, IPV6_TCLASS},
    {IP_TTL, IPV6_UNICAST_HOPS},
    {IP_MINTTL, IPV6_MINHOPCOUNT},
    {IP_MTU_DISCOVER, IPV6_MTU_DISCOVER},
    {IP_RECVERR, IPV6_RECVERR},
    {IP_RECVERR_RFC4884, IPV6_RECVERR_RFC4884},
    {IP_PKTINFO, IPV6_RECVPKTINFO},
    {IP_RECVTTL, IPV6_RECVHOPLIMIT},
    {IP_RECVTOS, IPV6_RECVTCLASS},
    {IP_RECVORIGDSTADDR, IPV6_RECVORIGDSTADDR},
    {IP_RECVFRAGSIZE, IPV6_RECVFRAGSIZE},
    {IP_FREEBIND, IPV6_FREEBIND},
    {IP_TRANSPARENT, IPV6_TRANSPARENT},
    {IP_UNICAST_IF, IPV6_UNICAST_IF},
    /* On an AF_INET6 socket this decides for IPv4 groups too (measured). */
    {IP_MULTICAST_LOOP, IPV6_MULTICAST_LOOP},
    {IP_MULTICAST_ALL, IPV6_MULTICAST_ALL},
};

const size_t sockopt_ipv6_map_count = sizeof twins / sizeof twins[0];

int sockopt_ipv6_of(int name)
{
	for (size_t i = 0; i < sockopt_ipv6_map_count; i++)
		if (twins[i].ipv4 == name)
			return twins[i].ipv6;
	return -1;
}
