/* SPDX-License-Identifier: MIT */
#include "peers/mapper.h"

#include "base/clock.h"
#include "peers/hints.h"
#include "peers/peer_table.h"
#include "peers/relatives.h"
#include "peers/spare.h"

#include <string.h>

/* If the pool has spare addresses, not every choice is tried. */
enum { CHOICES_BEFORE_SPARES = 4 };

enum { TRIES = 8 };

static struct peer_table own __attribute__((aligned(64)));
static struct spare_rotation rotations[SYNTHETIC_ROTATIONS];

void mapper_share(void)
{
	relatives_share();
}

struct wanted {
	const struct pool *pool;
	const struct address *real;
	struct client client;
	uint32_t first, now; /* the pool's first choice, once it is computed; the time */
};

static void pack(struct client *client, const struct address *real)
{
	memcpy(client->words, &real->in6.sin6_addr, sizeof real->in6.sin6_addr);
	client->words[PEER_TABLE_WORDS - 1] = real->in6.sin6_scope_id;
}

static uint32_t choice_of(const struct wanted *wanted, unsigned step)
{
	return synthetic_address(wanted->pool, wanted->real, step).in.sin_addr.s_addr;
}

static bool is_spare(const struct found *found)
{
	return found->set >= PEER_TABLE_SETS;
}

/* The relatives are told once a second. */
static void use(uint32_t synthetic, const struct found *found, uint32_t now)
{
	if (found->used != now && peer_table_use(&own, found, now))
		relatives_tell_use(synthetic, &found->client, now);
}

/* Whether the client may go on with an address that it had. A spare address is not given to others as
 * long as it is recent; any other one may be, soon after it is no longer fresh. */
static bool may_go_on(const struct found *found, uint32_t now)
{
	return is_spare(found) ? peer_table_is_recent(found, now) : peer_table_is_fresh(found, now);
}

/* Not for ::1, :: and IPv4-mapped addresses, which are shown in other ways, too; nor for spare addresses, whose
 * use the rotation must be told. */
static bool is_always_shown(const struct found *found)
{
	return (found->client.words[0] | found->client.words[1]) != 0 && !is_spare(found);
}

/* FOUND is in use now. STAMP was taken before FOUND was read. */
static void give_hint(uint32_t synthetic, const struct found *found, uint32_t stamp)
{
	if (is_always_shown(found))
		hints_put(&found->client, synthetic, stamp);
	else if (hints_last(&found->client) != synthetic)
		hints_put(&found->client, synthetic, 0);
}

/* Whether SYNTHETIC stands for the client, and was used lately. If so, its use is noted. */
static bool stands(const struct wanted *wanted, uint32_t synthetic)
{
	struct found found;
	uint32_t place, stamp = hints_stamp(wanted->now);
	unsigned rotation;

	if (!pool_covers(wanted->pool, ntohl(synthetic)) || !peer_table_find(&own, synthetic, &found) ||
	    !peer_table_same(&found.client, &wanted->client) || !may_go_on(&found, wanted->now))
		return false;
	use(synthetic, &found, wanted->now);
	give_hint(synthetic, &found, stamp);
	if (is_spare(&found) && synthetic_is_spare(wanted->pool, synthetic, &rotation, &place))
		spare_use(&rotations[rotation], synthetic_spares(wanted->pool), place, wanted->now);
	return true;
}

static bool stands_by_hint(const struct wanted *wanted, uint32_t *synthetic)
{
	*synthetic = hints_show(&wanted->client, hints_stamp(wanted->now));
	if (*synthetic != 0 && pool_covers(wanted->pool, ntohl(*synthetic)))
		return true;
	*synthetic = hints_last(&wanted->client);
	return stands(wanted, *synthetic);
}

__attribute__((noinline, cold)) static bool stands_by_spare(const struct wanted *wanted, uint32_t *synthetic)
{
	_Atomic uint32_t *ways = hints_of_spares(wanted->first);

	for (int way = 0; way < HINTS_WAYS; way++) {
		*synthetic = atomic_load_explicit(&ways[way], memory_order_relaxed);
		if (stands(wanted, *synthetic))
			return true;
	}
	return false;
}

