/* SPDX-License-Identifier: MIT */
#include "peers/synthetic.h"

#include "peers/boot_key.h"

#include <arpa/inet.h>
#include <string.h>

struct hashed {
	uint8_t ip[16];
	uint8_t scope[4]; /* network byte order, so that every architecture agrees */
	uint8_t choice;
};

struct address synthetic_address(const struct pool *pool, const struct address *real, unsigned choice)
{
	uint32_t usable = ~pool_mask(pool->length) - 1, scope = htonl(real->in6.sin6_scope_id);
	struct hashed hashed = {.choice = (uint8_t)choice};
	struct address shown;
	uint64_t hash;

	memcpy(hashed.ip, &real->in6.sin6_addr, sizeof hashed.ip);
	memcpy(hashed.scope, &scope, sizeof hashed.scope);
	hash = siphash(pool->of_machine ? boot_key_get() : pool->key, &hashed, sizeof hashed);
	address_set_in(&shown, htonl(pool->network + 1 + (uint32_t)(hash % usable)), address_port(real));
	return shown;
}

bool pool_contains(const struct pool *pool, const struct address *address)
{
	uint32_t ip, rest;

	if (address->any.sa_family != AF_INET)
		return false;
	ip = ntohl(address->in.sin_addr.s_addr);
	rest = ~pool_mask(pool->length);
	return pool_covers(pool, ip) && (ip & rest) != 0 && (ip & rest) != rest;
}

enum { SPARE_LENGTH = 14, SPARE_BITS = 4 };

uint32_t synthetic_spares(const struct pool *pool)
{
	return pool->length > SPARE_LENGTH ? 0 : (~pool_mask(pool->length + SPARE_BITS) + 1) / SYNTHETIC_ROTATIONS;
}

uint32_t synthetic_spare(const struct pool *pool, unsigned rotation, uint32_t number)
{
	uint32_t rest = ~pool_mask(pool->length + SPARE_BITS);

	return htonl(pool->network + rest + 1 + ((number * SYNTHETIC_ROTATIONS + rotation) & rest));
}

bool synthetic_is_spare(const struct pool *pool, uint32_t address, unsigned *rotation, uint32_t *place)
{
	uint32_t rest = ~pool_mask(pool->length + SPARE_BITS), number = ntohl(address) & rest;

	*rotation = number % SYNTHETIC_ROTATIONS;
	*place = number / SYNTHETIC_ROTATIONS;
	return synthetic_spares(pool) != 0 && ntohl(address) - number == pool->network + rest + 1;
}

unsigned synthetic_rotation(const struct pool *pool, const struct address *real)
{
	struct address network = *real;

	memset(&network.in6.sin6_addr.s6_addr[6], 0, 10);
	network.in6.sin6_scope_id = 0;
	return ntohl(synthetic_address(pool, &network, SYNTHETIC_CHOICES).in.sin_addr.s_addr) % SYNTHETIC_ROTATIONS;
}
