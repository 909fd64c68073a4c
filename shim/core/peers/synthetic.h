/* SPDX-License-Identifier: MIT */
/*
 * Synthetic addresses: the IPv4 addresses that stand for IPv6 peers.
 *
 * The address is a keyed hash of the IPv6 address and its scope id. Every process
 * with the same key (settings.h: by default those of one machine, until it
 * restarts) shows one client alike, and no client can compute an address that
 * is shown like another's. The pool's first and last address are never used (the last of
 * 240.0.0.0/4 is the limited broadcast address).
 */
#ifndef DUALBIND_PEERS_SYNTHETIC_H
#define DUALBIND_PEERS_SYNTHETIC_H

#include "base/address.h"
#include "config/pool_prefix.h"

#include <stdbool.h>
#include <stdint.h>

/* How many choices there are for an IPv6 address: the first, and others for when it
 * is taken. */
enum { SYNTHETIC_CHOICES = 16 };

/* A synthetic address for an IPv6 one, with the same port: the choice CHOICE,
 * from 0. Two choices may be the same address. */
struct address synthetic_address(const struct pool *pool, const struct address *real, unsigned choice);

/* Whether ADDRESS is an IPv4 address that the pool could have given. */
bool pool_contains(const struct pool *pool, const struct address *address);

/*
 * A sixteenth of a pool of /14 or larger is kept for spare addresses (spare.h), in
 * SYNTHETIC_ROTATIONS rotations: the second sixteenth, since it has neither the pool's first nor
 * its last address. That of 240.0.0.0/4 is 241.0.0.0/8.
 */
enum { SYNTHETIC_ROTATIONS = 8 };

/* How many are in each rotation; 0: the pool has none. */
uint32_t synthetic_spares(const struct pool *pool);
/* The address with that NUMBER in the rotation, in network byte order. After the last address the numbers
 * go on with the first one. */
uint32_t synthetic_spare(const struct pool *pool, unsigned rotation, uint32_t number);
/* Whether ADDRESS, in network byte order, is a spare one; then in which rotation, and where. */
bool synthetic_is_spare(const struct pool *pool, uint32_t address, unsigned *rotation, uint32_t *place);

/* The rotation for all clients in the /48 of an IPv6 address. */
unsigned synthetic_rotation(const struct pool *pool, const struct address *real);

#endif
