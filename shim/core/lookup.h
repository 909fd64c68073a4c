/*
 * getaddrinfo(3) for a wildcard listener.
 *
 * A program that asks for every wildcard address (NULL with AI_PASSIVE and
 * AF_UNSPEC) and listens on the first that it can is given AF_INET6 first,
 * where the allowlist covers the port. Where AI_ADDRCONFIG hides 0.0.0.0
 * because the host has no IPv4 address, the question is asked again without
 * it. Every other lookup passes through.
 */
#ifndef DUALBIND_LOOKUP_H
#define DUALBIND_LOOKUP_H

#include <netdb.h>

typedef int native_getaddrinfo(const char *node, const char *service, const struct addrinfo *hints,
			       struct addrinfo **result);

int lookup_addresses(const char *node, const char *service, const struct addrinfo *hints, struct addrinfo **result,
		     native_getaddrinfo *native);

/*
 * Move the AF_INET6 entries of LIST to its front, each family in its order.
 * Contents move, nodes do not: musl frees a list as one block that starts at
 * its first node.
 */
void lookup_ipv6_first(struct addrinfo *list);

#endif
