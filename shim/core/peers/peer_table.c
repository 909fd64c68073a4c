/* SPDX-License-Identifier: MIT */
#include "peers/peer_table.h"

#include <arpa/inet.h>

/* A reader waits for an entry that is being written, but not for long: the writer may be
 * this very thread, interrupted by a signal, or a thread that fork has not copied. */
enum { PATIENCE = 64, TRIES = 8 };

static unsigned set_of(uint32_t synthetic)
{
	return ntohl(synthetic) / PEER_TABLE_WAYS % PEER_TABLE_SETS;
}

/* The way (place in its set) that an address gets if it is free. */
static int way_of(uint32_t synthetic)
{
	return (int)(ntohl(synthetic) % PEER_TABLE_WAYS);
}

static unsigned spare_set_of(uint32_t synthetic)
{
	return PEER_TABLE_SETS + ntohl(synthetic) / PEER_TABLE_WAYS % PEER_TABLE_SPARE_SETS;
}

static uint32_t load(const _Atomic uint32_t *word)
{
	return atomic_load_explicit(word, memory_order_relaxed);
}

static void store(_Atomic uint32_t *word, uint32_t value)
{
	atomic_store_explicit(word, value, memory_order_relaxed);
}

/* Threads read the clock at slightly different moments: a use in the future counts as
 * a recent one. */
static bool is_within(uint32_t used, uint32_t now, int32_t seconds)
{
	return (int32_t)(now - used) <= seconds;
}

static bool is_recent(const struct entry_set *set, int way, uint32_t now)
{
	return is_within(load(&set->used[way]), now, PEER_TABLE_RECENT);
}

/* False unless the client and the time were read from one state of the entry. */
static bool read_entry(struct entry_set *set, int way, uint32_t synthetic, struct found *found)
{
	unsigned before = atomic_load_explicit(&set->entry[way].sequence, memory_order_acquire);

	if ((before & 1) || load(&set->synthetic[way]) != synthetic)
		return false;
	for (int i = 0; i < PEER_TABLE_WORDS; i++)
		found->client.words[i] = load(&set->entry[way].words[i]);
	found->used = load(&set->used[way]);
	atomic_thread_fence(memory_order_acquire);
	return atomic_load_explicit(&set->entry[way].sequence, memory_order_relaxed) == before;
}

/* The way that holds the address; -1: none. *UNREADABLE: a way that holds it is being
 * written. */
static int find(struct entry_set *set, uint32_t synthetic, struct found *found, bool *unreadable)
{
	*unreadable = false;
	for (int i = 0; i < PEER_TABLE_WAYS; i++) {
		int way = (way_of(synthetic) + i) % PEER_TABLE_WAYS;

		for (int tries = 0; load(&set->synthetic[way]) == synthetic; tries++) {
			if (read_entry(set, way, synthetic, found))
				return way;
			if (tries == PATIENCE) {
				*unreadable = true;
				break;
			}
		}
	}
	return -1;
}

bool peer_table_find(struct peer_table *table, uint32_t synthetic, struct found *found)
{
	bool unreadable;

	found->set = set_of(synthetic);
	found->way = find(&table->sets[found->set], synthetic, found, &unreadable);
	if (found->way >= 0)
		return true;
	found->set = spare_set_of(synthetic);
	found->way = find(&table->sets[found->set], synthetic, found, &unreadable);
	return found->way >= 0;
}

bool peer_table_is_recent(const struct found *found, uint32_t now)
{
	return is_within(found->used, now, PEER_TABLE_RECENT);
}

bool peer_table_is_fresh(const struct found *found, uint32_t now)
{
	return is_within(found->used, now, PEER_TABLE_FRESH);
}

bool peer_table_use(struct peer_table *table, const struct found *found, uint32_t now)
{
	_Atomic uint32_t *used = &table->sets[found->set].used[found->way];

	/* Written only if it changes: other threads read the same cache line. */
	if (load(used) == now)
		return false;
	store(used, now);
	return true;
}

static bool is_locked(struct entry_set *set, int way)
{
	return atomic_load_explicit(&set->entry[way].sequence, memory_order_acquire) & 1;
}

/* A way that may be given to the address: one that is free, beginning with the address's own; otherwise the one
 * that has not been used for the longest time; -1: all are in use. An entry that a fork has left in the middle of a
 * write is never used again. */
__attribute__((cold)) static int vacancy(struct entry_set *set, uint32_t synthetic, uint32_t now, bool recent_too)
{
	int longest = -1;

	for (int i = 0; i < PEER_TABLE_WAYS; i++) {
		int way = (way_of(synthetic) + i) % PEER_TABLE_WAYS;

		if (is_locked(set, way))
			continue;
		if (load(&set->synthetic[way]) == 0)
			return way;
		if (!recent_too && is_recent(set, way, now))
			continue;
		if (longest < 0 || (int32_t)(load(&set->used[way]) - load(&set->used[longest])) < 0)
			longest = way;
	}
	return longest;
}

/* How many of a set's other entries belong to the client's network. */
struct crowd {
	int of_64, of_48;
};

static bool is_share(const struct crowd *crowd)
{
	return crowd->of_64 >= PEER_TABLE_OF_64 || crowd->of_48 >= PEER_TABLE_OF_48;
}

static void join_crowd(struct crowd *crowd, bool of_64, bool of_48)
{
	crowd->of_64 += of_64;
	crowd->of_48 += of_48;
}

