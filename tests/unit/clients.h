/* SPDX-License-Identifier: MIT */
/*
 * Many clients for tests of the mapper, and a clock that the test moves: such tests are
 * linked with --wrap=clock_seconds.
 */
#ifndef DUALBIND_TEST_CLIENTS_H
#define DUALBIND_TEST_CLIENTS_H

#include "datagrams.h"

#include "base/clock.h"
#include "peers/mapper.h"
#include "peers/peer_table.h"

#include <stdatomic.h>
#include <stdlib.h>

static _Atomic uint32_t seconds = 1000;
static _Atomic unsigned clock_reads;
static _Thread_local uint32_t ahead; /* of other threads */

uint32_t __wrap_clock_seconds(void);
uint32_t __wrap_clock_seconds(void)
{
	atomic_fetch_add(&clock_reads, 1);
	return atomic_load(&seconds) + ahead;
}

/* Everything that was shown may be given to others now. */
static inline void let_expire(void)
{
	atomic_fetch_add(&seconds, PEER_TABLE_RECENT + 1);
}

/* The client HOST in the network 2001:db8:SITE:SUBNET::/64 (so that SITE is a /48). */
static inline struct address client_in(uint16_t site, uint16_t subnet, uint32_t host)
{
	struct address address = peer6("2001:db8::", 0, 5000);
	uint8_t *bytes = address.in6.sin6_addr.s6_addr;

	site = htons(site);
	subnet = htons(subnet);
	host = htonl(host);
	memcpy(&bytes[4], &site, sizeof site);
	memcpy(&bytes[6], &subnet, sizeof subnet);
	memcpy(&bytes[12], &host, sizeof host);
	return address;
}

static inline bool stands_for(const struct address *shown, const struct address *real)
{
	struct address found;

	return mapper_find(shown, &found) && same_address(&found, real);
}

/* Which addresses of a pool were given, a bit for each. */
struct given {
	uint32_t first;
	uint64_t *bits;
};

static inline struct given nothing_given(const struct pool *pool)
{
	struct given given = {pool->network, calloc((UINT32_MAX >> pool->length) / 64 + 1, sizeof(uint64_t))};

	assert_non_null(given.bits);
	return given;
}

/* False where it was given before. */
static inline bool give(struct given *given, const struct address *shown)
{
	uint32_t at = ntohl(shown->in.sin_addr.s_addr) - given->first;
	uint64_t bit = UINT64_C(1) << at % 64;
	bool before = given->bits[at / 64] & bit;

	given->bits[at / 64] |= bit;
	return !before;
}

#endif