static bool is_in_use(const struct wanted *wanted, uint32_t synthetic)
{
	struct found found;

	return synthetic != 0 && peer_table_find(&own, synthetic, &found) &&
	       peer_table_is_recent(&found, wanted->now);
}

/* In a way that is not in use, or in any, if all are. */
static void note_spare(const struct wanted *wanted, uint32_t synthetic)
{
	_Atomic uint32_t *ways = hints_of_spares(wanted->first),
			 *way = &ways[ntohl(synthetic) / SYNTHETIC_ROTATIONS % HINTS_WAYS];

	for (int i = 0; i < HINTS_WAYS; i++)
		if (!is_in_use(wanted, atomic_load_explicit(&ways[i], memory_order_relaxed))) {
			way = &ways[i];
			break;
		}
	atomic_store_explicit(way, synthetic, memory_order_relaxed);
}

/* Whether a choice of the hash is one of the spare addresses that are being given. */
static bool is_spare_in_use(const struct wanted *wanted, uint32_t synthetic)
{
	uint32_t place;
	unsigned rotation;

	return synthetic_is_spare(wanted->pool, synthetic, &rotation, &place) &&
	       !spare_is_idle(&rotations[rotation], synthetic_spares(wanted->pool), place, wanted->now,
			      relatives_number(rotation));
}

struct choice {
	struct place own, relatives;
};

/* It stood for the client lately: then it does not matter what the relatives know. */
static bool is_still_its(const struct place *place)
{
	return place->stood_for_it && place->is_recent;
}

/* The choice of the pool that stands for the client; otherwise one that did before and may
 * again; otherwise the first one that may. */
static struct choice choose(const struct wanted *wanted)
{
	unsigned most = synthetic_spares(wanted->pool) != 0 ? CHOICES_BEFORE_SPARES : SYNTHETIC_CHOICES;
	struct choice chosen = {.own.standing = STANDS_CROWDED}, choice;

	for (unsigned step = 0; step < most; step++) {
		uint32_t synthetic = step == 0 ? wanted->first : choice_of(wanted, step);

		choice.own = peer_table_look(&own, synthetic, &wanted->client, wanted->now);
		if (choice.own.standing == STANDS_FOR_IT)
			return choice;
		if (choice.own.standing != STANDS_FOR_NONE ||
		    (!is_still_its(&choice.own) && is_spare_in_use(wanted, synthetic)))
			continue;
		choice.relatives = relatives_look(synthetic, &wanted->client, wanted->now);
		if (is_still_its(&choice.own))
			choice.relatives.standing = STANDS_FOR_IT;
		if (choice.relatives.standing != STANDS_FOR_IT && choice.relatives.standing != STANDS_FOR_NONE)
			continue;
		if (chosen.own.standing == STANDS_CROWDED || choice.own.stood_for_it)
			chosen = choice;
		if (choice.own.stood_for_it || !choice.own.may_have_been)
			break;
	}
	return chosen;
}

/* The relatives are told first, so that no two of them give the same address. */
static bool take(const struct wanted *wanted, const struct choice *choice)
{
	if (!relatives_tell(&choice->relatives, &wanted->client, wanted->now) ||
	    !peer_table_write(&own, &choice->own, &wanted->client, wanted->now))
		return false;
	if (is_still_its(&choice->own))
		relatives_tell_use(choice->own.synthetic, &wanted->client, wanted->now);
	return true;
}

/* Looks again if another thread or process was faster. */
__attribute__((noinline, cold)) static bool show_by_choice(const struct wanted *wanted, uint32_t *synthetic)
{
	for (int tries = 0; tries < TRIES; tries++) {
		struct choice choice = choose(wanted);

		*synthetic = choice.own.synthetic;
		if (choice.own.standing == STANDS_CROWDED)
			return false;
		if (choice.own.standing == STANDS_FOR_NONE && take(wanted, &choice))
			return true;
		if (choice.own.standing == STANDS_FOR_IT && stands(wanted, *synthetic))
			return true;
	}
	return false;
}

