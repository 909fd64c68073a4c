/* SPDX-License-Identifier: MIT */
/*
 * Socket addresses with their length (RFC 3493, ip(7), ipv6(7)).
 *
 * Below the exported functions a struct address is passed instead of a sockaddr
 * pointer: it is always large enough for both families, and has its length. A
 * uint16_t port, as an argument or a result, is in host byte order; inside the
 * sockaddr it is in network byte order.
 */
#ifndef DUALBIND_BASE_ADDRESS_H
#define DUALBIND_BASE_ADDRESS_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>

struct address {
	union {
		struct sockaddr any;
		struct sockaddr_in in;
		struct sockaddr_in6 in6;
	};
	socklen_t length; /* bytes that are meant, 16 for AF_INET, 28 for AF_INET6 */
};

/*
 * Read what a program passes to bind(2) or connect(2): LENGTH bytes at FROM.
 * True for AF_INET of at least 16 bytes, for AF_INET6 of at least 24 (the
 * kernel accepts RFC 2133's form without a scope id), and for AF_UNSPEC with
 * INADDR_ANY, which bind(2) takes as AF_INET. False for anything else, and for more
 * than the 128 bytes that the kernel takes.
 */
bool address_read(struct address *to, const struct sockaddr *from, socklen_t length);

void address_set_in(struct address *to, in_addr_t network_order, uint16_t port);
void address_set_in6(struct address *to, const struct in6_addr *ip, uint16_t port);

uint16_t address_port(const struct address *address);

/* Whether it is the wildcard address of its family. */
bool address_is_any(const struct address *address);
bool address_is_loopback4(const struct address *address);
bool address_is_multicast(const struct address *address); /* an IPv6 one */

/* An IPv4-mapped IPv6 address, ::ffff:a.b.c.d (RFC 4291, 2.5.5.2). */
bool address_is_mapped(const struct address *address);

/* AF_INET to IPv4-mapped AF_INET6 and back; the argument must be of that kind. */
void address_map(struct address *address);
void address_unmap(struct address *address);

/* Whether family, address and port are the same. Each is AF_INET or AF_INET6. */
bool address_equals(const struct address *one, const struct address *other);

/* The address that a socket bound to it serves: for an IPv4-mapped one the AF_INET address,
 * for any other the same. */
struct address address_served(const struct address *address);

#endif
