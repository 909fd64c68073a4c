/* SPDX-License-Identifier: MIT */
/* A flood of fresh clients: none of them is given an address that another one was
 * shown within the last five minutes, whatever the pool's size. */
#define _GNU_SOURCE
#include "clients.h"

/* Those of the issue took 287 clients in a /24, 73,714 in a /16 and 167,147 in a /15. */
enum { VICTIMS = 2, VICTIM_SITE = 0xffff };

static const struct pool pools[] = {
    {.network = 0xf0000000, .length = 4},  {.network = 0x15000000, .length = 8},
    {.network = 0xc6120000, .length = 15}, {.network = 0xc0a90000, .length = 16},
    {.network = 0xc0000200, .length = 24},
};

/* The clients of a flood: fresh addresses of one /64, of a /56, of a /48, of many. */
static struct address of_a_64(uint32_t number)
{
	return client_in(1, 0, number);
}

static struct address of_a_56(uint32_t number)
{
	return client_in(2, (uint16_t)(number % 256), number);
}

static struct address of_a_48(uint32_t number)
{
	return client_in(3, (uint16_t)number, number);
}

static struct address of_many(uint32_t number)
{
	return client_in((uint16_t)(number % 60000 + 10), 0, number);
}

static const struct flood {
	struct address (*client)(uint32_t number);
	unsigned count;
} floods[] = {{of_a_64, 250000}, {of_a_56, 100000}, {of_a_48, 100000}, {of_many, 100000}};

struct victims {
	struct address real[VICTIMS], shown[VICTIMS];
};

static void hear_victims(struct victims *victims, const struct pool *pool)
{
	for (uint32_t i = 0; i < VICTIMS; i++) {
		victims->real[i] = client_in(VICTIM_SITE, 0, i);
		victims->shown[i] = shown_as(pool, &victims->real[i]);
	}
}

/* Whose address it is; -1: no victim's. */
static int victim_shown_as(const struct victims *victims, const struct address *shown)
{
	for (int i = 0; i < VICTIMS; i++)
		if (same_address(&victims->shown[i], shown))
			return i;
	return -1;
}

/* It takes all of the five minutes. How many of the flood were shown. */
static unsigned pour(const struct pool *pool, const struct flood *flood, const struct victims *victims)
{
	struct given given = nothing_given(pool);
	uint32_t start = seconds;
	unsigned count = 0;

	for (uint32_t i = 0; i < flood->count; i++) {
		struct address real = flood->client(i), shown;

		seconds = start + (uint32_t)((uint64_t)i * PEER_TABLE_RECENT / flood->count);
		if (!mapper_show(pool, &real, &shown))
			continue;
		count++;
		if (victim_shown_as(victims, &shown) >= 0)
			fail_msg("/%u: client %u is shown as the victim", pool->length, i);
		if (!give(&given, &shown))
			fail_msg("/%u: client %u is shown as another one", pool->length, i);
	}
	free(given.bits);
	return count;
}

static void nobody_is_shown_as_another(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(pools) * COUNT(floods); i++) {
		const struct pool *pool = &pools[i / COUNT(floods)];
		struct victims victims;

		hear_victims(&victims, pool);
		pour(pool, &floods[i % COUNT(floods)], &victims);
		for (unsigned v = 0; v < VICTIMS; v++)
			if (!stands_for(&victims.shown[v], &victims.real[v]))
				fail_msg("/%u: victim %u is forgotten", pool->length, v);
		let_expire();
	}
}

/* A client that goes on sending, or is sent to, keeps its address for good. */
static void who_goes_on_keeps_the_address(void **state)
{
	const struct pool *pool = &pools[COUNT(pools) - 1];
	struct victims victims;

	(void)state;
	hear_victims(&victims, pool);
	for (uint32_t i = 0; i < 100000; i++) {
		struct address real = of_many(i), shown;

		seconds += i % 10 == 0;
		if (mapper_show(pool, &real, &shown))
			assert_int_equal(victim_shown_as(&victims, &shown), -1);
		if (i % 1000 != 999)
			continue;
		shown = shown_as(pool, &victims.real[0]);
		assert_int_equal(victim_shown_as(&victims, &shown), 0);
		assert_true(stands_for(&victims.shown[1], &victims.real[1]));
	}
	let_expire();
}

/* After five minutes of silence the address may be given, and is before long. */
static void who_is_silent_loses_it(void **state)
{
	const struct pool *pool = &pools[COUNT(pools) - 1];
	struct victims victims;
	bool lost = false;

	(void)state;
	hear_victims(&victims, pool);
	seconds += PEER_TABLE_RECENT;
	for (uint32_t i = 0; i < 10000; i++) {
		struct address real = of_many(i), shown;

		if (mapper_show(pool, &real, &shown))
			assert_int_equal(victim_shown_as(&victims, &shown), -1);
	}
	let_expire();
	for (uint32_t i = 0; i < 10000 && !lost; i++) {
		struct address real = of_many(100000 + i), shown;

		lost = mapper_show(pool, &real, &shown) && victim_shown_as(&victims, &shown) >= 0;
	}
	assert_true(lost);
	let_expire();
}

/* However many come from one network, clients of others find a place while it goes
 * on. In a /24 there are few places, and not every client has one among its choices. */
static unsigned served_beside(const struct pool *pool, const struct flood *flood, unsigned others)
{
	struct victims nobody = {0};
	unsigned served = 0;

	pour(pool, flood, &nobody);
	for (uint32_t other = 0; other < others; other++) {
		struct address real = client_in((uint16_t)(1000 + other), 0, 1), shown;
		struct address attacker = flood->client(flood->count + other), its_own;

		mapper_show(pool, &attacker, &its_own);
		if (!mapper_show(pool, &real, &shown))
			continue;
		served++;
		assert_true(stands_for(&shown, &real));
	}
	let_expire();
	return served;
}

static void others_find_a_place(void **state)
{
	enum { OTHERS = 40, OF_24 = 35, OF_ONE_48 = 3 };

	(void)state;
	for (size_t i = 0; i < COUNT(pools) * OF_ONE_48; i++) {
		const struct pool *pool = &pools[i / OF_ONE_48];
		unsigned served = served_beside(pool, &floods[i % OF_ONE_48], OTHERS);

		assert_in_range(served, pool->length == 24 ? OF_24 : OTHERS, OTHERS);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(nobody_is_shown_as_another),
	    cmocka_unit_test(who_goes_on_keeps_the_address),
	    cmocka_unit_test(who_is_silent_loses_it),
	    cmocka_unit_test(others_find_a_place),
	};

	return cmocka_run_group_tests_name("mapper: floods", tests, NULL, NULL);
}
