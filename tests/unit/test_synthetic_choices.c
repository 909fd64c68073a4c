/* SPDX-License-Identifier: MIT */
/* Synthetic addresses: those that one peer may have. */
#define _GNU_SOURCE
#include "datagrams.h"

#include "peers/synthetic.h"

static uint32_t shown(const struct pool *pool, const struct address *real, unsigned choice)
{
	struct address address = synthetic_address(pool, real, choice);

	assert_true(pool_contains(pool, &address));
	return ntohl(address.in.sin_addr.s_addr);
}

/* The ones for when the first is taken, as others compute them too. */
static void the_choices_are_fixed(void **state)
{
	static const unsigned choices[] = {0, 1, 2, SYNTHETIC_CHOICES - 1};
	static const struct {
		struct siphash_key key;
		const char *peer;
		uint32_t scope, shown[COUNT(choices)];
	} rows[] = {
	    {{0, 0}, "2001:db8::1", 0, {0xf259d635, 0xf8535aae, 0xfa026d16, 0xfb14a1b0}},
	    {{1, 2}, "fe80::1", 2, {0xff3d195f, 0xffd35d49, 0xf5c86210, 0xfa145628}},
	};
	struct pool pool = pool_default();

	(void)state;
	for (size_t i = 0; i < COUNT(rows) * COUNT(choices); i++) {
		size_t row = i / COUNT(choices), column = i % COUNT(choices);
		struct address real = peer6(rows[row].peer, rows[row].scope, 1234), one;

		pool.key = rows[row].key;
		one = synthetic_address(&pool, &real, choices[column]);
		assert_int_equal(ntohl(one.in.sin_addr.s_addr), rows[row].shown[column]);
		assert_int_equal(address_port(&one), 1234);
	}
}

/* Two peers with one first choice have nothing else in common. */
static void choices_part(void **state)
{
	struct pool pool = {.network = 0xc0000200, .length = 24};
	struct address one = peer6("2001:db8::1", 0, 80), other = one;
	unsigned same[SYNTHETIC_CHOICES] = {0}, pairs = 0;

	(void)state;
	for (uint32_t host = 0; host < 200000; host++) {
		memcpy(&other.in6.sin6_addr.s6_addr[8], &host, sizeof host);
		if (shown(&pool, &other, 0) != shown(&pool, &one, 0))
			continue;
		pairs++;
		for (unsigned choice = 1; choice < SYNTHETIC_CHOICES; choice++)
			same[choice] += shown(&pool, &other, choice) == shown(&pool, &one, choice);
	}
	/* 787 of 200,000 by chance, and 3 of those. */
	assert_in_range(pairs, 600, 1000);
	for (unsigned choice = 1; choice < SYNTHETIC_CHOICES; choice++)
		assert_in_range(same[choice], 0, 20);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(the_choices_are_fixed), cmocka_unit_test(choices_part)};

	return cmocka_run_group_tests_name("pool: choices", tests, NULL, NULL);
}
