/* SPDX-License-Identifier: MIT */
#include "peers/lately.h"

#include "base/clock.h"
#include "peers/hints.h"
#include "peers/loopback.h"

#include <stddef.h>
#include <string.h>

_Static_assert(offsetof(struct sockaddr_in6, sin6_scope_id) - offsetof(struct sockaddr_in6, sin6_addr) ==
		   offsetof(struct client, words[PEER_TABLE_WORDS - 1]),
	       "a client's scope id is after the address");

/* Whether IP is 127.0.0.1 and may stand for ::1. */
static inline bool may_be_ipv6(in_addr_t ip, in_port_t port)
{
	return ip == htonl(INADDR_LOOPBACK) && loopback_means_ipv6(ntohs(port));
}

__attribute__((hot)) uint32_t lately_now(void)
{
	return hints_stamp(clock_seconds());
}

__attribute__((hot)) in_addr_t lately_shown_by(const struct sockaddr_in6 *address, uint32_t now)
{
	return hints_show(&address->sin6_addr, now);
}

__attribute__((hot)) bool lately_stands_for(in_addr_t ip, uint32_t now, struct sockaddr_in6 *real)
{
	return hints_find(ip, now, &real->sin6_addr);
}

static inline uint32_t once(uint32_t *now)
{
	if (*now == 0)
		*now = lately_now();
	return *now;
}

__attribute__((hot)) bool lately_shown(const struct settings *settings, const struct sockaddr_in6 *sender,
				       struct sockaddr_in *shown, uint32_t *now)
{
	in_addr_t ip;

	if (IN6_IS_ADDR_V4MAPPED(&sender->sin6_addr)) {
		memcpy(&ip, &sender->sin6_addr.s6_addr[12], sizeof ip);
		if (pool_covers(&settings->pool, ntohl(ip)) || may_be_ipv6(ip, sender->sin6_port))
			return false;
	} else {
		ip = lately_shown_by(sender, once(now));
		if (ip == 0)
			return false;
	}
	shown->sin_family = AF_INET;
	shown->sin_port = sender->sin6_port;
	shown->sin_addr.s_addr = ip;
	memset(shown->sin_zero, 0, sizeof shown->sin_zero);
	return true;
}

__attribute__((hot)) enum lately lately_meant(const struct settings *settings, const struct sockaddr_in *to,
					      struct sockaddr_in6 *real, uint32_t *now)
{
	in_addr_t ip = to->sin_addr.s_addr;

	if (!pool_covers(&settings->pool, ntohl(ip)))
		return may_be_ipv6(ip, to->sin_port) ? LATELY_UNKNOWN : LATELY_ITSELF;
	real->sin6_family = AF_INET6;
	real->sin6_port = to->sin_port;
	real->sin6_flowinfo = 0;
	return lately_stands_for(ip, once(now), real) ? LATELY_REAL : LATELY_UNKNOWN;
}
