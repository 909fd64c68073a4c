/* SPDX-License-Identifier: MIT */
/* A listener as the kernel lists it. */
#ifndef DUALBIND_TEST_MADE_LISTENER_H
#define DUALBIND_TEST_MADE_LISTENER_H

#include "inspect/sock_diag.h"

#include <arpa/inet.h>

/* At IP, of either family; with an inode, and the mark none. */
static inline struct listener made(const char *ip, uint16_t port, enum transport protocol)
{
	struct listener listener = {.protocol = protocol, .inode = 1, .mark_known = true};
	struct in6_addr ipv6;
	struct in_addr ipv4;

	if (inet_pton(AF_INET, ip, &ipv4) == 1)
		address_set_in(&listener.local, ipv4.s_addr, port);
	else {
		assert_int_equal(inet_pton(AF_INET6, ip, &ipv6), 1);
		address_set_in6(&listener.local, &ipv6, port);
	}
	return listener;
}

#endif
