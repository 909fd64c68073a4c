#include "twins.h"

#include "transport.h"

#include <linux/in.h>
#include <linux/in6.h>

/* Newer than the headers of the oldest system that builds this. */
#ifndef IP_RECVERR_RFC4884
#define IP_RECVERR_RFC4884 26
#endif
#ifndef IPV6_MULTICAST_ALL
#define IPV6_MULTICAST_ALL 29
#endif
#ifndef IPV6_RECVERR_RFC4884
#define IPV6_RECVERR_RFC4884 31
#endif

const struct twins twins[] = {
    {IP_TOS, IPV6_TCLASS, false},
    {IP_TTL, IPV6_UNICAST_HOPS, false},
    {IP_MINTTL, IPV6_MINHOPCOUNT, false},
    {IP_MTU_DISCOVER, IPV6_MTU_DISCOVER, false},
    {IP_RECVERR, IPV6_RECVERR, false},
    {IP_RECVERR_RFC4884, IPV6_RECVERR_RFC4884, false},
    {IP_PKTINFO, IPV6_RECVPKTINFO, false},
    {IP_RECVTTL, IPV6_RECVHOPLIMIT, false},
    {IP_RECVTOS, IPV6_RECVTCLASS, false},
    {IP_RECVORIGDSTADDR, IPV6_RECVORIGDSTADDR, false},
    {IP_RECVFRAGSIZE, IPV6_RECVFRAGSIZE, false},
    {IP_FREEBIND, IPV6_FREEBIND, false},
    {IP_TRANSPARENT, IPV6_TRANSPARENT, false},
    {IP_UNICAST_IF, IPV6_UNICAST_IF, false},
    /* On an AF_INET6 socket this decides for IPv4 groups too (measured). */
    {IP_MULTICAST_LOOP, IPV6_MULTICAST_LOOP, false},
    /* On TCP IPV6_MULTICAST_ALL is the mark's (mark.h). */
    {IP_MULTICAST_ALL, IPV6_MULTICAST_ALL, true},
};

const size_t twins_count = sizeof twins / sizeof twins[0];

bool twins_apply(const struct twins *pair, int fd)
{
	return !pair->udp_only || transport_of(fd) == ALLOW_UDP;
}

int twin_of(int fd, int name)
{
	for (size_t i = 0; i < twins_count; i++)
		if (twins[i].ipv4 == name)
			return twins_apply(&twins[i], fd) ? twins[i].ipv6 : -1;
	return -1;
}