/* The address may have been given before as a choice of the hash, it may be an IPv4 peer's own, and the program may
 * still be sending to a client that had it and sends nothing any more. */
static bool is_free_spare(const struct wanted *wanted, uint32_t synthetic)
{
	struct found found;

	return (!peer_table_find(&own, synthetic, &found) ||
		(is_spare(&found) && !peer_table_is_recent(&found, wanted->now))) &&
	       relatives_look(synthetic, &wanted->client, wanted->now).standing != STANDS_FOR_ANOTHER;
}

static bool put_spare(const struct wanted *wanted, uint32_t synthetic)
{
	if (!is_free_spare(wanted, synthetic) ||
	    !peer_table_put_spare(&own, synthetic, &wanted->client, wanted->now))
		return false;
	relatives_tell_spare(synthetic, &wanted->client, wanted->now);
	note_spare(wanted, synthetic);
	return true;
}

__attribute__((noinline, cold)) static bool show_by_spare(const struct wanted *wanted, uint32_t *synthetic)
{
	uint32_t size = synthetic_spares(wanted->pool), number;
	unsigned rotation;

	if (size == 0)
		return false;
	rotation = synthetic_rotation(wanted->pool, wanted->real);
	for (int tries = 0; tries < TRIES; tries++) {
		if (!spare_next(&rotations[rotation], size, wanted->now, relatives_number(rotation), &number))
			return false;
		*synthetic = synthetic_spare(wanted->pool, rotation, number);
		if (put_spare(wanted, *synthetic))
			return true;
	}
	return false;
}

static bool show(struct wanted *wanted, uint32_t *synthetic)
{
	if (stands_by_hint(wanted, synthetic))
		return true;
	wanted->first = choice_of(wanted, 0);
	if (stands_by_spare(wanted, synthetic) || show_by_choice(wanted, synthetic) ||
	    show_by_spare(wanted, synthetic))
		return true;
	*synthetic = wanted->first;
	return false;
}

bool mapper_show(const struct pool *pool, const struct address *real, struct address *shown)
{
	struct wanted wanted = {.pool = pool, .real = real, .now = clock_seconds()};
	uint32_t synthetic;
	bool given;

	pack(&wanted.client, real);
	given = show(&wanted, &synthetic);
	address_set_in(shown, synthetic, address_port(real));
	return given;
}

void mapper_claim(const struct address *address)
{
	uint32_t synthetic = address->in.sin_addr.s_addr, now = clock_seconds();
	struct address mapped = *address;
	struct client client;
	struct found found;

	address_map(&mapped);
	pack(&client, &mapped);
	if (peer_table_find(&own, synthetic, &found) && peer_table_same(&found.client, &client) &&
	    peer_table_is_fresh(&found, now)) {
		use(synthetic, &found, now);
		return;
	}
	peer_table_claim(&own, synthetic, &client, now);
	hints_grow_old();
	relatives_tell_claim(synthetic, &client, now);
}

/* In this process's own table, if the entry was used lately or the relatives know nothing newer. */
static bool find(uint32_t synthetic, uint32_t now, struct client *client)
{
	uint32_t stamp = hints_stamp(now);
	struct client theirs;
	struct found found;
	bool known, is_recent = false;

	if (hints_find(synthetic, stamp, client))
		return true;
	known = peer_table_find(&own, synthetic, &found);
	*client = found.client;
	if (known && peer_table_is_recent(&found, now)) {
		use(synthetic, &found, now);
		give_hint(synthetic, &found, stamp);
		return true;
	}
	if (!relatives_find(synthetic, now, &theirs, &is_recent))
		return known;
	if (!known || is_recent)
		*client = theirs;
	return true;
}

bool mapper_find(const struct address *synthetic, struct address *real)
{
	struct client client;
	struct in6_addr ip;

	if (!find(synthetic->in.sin_addr.s_addr, clock_seconds(), &client))
		return false;
	memcpy(&ip, client.words, sizeof ip);
	address_set_in6(real, &ip, address_port(synthetic));
	real->in6.sin6_scope_id = client.words[PEER_TABLE_WORDS - 1];
	return true;
}
