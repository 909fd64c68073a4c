/* SPDX-License-Identifier: MIT */
#include "peers/hints.h"

#include <arpa/inet.h>
#include <string.h>

enum { CLIENTS = 1024, SPARES = PEER_TABLE_SPARE_SETS * PEER_TABLE_WAYS / HINTS_WAYS, STAMP_BITS = 22 };

/* The client's address and scope id, in as few words as possible. */
struct key {
	uint64_t high, low;
	uint32_t scope;
};

/* A cache line holds two of these. */
struct hint {
	_Atomic uint32_t sequence; /* odd while it is written */
	_Atomic uint32_t stamp;
	_Atomic uint64_t high, low;
	_Atomic uint32_t scope, synthetic;
};

static struct hint hints[CLIENTS] __attribute__((aligned(64)));
static _Atomic uint16_t places[CLIENTS]; /* by the synthetic address: where its hint is */
static _Atomic uint32_t grown_old;       /* how often */
static _Atomic uint32_t spares[SPARES][HINTS_WAYS];

#define LOAD(word) atomic_load_explicit(&(word), memory_order_relaxed)
#define STORE(word, value) atomic_store_explicit(&(word), value, memory_order_relaxed)

/* A hint that was not written again could be taken for a new one in the very same second 48 days later. */
__attribute__((hot)) uint32_t hints_stamp(uint32_t now)
{
	return now + (atomic_load_explicit(&grown_old, memory_order_acquire) << STAMP_BITS);
}

void hints_grow_old(void)
{
	atomic_fetch_add_explicit(&grown_old, 1, memory_order_release);
}

static inline struct key read_key(const void *client)
{
	struct key key;

	memcpy(&key.high, client, sizeof key.high);
	memcpy(&key.low, (const char *)client + sizeof key.high, sizeof key.low);
	memcpy(&key.scope, (const char *)client + sizeof key.high + sizeof key.low, sizeof key.scope);
	return key;
}

static inline struct hint *hint_for(const struct key *key)
{
	uint64_t mixed = key->high * UINT64_C(0x9e3779b97f4a7c15);

	/* The product's upper bits are the well mixed ones: they are folded down before the next word is added. */
	mixed = (mixed ^ mixed >> 32 ^ key->low) * UINT64_C(0xc2b2ae3d27d4eb4f);
	return &hints[mixed >> 54];
}

static inline _Atomic uint16_t *place_of(uint32_t synthetic)
{
	return &places[(ntohl(synthetic) ^ ntohl(synthetic) >> 12) % CLIENTS];
}

uint32_t hints_last(const void *client)
{
	struct key key = read_key(client);

	return LOAD(hint_for(&key)->synthetic);
}

void hints_put(const void *client, uint32_t synthetic, uint32_t stamp)
{
	struct key key = read_key(client);
	struct hint *hint = hint_for(&key);
	uint32_t before = LOAD(hint->sequence);

	if ((before & 1) || !atomic_compare_exchange_strong(&hint->sequence, &before, before + 1))
		return;
	atomic_thread_fence(memory_order_release);
	STORE(hint->stamp, stamp);
	STORE(hint->high, key.high);
	STORE(hint->low, key.low);
	STORE(hint->scope, key.scope);
	STORE(hint->synthetic, synthetic);
	STORE(*place_of(synthetic), (uint16_t)(hint - hints));
	atomic_store_explicit(&hint->sequence, before + 2, memory_order_release);
}

/* Whether HINT has that STAMP, and nobody has written to it since its sequence was BEFORE, so that what was
 * read of it belongs together. */
static inline bool is_true(const struct hint *hint, uint32_t before, uint32_t stamp)
{
	bool is_of_stamp = LOAD(hint->stamp) == stamp && stamp != 0;

	atomic_thread_fence(memory_order_acquire);
	return is_of_stamp && (before & 1) == 0 && LOAD(hint->sequence) == before;
}

__attribute__((hot)) uint32_t hints_show(const void *client, uint32_t stamp)
{
	struct key key = read_key(client);
	const struct hint *hint = hint_for(&key);
	uint32_t before = atomic_load_explicit(&hint->sequence, memory_order_acquire);
	uint64_t difference =
	    (LOAD(hint->high) ^ key.high) | (LOAD(hint->low) ^ key.low) | (LOAD(hint->scope) ^ key.scope);
	uint32_t synthetic = LOAD(hint->synthetic);

	return is_true(hint, before, stamp) && difference == 0 ? synthetic : 0;
}

__attribute__((hot)) bool hints_find(uint32_t synthetic, uint32_t stamp, void *client)
{
	const struct hint *hint = &hints[LOAD(*place_of(synthetic))];
	uint32_t before = atomic_load_explicit(&hint->sequence, memory_order_acquire),
		 found = LOAD(hint->synthetic);
	struct key key = {LOAD(hint->high), LOAD(hint->low), LOAD(hint->scope)};

	memcpy(client, &key.high, sizeof key.high);
	memcpy((char *)client + sizeof key.high, &key.low, sizeof key.low);
	memcpy((char *)client + sizeof key.high + sizeof key.low, &key.scope, sizeof key.scope);
	return is_true(hint, before, stamp) && found == synthetic;
}

_Atomic uint32_t *hints_of_spares(uint32_t first)
{
	return spares[ntohl(first) % SPARES];
}
