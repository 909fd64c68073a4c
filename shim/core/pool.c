#include "pool.h"

#include "key.h"

#include <arpa/inet.h>
#include <string.h>

struct prefix {
	uint32_t network;
	unsigned length;
};

/* What a program's access rules may trust, or what can be nobody's source. */
static const struct prefix reserved[] = {
    {0x00000000, 8},  {0x7f000000, 8},  {0x0a000000, 8},  {0xac100000, 12},
    {0xc0a80000, 16}, {0xa9fe0000, 16}, {0x64400000, 10}, {0xe0000000, 4},
};

static uint32_t mask(unsigned length)
{
	return UINT32_MAX << (32 - length);
}

static bool overlap(struct prefix one, struct prefix other)
{
	uint32_t common = mask(one.length < other.length ? one.length : other.length);

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
	*problem = "this is no IPv4 prefix";
	if (!read_prefix(&prefix, text))
		return false;
	*problem = "the prefix is not from /4 to /24";
	if (prefix.length < 4 || prefix.length > 24)
		return false;
	*problem = "the address has bits beyond the prefix";
	if (prefix.network & ~mask(prefix.length))
		return false;
	*problem = "the prefix overlaps loopback, private, link-local, shared, multicast or this-network space";
	for (size_t i = 0; i < sizeof reserved / sizeof reserved[0]; i++)
		if (overlap(prefix, reserved[i]))
			return false;
	pool->network = prefix.network;
	pool->length = prefix.length;
	return true;
}

struct hashed {
	uint8_t ip[16];
	uint8_t scope[4]; /* network byte order, so that every architecture agrees */
	uint8_t choice;
};

struct address pool_show(const struct pool *pool, const struct address *real, unsigned choice)
{
	uint32_t usable = ~mask(pool->length) - 1, scope = htonl(real->in6.sin6_scope_id);
	struct hashed hashed = {.choice = (uint8_t)choice};
	struct address shown;
	uint64_t hash;

	memcpy(hashed.ip, &real->in6.sin6_addr, sizeof hashed.ip);
	memcpy(hashed.scope, &scope, sizeof hashed.scope);
	hash = siphash(pool->of_machine ? key_of_machine() : pool->key, &hashed, sizeof hashed);
	address_set_in(&shown, htonl(pool->network + 1 + (uint32_t)(hash % usable)), address_port(real));
	return shown;
}

bool pool_contains(const struct pool *pool, const struct address *address)
{
	uint32_t ip, rest;

	if (address->any.sa_family != AF_INET)
		return false;
	ip = ntohl(address->in.sin_addr.s_addr);
	rest = ~mask(pool->length);
	return pool_covers(pool, ip) && (ip & rest) != 0 && (ip & rest) != rest;
}

enum { SPARE_LENGTH = 14, SPARE_BITS = 4 };

uint32_t pool_spares(const struct pool *pool)
{
	return pool->length > SPARE_LENGTH ? 0 : (~mask(pool->length + SPARE_BITS) + 1) / POOL_LINES;
}

uint32_t pool_spare(const struct pool *pool, unsigned line, uint32_t number)
{
	uint32_t rest = ~mask(pool->length + SPARE_BITS);

	return htonl(pool->network + rest + 1 + ((number * POOL_LINES + line) & rest));
}

bool pool_is_spare(const struct pool *pool, uint32_t address, unsigned *line, uint32_t *place)
{
	uint32_t rest = ~mask(pool->length + SPARE_BITS), number = ntohl(address) & rest;

	*line = number % POOL_LINES;
	*place = number / POOL_LINES;
	return pool_spares(pool) != 0 && ntohl(address) - number == pool->network + rest + 1;
}

unsigned pool_line(const struct pool *pool, const struct address *real)
{
	struct address network = *real;

	memset(&network.in6.sin6_addr.s6_addr[6], 0, 10);
	network.in6.sin6_scope_id = 0;
	return ntohl(pool_show(pool, &network, POOL_CHOICES).in.sin_addr.s_addr) % POOL_LINES;
}