__attribute__((cold)) static void count_crowd(struct entry_set *set, int but, const struct client *client,
					      uint32_t now, struct crowd *recent, struct crowd *all)
{
	const uint32_t first_half = htonl(0xffff0000);

	for (int way = 0; way < PEER_TABLE_WAYS; way++) {
		uint32_t high = load(&set->entry[way].words[0]), low = load(&set->entry[way].words[1]);
		bool of_48 = high == client->words[0] && ((low ^ client->words[1]) & first_half) == 0;
		bool of_64 = of_48 && low == client->words[1];

		if (way == but || load(&set->synthetic[way]) == 0)
			continue;
		/* An entry that is being written counts as one of the client's network. */
		if (is_locked(set, way))
			of_48 = of_64 = true;
		join_crowd(all, of_64, of_48);
		if (is_recent(set, way, now))
			join_crowd(recent, of_64, of_48);
	}
}

static unsigned changes_of(const struct peer_table *table, unsigned set)
{
	return atomic_load_explicit(&table->changes[set], memory_order_acquire);
}

static struct place place_in(struct peer_table *table, unsigned set, uint32_t synthetic)
{
	return (struct place){
	    .standing = STANDS_CROWDED,
	    .set = set,
	    .changes = changes_of(table, set),
	    .way = -1,
	    .synthetic = synthetic,
	};
}

__attribute__((cold)) struct place peer_table_look(struct peer_table *table, uint32_t synthetic,
						   const struct client *client, uint32_t now)
{
	struct place place = place_in(table, set_of(synthetic), synthetic);
	struct entry_set *set = &table->sets[place.set];
	struct crowd recent = {0}, all = {0};
	struct found present;
	bool unreadable;

	place.way = find(set, synthetic, &present, &unreadable);
	if (place.way >= 0) {
		place.stood_for_it = peer_table_same(&present.client, client);
		place.is_recent = peer_table_is_recent(&present, now);
		place.standing = place.stood_for_it ? STANDS_FOR_IT : STANDS_FOR_ANOTHER;
		if (place.stood_for_it ? peer_table_is_fresh(&present, now) : place.is_recent)
			return place;
	} else if (unreadable) {
		place.standing = STANDS_FOR_ANOTHER;
		return place;
	}
	place.may_have_been = place.way >= 0;
	place.standing = STANDS_CROWDED;
	if (place.way < 0)
		place.way = vacancy(set, synthetic, now, false);
	count_crowd(set, place.way, client, now, &recent, &all);
	place.may_have_been |= is_share(&all) || place.way < 0;
	if (place.way >= 0 && !is_share(&recent))
		place.standing = STANDS_FOR_NONE;
	return place;
}

/*
 * One thread at a time writes to a set: it succeeds in counting up `changes` only if no other
 * thread has done so since the look. The address is stored before that, so that every later
 * look finds it taken. If another thread was faster, the entry that was to be displaced
 * becomes free.
 */
static bool replace(struct peer_table *table, const struct place *place)
{
	_Atomic uint32_t *synthetic = &table->sets[place->set].synthetic[place->way];
	unsigned changes = place->changes;
	uint32_t displaced = load(synthetic);

	if (changes_of(table, place->set) != changes)
		return false;
	store(synthetic, place->synthetic);
	if (atomic_compare_exchange_strong(&table->changes[place->set], &changes, changes + 1))
		return true;
	store(synthetic, displaced == place->synthetic ? displaced : 0);
	return false;
}

__attribute__((cold)) static bool write_at(struct peer_table *table, const struct place *place,
					   const struct client *client, uint32_t now)
{
	struct entry_set *set = &table->sets[place->set];
	atomic_uint *sequence = &set->entry[place->way].sequence;
	unsigned before = atomic_load_explicit(sequence, memory_order_relaxed);
	bool replaced;

	if ((before & 1) || !atomic_compare_exchange_strong(sequence, &before, before + 1))
		return false;
	atomic_thread_fence(memory_order_release);
	replaced = replace(table, place);
	if (replaced) {
		for (int i = 0; i < PEER_TABLE_WORDS; i++)
			store(&set->entry[place->way].words[i], client->words[i]);
		store(&set->used[place->way], now);
	}
	atomic_store_explicit(sequence, before + 2, memory_order_release);
	return replaced;
}

bool peer_table_write(struct peer_table *table, const struct place *place, const struct client *client,
		      uint32_t now)
{
	return place->standing == STANDS_FOR_NONE && write_at(table, place, client, now);
}

__attribute__((cold)) bool peer_table_claim(struct peer_table *table, uint32_t synthetic,
					    const struct client *client, uint32_t now)
{
	for (int tries = 0; tries < TRIES; tries++) {
		struct place place = peer_table_look(table, synthetic, client, now);

		if (place.way < 0)
			place.way = vacancy(&table->sets[place.set], synthetic, now, true);
		if (place.way >= 0 && write_at(table, &place, client, now))
			return true;
	}
	return false;
}

__attribute__((cold)) bool peer_table_put_spare(struct peer_table *table, uint32_t synthetic,
						const struct client *client, uint32_t now)
{
	for (int tries = 0; tries < TRIES; tries++) {
		struct place place = place_in(table, spare_set_of(synthetic), synthetic);

		place.way = way_of(synthetic);
		if (write_at(table, &place, client, now))
			return true;
	}
	return false;
}
