/* SPDX-License-Identifier: MIT */
#include "base/address.h"

#include <string.h>

/* RFC 2133's sockaddr_in6 has no scope id; the kernel still takes it. */
enum { SIN6_LENGTH_RFC2133 = 24 };

static socklen_t smaller(socklen_t one, socklen_t other)
{
	return one < other ? one : other;
}

bool address_read(struct address *to, const struct sockaddr *from, socklen_t length)
{
	if (from == NULL || length < sizeof(struct sockaddr_in) || length > sizeof(struct sockaddr_storage))
		return false;
	memset(to, 0, sizeof *to);
	memcpy(&to->in6, from, smaller(length, sizeof to->in6));
	if (to->any.sa_family == AF_INET6) {
		to->length = sizeof to->in6;
		return length >= SIN6_LENGTH_RFC2133;
	}
	if (to->any.sa_family == AF_UNSPEC && to->in.sin_addr.s_addr == htonl(INADDR_ANY))
		to->any.sa_family = AF_INET;
	to->length = sizeof to->in;
	return to->any.sa_family == AF_INET;
}

void address_set_in(struct address *to, in_addr_t network_order, uint16_t port)
{
	memset(to, 0, sizeof *to);
	to->in.sin_family = AF_INET;
	to->in.sin_addr.s_addr = network_order;
	to->in.sin_port = htons(port);
	to->length = sizeof to->in;
}

void address_set_in6(struct address *to, const struct in6_addr *ip, uint16_t port)
{
	memset(to, 0, sizeof *to);
	to->in6.sin6_family = AF_INET6;
	to->in6.sin6_addr = *ip;
	to->in6.sin6_port = htons(port);
	to->length = sizeof to->in6;
}

/* sin_port and sin6_port are at the same offset. */
uint16_t address_port(const struct address *address)
{
	return ntohs(address->in.sin_port);
}

bool address_is_any(const struct address *address)
{
	if (address->any.sa_family == AF_INET)
		return address->in.sin_addr.s_addr == htonl(INADDR_ANY);
	return address->any.sa_family == AF_INET6 && IN6_IS_ADDR_UNSPECIFIED(&address->in6.sin6_addr);
}

bool address_is_loopback4(const struct address *address)
{
	return address->any.sa_family == AF_INET && address->in.sin_addr.s_addr == htonl(INADDR_LOOPBACK);
}

bool address_is_multicast(const struct address *address)
{
	return address->any.sa_family == AF_INET6 && IN6_IS_ADDR_MULTICAST(&address->in6.sin6_addr);
}

bool address_is_mapped(const struct address *address)
{
	return address->any.sa_family == AF_INET6 && IN6_IS_ADDR_V4MAPPED(&address->in6.sin6_addr);
}

void address_map(struct address *address)
{
	struct in6_addr mapped = {{{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 0, 0, 0, 0}}};

	memcpy(&mapped.s6_addr[12], &address->in.sin_addr, sizeof address->in.sin_addr);
	address_set_in6(address, &mapped, address_port(address));
}

void address_unmap(struct address *address)
{
	in_addr_t inside;

	memcpy(&inside, &address->in6.sin6_addr.s6_addr[12], sizeof inside);
	address_set_in(address, inside, address_port(address));
}

bool address_equals(const struct address *one, const struct address *other)
{
	if (one->any.sa_family != other->any.sa_family || address_port(one) != address_port(other))
		return false;
	return one->any.sa_family == AF_INET
		   ? one->in.sin_addr.s_addr == other->in.sin_addr.s_addr
		   : memcmp(&one->in6.sin6_addr, &other->in6.sin6_addr, sizeof one->in6.sin6_addr) == 0;
}

struct address address_served(const struct address *address)
{
	struct address served = *address;

	if (address_is_mapped(address))
		address_unmap(&served);
	return served;
}
