/* SPDX-License-Identifier: MIT */
/* The address mapper: which synthetic address stands for which client, and for how long. */
#define _GNU_SOURCE
#include "clients.h"

#include <stdio.h>

/* Each test has a pool of its own: the table is one for all. */
static struct pool small_pool(uint32_t which)
{
	return (struct pool){.network = 0xc6120000 + (which << 8), .length = 24};
}

static struct address numbered(uint32_t family, uint32_t number)
{
	struct address address = peer6("2001:db8::", 0, 5000);

	memcpy(&address.in6.sin6_addr.s6_addr[4], &family, sizeof family);
	memcpy(&address.in6.sin6_addr.s6_addr[12], &number, sizeof number);
	return address;
}

static bool has_shown(const struct pool *pool, const struct address *real, unsigned choice)
{
	struct address shown = shown_as(pool, real), expected = synthetic_address(pool, real, choice);

	return same_address(&shown, &expected) && stands_for(&shown, real);
}

static void the_first_choice(void **state)
{
	struct pool pool = pool_default();

	(void)state;
	for (uint32_t i = 0; i < 1000; i++) {
		struct address real = numbered(1, i), found;
		struct address before = synthetic_address(&pool, &real, 0);

		assert_false(mapper_find(&before, &found));
		assert_true(has_shown(&pool, &real, 0));
		assert_true(has_shown(&pool, &real, 0));
	}
}

/* The port is that of the question, each way. */
static void ports(void **state)
{
	struct pool pool = pool_default();
	struct address real = numbered(2, 0), again = real, shown = shown_as(&pool, &real), found;

	(void)state;
	assert_int_equal(address_port(&shown), 5000);
	again.in6.sin6_port = htons(5001);
	again.in6.sin6_flowinfo = htonl(77);
	shown = shown_as(&pool, &again);
	assert_int_equal(address_port(&shown), 5001);
	shown.in.sin_port = htons(53);
	assert_true(mapper_find(&shown, &found));
	real.in6.sin6_port = htons(53);
	assert_true(same_address(&found, &real));
}

static void scopes(void **state)
{
	struct pool pool = pool_default();
	struct address shown[3];

	(void)state;
	for (uint32_t scope = 0; scope < 3; scope++) {
		struct address real = peer6("fe80::1:2", scope, 5000);

		shown[scope] = shown_as(&pool, &real);
	}
	for (uint32_t scope = 0; scope < 3; scope++) {
		struct address real = peer6("fe80::1:2", scope, 5000);

		assert_true(stands_for(&shown[scope], &real));
		assert_false(same_address(&shown[scope], &shown[(scope + 1) % 3]));
	}
}

struct hashed {
	uint32_t shown, number;
};

static int compare(const void *one, const void *other)
{
	uint32_t first = ((const struct hashed *)one)->shown, second = ((const struct hashed *)other)->shown;

	return first < second ? -1 : first > second;
}

/* Two of 200,000 addresses with one first choice: chance gives 74 such pairs. */
static void two_with_one_hash(void **state)
{
	static struct hashed all[200000];
	struct pool pool = pool_default();
	unsigned pairs = 0;

	(void)state;
	for (uint32_t i = 0; i < COUNT(all); i++) {
		struct address real = numbered(3, i);

		all[i] = (struct hashed){synthetic_address(&pool, &real, 0).in.sin_addr.s_addr, i};
	}
	qsort(all, COUNT(all), sizeof all[0], compare);
	for (size_t i = 1; i < COUNT(all); i++) {
		struct address first = numbered(3, all[i - 1].number), second = numbered(3, all[i].number);

		/* Of three clients with the same choice, the first two. */
		if (all[i].shown != all[i - 1].shown || (i > 1 && all[i].shown == all[i - 2].shown))
			continue;
		pairs++;
		assert_true(has_shown(&pool, &first, 0));
		assert_true(has_shown(&pool, &second, 1));
		assert_true(has_shown(&pool, &first, 0));
		assert_true(has_shown(&pool, &second, 1));
	}
	assert_in_range(pairs, 20, 200);
}

/* An IPv4 peer whose own address is of the pool is not talked away. */
static void claims(void **state)
{
	struct pool pool = small_pool(2);
	struct address real = numbered(5, 1), shown = shown_as(&pool, &real), mapped = shown, moved;

	(void)state;
	address_map(&mapped);
	mapper_claim(&shown);
	assert_true(stands_for(&shown, &mapped));
	moved = shown_as(&pool, &real);
	assert_false(same_address(&moved, &shown));
	assert_true(stands_for(&moved, &real));
	mapper_claim(&shown);
	assert_true(stands_for(&shown, &mapped));
}

static void memory(unsigned long *size, unsigned long *resident)
{
	FILE *file = fopen("/proc/self/statm", "r");

	assert_non_null(file);
	assert_int_equal(fscanf(file, "%lu %lu", size, resident), 2);
	fclose(file);
}

/* A million clients of as many networks within five minutes: each is shown another
 * address, the last 10,000 all resolve, and memory stays where it was. */
static void a_million_peers(void **state)
{
	enum { MILLION = 1000000, RECENT = 10000, PAGES_MOST = 1024 };
	static struct address recent[RECENT];
	unsigned long size, resident, size_after, resident_after;
	struct pool pool = pool_default();
	struct given given = nothing_given(&pool);

	(void)state;
	memset(recent, 1, sizeof recent);
	memset(given.bits, 0, (UINT32_MAX >> pool.length) / 8 + 1);
	let_expire();
	memory(&size, &resident);
	for (uint32_t i = 0; i < MILLION; i++) {
		struct address real = numbered(i, 6);

		recent[i % RECENT] = shown_as(&pool, &real);
		assert_true(give(&given, &recent[i % RECENT]));
	}
	memory(&size_after, &resident_after);
	assert_int_equal(size_after, size);
	assert_in_range(resident_after, 0, resident + PAGES_MOST);
	for (uint32_t i = MILLION - RECENT; i < MILLION; i++) {
		struct address real = numbered(i, 6);

		if (!stands_for(&recent[i % RECENT], &real))
			fail_msg("peer %u is forgotten", i);
	}
	free(given.bits);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    /* First: in a table without other clients. */
	    cmocka_unit_test(the_first_choice),  cmocka_unit_test(ports),  cmocka_unit_test(scopes),
	    cmocka_unit_test(two_with_one_hash), cmocka_unit_test(claims), cmocka_unit_test(a_million_peers),
	};

	return cmocka_run_group_tests_name("mapper", tests, NULL, NULL);
}
