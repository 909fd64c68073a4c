/*
 * The IPPROTO_IPV6 option that does for IPv6 packets what one of IPPROTO_IP
 * does for IPv4 packets (ip(7), ipv6(7), RFC 3542). Their values mean the same.
 */
#ifndef DUALBIND_TWINS_H
#define DUALBIND_TWINS_H

#include <stdbool.h>
#include <stddef.h>

struct twins {
	int ipv4, ipv6;
	bool udp_only;
};

extern const struct twins twins[];
extern const size_t twins_count;

/* Of IPPROTO_IP's NAME for the socket FD; -1 where there is none. */
int twin_of(int fd, int name);

/* Whether a pair is one for the socket FD. */
bool twins_apply(const struct twins *pair, int fd);

#endif
