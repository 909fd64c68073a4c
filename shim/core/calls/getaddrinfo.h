/* SPDX-License-Identifier: MIT */
/*
 * getaddrinfo(3) for a wildcard listener.
 *
 * If AI_ADDRCONFIG hides 0.0.0.0 because the host has no IPv4 address, and the
 * allowlist covers the port, the lookup is made again without it. Every other
 * lookup passes through, in the C library's order.
 */
#ifndef DUALBIND_CALLS_GETADDRINFO_H
#define DUALBIND_CALLS_GETADDRINFO_H

#include <netdb.h>

typedef int native_getaddrinfo(const char *node, const char *service, const struct addrinfo *hints,
			       struct addrinfo **result);

int call_getaddrinfo(const char *node, const char *service, const struct addrinfo *hints, struct addrinfo **result,
		     native_getaddrinfo *native);

#endif
