/* SPDX-License-Identifier: MIT */
/*
 * A table of synthetic addresses, and which client each of them stands for.
 *
 * It has 65,536 entries in sets of sixteen. The set follows from the address, so that in
 * a pool of /16 or smaller every address has a place of its own. Besides, there are
 * 16,384 places for spare addresses (spare.h).
 *
 * An entry that was used within the last five minutes is never given to another client.
 * If a client comes again after more than four minutes, its entry is written anew: another
 * thread, by whose clock the five minutes are over, may be giving it away. Places are
 * given in the order in which clients come, up to a share of the set for each network:
 * 8 of 16 for a /64, 12 of 16 for a /48.
 *
 * No lock and no malloc: async-signal-safe. The table may be in memory to which
 * another process writes anything: then what is read is worthless, but nothing outside
 * the table is touched, and every call returns.
 */
#ifndef DUALBIND_PEERS_PEER_TABLE_H
#define DUALBIND_PEERS_PEER_TABLE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

enum {
	PEER_TABLE_RECENT = 300, /* seconds: RFC 4787, REQ-5 */
	PEER_TABLE_FRESH = 240,
	PEER_TABLE_WAYS = 16,
	PEER_TABLE_SETS = 4096,
	PEER_TABLE_SPARE_SETS = 1024,
	PEER_TABLE_WORDS = 5,
	PEER_TABLE_OF_64 = 8,
	PEER_TABLE_OF_48 = 12,
};

/* Its IPv6 address and scope id. */
struct client {
	uint32_t words[PEER_TABLE_WORDS];
};

/* The addresses that a search compares are together, in one cache line. */
struct entry_set {
	_Atomic uint32_t synthetic[PEER_TABLE_WAYS]; /* network byte order; 0: free */
	_Atomic uint32_t used[PEER_TABLE_WAYS];      /* when, in seconds of clock.h */
	struct {
		atomic_uint sequence; /* odd while the entry is written */
		_Atomic uint32_t words[PEER_TABLE_WORDS];
	} entry[PEER_TABLE_WAYS];
};

struct peer_table {
	struct entry_set sets[PEER_TABLE_SETS + PEER_TABLE_SPARE_SETS];
	atomic_uint changes[PEER_TABLE_SETS + PEER_TABLE_SPARE_SETS]; /* how often a set was written */
};

/* What a look at the place of an address has found for one client. */
enum standing {
	STANDS_FOR_IT,      /* for this client, which used it a short while ago (PEER_TABLE_FRESH) */
	STANDS_FOR_ANOTHER, /* for another client, which used it lately */
	STANDS_FOR_NONE,    /* it may be given to the client */
	STANDS_CROWDED,     /* no place is left in its set, or none for the client's network */
};

struct place {
	enum standing standing;
	unsigned set, changes;
	int way; /* the entry to be written; -1: none */
	uint32_t synthetic;
	bool stood_for_it;  /* with STANDS_FOR_NONE: it stood for this client, less lately */
	bool is_recent;     /* the client that it stands for used it lately */
	bool may_have_been; /* whether the client may have had to go on to another address before */
};

/* An entry that was found. */
struct found {
	unsigned set;
	int way;
	uint32_t used;
	struct client client;
};

static inline bool peer_table_same(const struct client *one, const struct client *other)
{
	uint32_t difference = 0;

	for (int i = 0; i < PEER_TABLE_WORDS; i++)
		difference |= one->words[i] ^ other->words[i];
	return difference == 0;
}

/* For which client SYNTHETIC stands, whether it was used lately or not. */
bool peer_table_find(struct peer_table *table, uint32_t synthetic, struct found *found);
bool peer_table_is_recent(const struct found *found, uint32_t now);
bool peer_table_is_fresh(const struct found *found, uint32_t now);

/* Note that it is used NOW. True if that was not noted in this second yet. */
bool peer_table_use(struct peer_table *table, const struct found *found, uint32_t now);

struct place peer_table_look(struct peer_table *table, uint32_t synthetic, const struct client *client,
			     uint32_t now);

/* Writes the entry at PLACE. False if the set was written since the look, or the
 * place is not STANDS_FOR_NONE: look again. */
bool peer_table_write(struct peer_table *table, const struct place *place, const struct client *client,
		      uint32_t now);

/* From now on SYNTHETIC stands for CLIENT, whatever it stood for before, even if another entry
 * has to go for it. */
bool peer_table_claim(struct peer_table *table, uint32_t synthetic, const struct client *client, uint32_t now);

/* The same for a spare address, which has one place. */
bool peer_table_put_spare(struct peer_table *table, uint32_t synthetic, const struct client *client, uint32_t now);

#endif
