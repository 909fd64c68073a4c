/* SPDX-License-Identifier: MIT */
#include "config/pool_prefix.h"

#include <arpa/inet.h>
#include <string.h>

struct prefix {
	uint32_t network;
	unsigned length;
};

/* Addresses that a program's access rules may trust, or that cannot be a source. */
static const struct prefix reserved[] = {
    {0x00000000, 8},  {0x7f000000, 8},  {0x0a000000, 8},  {0xac100000, 12},
    {0xc0a80000, 16}, {0xa9fe0000, 16}, {0x64400000, 10}, {0xe0000000, 4},
};

static bool overlap(struct prefix one, struct prefix other)
{
	uint32_t common = pool_mask(one.length < other.length ? one.length : other.length);

	return (one.network & common) == (other.network & common);
}

struct pool pool_default(void)
{
	return (struct pool){.network = 0xf0000000, .length = 4};
}

static bool read_prefix(struct prefix *prefix, const char *text)
{
	char address[INET_ADDRSTRLEN];
	const char *slash = strchr(text, '/');
	struct in_addr network;
	size_t length = slash ? (size_t)(slash - text) : 0;

	if (slash == NULL || length >= sizeof address || slash[1] < '1' || slash[1] > '9')
		return false;
	memcpy(address, text, length);
	address[length] = '\0';
	prefix->length = (unsigned)(slash[1] - '0');
	if (slash[2] >= '0' && slash[2] <= '9' && slash[3] == '\0')
		prefix->length = prefix->length * 10 + (unsigned)(slash[2] - '0');
	else if (slash[2] != '\0')
		return false;
	if (inet_pton(AF_INET, address, &network) != 1)
		return false;
	prefix->network = ntohl(network.s_addr);
	return true;
}

bool pool_parse(struct pool *pool, const char *text, const char **problem, const char **remedy)
{
	struct prefix prefix;

	*remedy = "write an unused prefix from /4 to /24, such as 240.0.0.0/4 or 198.18.0.0/15";
	*problem = "not an IPv4 prefix";
	if (!read_prefix(&prefix, text))
		return false;
	*problem = "the prefix is not from /4 to /24";
	if (prefix.length < 4 || prefix.length > 24)
		return false;
	*problem = "the address has bits beyond the prefix";
	if (prefix.network & ~pool_mask(prefix.length))
		return false;
	*problem = "the prefix overlaps loopback, private, link-local, shared, multicast or this-network space";
	for (size_t i = 0; i < sizeof reserved / sizeof reserved[0]; i++)
		if (overlap(prefix, reserved[i]))
			return false;
	pool->network = prefix.network;
	pool->length = prefix.length;
	return true;
}
