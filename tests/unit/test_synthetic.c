/* SPDX-License-Identifier: MIT */
/* Synthetic addresses: which one a peer has. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "peers/synthetic.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

static struct address peer(const char *text, uint32_t scope, uint16_t port)
{
	struct address address;
	struct in6_addr ip;

	assert_int_equal(inet_pton(AF_INET6, text, &ip), 1);
	address_set_in6(&address, &ip, port);
	address.in6.sin6_scope_id = scope;
	return address;
}

static uint32_t shown(const struct pool *pool, const struct address *real)
{
	struct address address = synthetic_address(pool, real, 0);

	assert_int_equal(address.any.sa_family, AF_INET);
	assert_int_equal(address.length, sizeof address.in);
	assert_int_equal(address_port(&address), address_port(real));
	assert_true(pool_contains(pool, &address));
	return ntohl(address.in.sin_addr.s_addr);
}

/* Log lines, access lists and other processes rely on these: a change here is
 * a breaking change. */
static void the_hash_is_fixed(void **state)
{
	static const struct {
		struct siphash_key key;
		const char *peer;
		uint32_t scope, shown;
	} rows[] = {
	    {{0, 0}, "2001:db8::1", 0, 0xf259d635},
	    {{0, 0}, "fd00:1234:5678:9abc:def0:1234:5678:9abc", 0, 0xf9a922c2},
	    {{0, 0}, "fe80::1", 2, 0xfde9e0fa},
	    {{1, 2}, "2001:db8::1", 0, 0xf28f0f38},
	    {{1, 2}, "fe80::1", 2, 0xff3d195f},
	};
	struct pool pool = pool_default();

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct address real = peer(rows[i].peer, rows[i].scope, 1234);

		pool.key = rows[i].key;
		assert_int_equal(shown(&pool, &real), rows[i].shown);
	}
}

static void what_counts(void **state)
{
	struct pool pool = pool_default();
	struct address one = peer("fe80::1", 1, 80), other_port = peer("fe80::1", 1, 81);
	struct address other_link = peer("fe80::1", 2, 80), other_host = peer("fe80::2", 1, 80);
	struct address low = peer("::2:0:0:0:1", 0, 80), high = peer("0:0:0:1::2", 0, 80);

	(void)state;
	one.in6.sin6_flowinfo = 7;
	assert_int_equal(shown(&pool, &one), shown(&pool, &other_port));
	assert_int_not_equal(shown(&pool, &one), shown(&pool, &other_link));
	assert_int_not_equal(shown(&pool, &one), shown(&pool, &other_host));
	assert_int_not_equal(shown(&pool, &low), shown(&pool, &high));
}

/* Never the first address or the last, even in the smallest pool. */
static void stays_inside(void **state)
{
	static const struct pool pools[] = {
	    {.network = 0xc0000200, .length = 24},
	    {.network = 0xc6120000, .length = 15},
	    {.network = 0xf0000000, .length = 4},
	};
	static bool seen[256];
	struct address real = peer("2001:db8::", 0, 80), other;
	unsigned used = 0;

	(void)state;
	for (size_t i = 0; i < COUNT(pools); i++)
		for (uint32_t host = 0; host < 20000; host++) {
			uint32_t hosts = UINT32_MAX >> pools[i].length, part;
			struct address one;

			memcpy(&real.in6.sin6_addr.s6_addr[12], &host, sizeof host);
			one = synthetic_address(&pools[i], &real, host % SYNTHETIC_CHOICES);
			part = ntohl(one.in.sin_addr.s_addr) - pools[i].network;
			assert_in_range(part, 1, hosts - 1);
			if (i == 0)
				seen[part] = true;
		}
	for (size_t i = 0; i < COUNT(seen); i++)
		used += seen[i];
	assert_int_equal(used, 254);
	address_set_in(&other, htonl(0xc0000100), 80);
	assert_false(pool_contains(&pools[0], &other));
	assert_false(pool_contains(&pools[0], &real));
}

static int compare(const void *one, const void *other)
{
	uint32_t first = *(const uint32_t *)one, second = *(const uint32_t *)other;

	return first < second ? -1 : first > second;
}

/* 100,000 in 2^28 places: chance alone gives 18.6 collisions. */
static void spreads(void **state)
{
	static const int varying[] = {0, 4, 6, 8, 12};
	static uint32_t all[100000];
	struct pool pool = pool_default();

	(void)state;
	for (size_t i = 0; i < COUNT(varying); i++) {
		struct address real = peer("2001:db8:1:2:3:4:5:6", 0, 80);
		unsigned collisions = 0;

		for (uint32_t host = 0; host < COUNT(all); host++) {
			uint32_t bytes = htonl(host);

			memcpy(&real.in6.sin6_addr.s6_addr[varying[i]], &bytes, sizeof bytes);
			all[host] = shown(&pool, &real);
		}
		qsort(all, COUNT(all), sizeof all[0], compare);
		for (size_t host = 1; host < COUNT(all); host++)
			collisions += all[host] == all[host - 1];
		assert_in_range(collisions, 1, 50);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_hash_is_fixed),
	    cmocka_unit_test(what_counts),
	    cmocka_unit_test(stays_inside),
	    cmocka_unit_test(spreads),
	};

	return cmocka_run_group_tests_name("pool", tests, NULL, NULL);
}
