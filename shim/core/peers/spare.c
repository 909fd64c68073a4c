/* SPDX-License-Identifier: MIT */
#include "peers/spare.h"

#include "peers/peer_table.h"

#include <stddef.h>

enum { TRIES = 4 };

static unsigned part_of(uint32_t size, uint32_t number)
{
	return number % size / (size / SPARE_PARTS);
}

static bool is_unused(const struct spare_rotation *rotation, unsigned part, uint32_t now)
{
	uint32_t used = atomic_load_explicit(&rotation->parts[part].used, memory_order_relaxed);

	return used == 0 || (int32_t)(now - used) > PEER_TABLE_RECENT;
}

/* Whether the number may be given: its part was begun in this round, or can be begun. */
static bool is_next(const struct spare_rotation *rotation, uint32_t size, uint32_t number, uint32_t now)
{
	unsigned part = part_of(size, number);

	return atomic_load_explicit(&rotation->parts[part].round, memory_order_relaxed) == number / size ||
	       is_unused(rotation, part, now);
}

/* Our number for the place of the relatives' next number, if theirs is ahead of ours. Their number itself is
 * not taken: by large steps one of them could make us go round to addresses that were given a moment ago. */
static uint32_t choose(uint32_t ours, uint32_t size, _Atomic uint32_t *relatives)
{
	uint32_t theirs =
	    relatives == NULL ? ours : atomic_fetch_add_explicit(relatives, 1, memory_order_relaxed) + 1;

	return (int32_t)(theirs - ours) > 0 ? ours + (theirs - ours) % size : ours;
}

bool spare_next(struct spare_rotation *rotation, uint32_t size, uint32_t now, _Atomic uint32_t *relatives,
		uint32_t *number)
{
	for (int tries = 0; tries < TRIES; tries++) {
		uint32_t last = atomic_load(&rotation->last), next = choose(last + 1, size, relatives);
		unsigned part;

		if (!is_next(rotation, size, next, now))
			next = last + 1;
		if (!is_next(rotation, size, next, now))
			return false;
		if (!atomic_compare_exchange_strong(&rotation->last, &last, next))
			continue;
		part = part_of(size, next);
		atomic_store_explicit(&rotation->parts[part].round, next / size, memory_order_relaxed);
		atomic_store_explicit(&rotation->parts[part].used, now, memory_order_relaxed);
		*number = next;
		return true;
	}
	return false;
}

void spare_use(struct spare_rotation *rotation, uint32_t size, uint32_t place, uint32_t now)
{
	atomic_store_explicit(&rotation->parts[part_of(size, place)].used, now, memory_order_relaxed);
}

bool spare_is_idle(const struct spare_rotation *rotation, uint32_t size, uint32_t place, uint32_t now,
		   const _Atomic uint32_t *relatives)
{
	return is_unused(rotation, part_of(size, place), now) &&
	       (relatives == NULL || atomic_load_explicit(relatives, memory_order_relaxed) == 0);
}
