/* SPDX-License-Identifier: MIT */
/*
 * The pool of synthetic addresses (synthetic.h): its prefix, DUALBIND_POOL, and their key.
 */
#ifndef DUALBIND_CONFIG_POOL_PREFIX_H
#define DUALBIND_CONFIG_POOL_PREFIX_H

#include "base/siphash.h"

#include <stdbool.h>
#include <stdint.h>

struct pool {
	uint32_t network; /* host byte order */
	unsigned length;  /* prefix length, 4 to 24 */
	struct siphash_key key;
	bool of_machine; /* the machine's key is used instead (boot_key.h) */
};

/* 240.0.0.0/4, Class E: never assigned, in no access list. The key is 0. */
struct pool pool_default(void);

/*
 * Read an IPv4 prefix, /4 to /24. False, with *PROBLEM and *REMEDY, if TEXT is none,
 * or contains an address that a program may trust or that cannot be a peer's: this
 * network, loopback, private, link-local, shared or multicast. The key is not
 * changed.
 */
bool pool_parse(struct pool *pool, const char *text, const char **problem, const char **remedy);

/* The bits that a prefix of LENGTH, 0 to 32, covers. */
static inline uint32_t pool_mask(unsigned length)
{
	return (uint32_t)(UINT64_MAX << (32 - length));
}

/* Whether an address, in host byte order, has the pool's prefix. */
static inline bool pool_covers(const struct pool *pool, uint32_t ip)
{
	return (ip ^ pool->network) >> (32 - pool->length) == 0;
}

#endif
