/* The address mapper: which synthetic address stands for whom, and for how long. */
#define _GNU_SOURCE
#include "datagrams.h"

#include "mapper.h"

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

static bool stands_for(const struct address *shown, const struct address *real)
{
	struct address found;

	return mapper_find(shown, &found) && same_address(&found, real);
}

static bool has_shown(const struct pool *pool, const struct address *real, unsigned choice)
{
	struct address shown = mapper_show(pool, real), expected = pool_show(pool, real, choice);

	return same_address(&shown, &expected) && stands_for(&shown, real);
}

static void the_first_choice(void **state)
{
	struct pool pool = pool_default();

	(void)state;
	for (uint32_t i = 0; i < 1000; i++) {
		struct address real = numbered(1, i), found;
		struct address before = pool_show(&pool, &real, 0);

		assert_false(mapper_find(&before, &found));
		assert_true(has_shown(&pool, &real, 0));
		assert_true(has_shown(&pool, &real, 0));
	}
}

/* The port is that of the question, each way. */
static void ports(void **state)
{
	struct pool pool = pool_default();
	struct address real = numbered(2, 0), again = real, shown = mapper_show(&pool, &real), found;

	(void)state;
	assert_int_equal(address_port(&shown), 5000);
	again.in6.sin6_port = htons(5001);
	again.in6.sin6_flowinfo = htonl(77);
	shown = mapper_show(&pool, &again);
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

		shown[scope] = mapper_show(&pool, &real);
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

		all[i] = (struct hashed){pool_show(&pool, &real, 0).in.sin_addr.s_addr, i};
	}
	qsort(all, COUNT(all), sizeof all[0], compare);
	for (size_t i = 1; i < COUNT(all); i++) {
		struct address first = numbered(3, all[i - 1].number), second = numbered(3, all[i].number);

		/* Of three with one, the first two. */
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

/* What the mapper says it does, in a table that a reader can check. */
enum { HOSTS = 256, PEERS = 600 };

static struct model {
	int32_t owner[HOSTS]; /* a peer's number, or CLAIMED; 0: nobody */
	uint32_t shown[HOSTS], age;
} model;

enum { CLAIMED = PEERS + 1 };

static uint32_t host_of(const struct pool *pool, const struct address *shown)
{
	return ntohl(shown->in.sin_addr.s_addr) - pool->network;
}

static uint32_t model_show(const struct pool *pool, int32_t peer)
{
	struct address real = numbered(4, (uint32_t)peer), shown;
	uint32_t host, chosen = 0;

	for (unsigned i = 0; i < POOL_CHOICES; i++) {
		shown = pool_show(pool, &real, i);
		host = host_of(pool, &shown);
		if (model.owner[host] == peer) {
			model.shown[host] = model.age;
			return host;
		}
		if (i == 0 || model.owner[host] == 0 || model.shown[host] < model.shown[chosen])
			chosen = host;
		if (model.owner[host] == 0)
			break;
	}
	model.owner[chosen] = peer;
	model.shown[chosen] = ++model.age;
	return chosen;
}

static void model_claim(uint32_t host)
{
	if (model.owner[host] != CLAIMED)
		model.age++;
	model.owner[host] = CLAIMED;
	model.shown[host] = model.age;
}

/* Whether the table agrees with the model about one address of the pool. */
static bool agrees(const struct pool *pool, uint32_t host)
{
	struct address shown, real;

	address_set_in(&shown, htonl(pool->network + host), 5000);
	if (model.owner[host] == 0)
		return !mapper_find(&shown, &real);
	real = model.owner[host] == CLAIMED ? shown : numbered(4, (uint32_t)model.owner[host]);
	if (model.owner[host] == CLAIMED)
		address_map(&real);
	return stands_for(&shown, &real);
}

static void as_the_model(void **state)
{
	struct pool pool = small_pool(1);

	(void)state;
	srandom(20250301);
	for (unsigned round = 0; round < 30000; round++) {
		/* Few at first, so that free choices are met too; then too many. */
		int32_t peer = 1 + (int32_t)(random() % (round < 2000 ? 150 : PEERS));
		uint32_t host = 1 + (uint32_t)(random() % (HOSTS - 2));
		struct address real = numbered(4, (uint32_t)peer), shown;

		if (round % 50 == 49) {
			address_set_in(&shown, htonl(pool.network + host), 5000);
			mapper_claim(&shown);
			model_claim(host);
		} else {
			shown = mapper_show(&pool, &real);
			host = model_show(&pool, peer);
			if (host_of(&pool, &shown) != host)
				fail_msg("round %u: %u, not %u", round, host_of(&pool, &shown), host);
		}
		assert_true(agrees(&pool, host));
		for (unsigned i = 0; i < 4; i++)
			assert_true(agrees(&pool, (uint32_t)(random() % HOSTS)));
	}
	for (uint32_t host = 0; host < HOSTS; host++)
		assert_true(agrees(&pool, host));
}

/* An IPv4 peer whose own address is of the pool is not talked away. */
static void claims(void **state)
{
	struct pool pool = small_pool(2);
	struct address real = numbered(5, 1), shown = mapper_show(&pool, &real), mapped = shown, moved;

	(void)state;
	address_map(&mapped);
	mapper_claim(&shown);
	assert_true(stands_for(&shown, &mapped));
	moved = mapper_show(&pool, &real);
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

/* The most recent 10,000 all resolve, and memory stays where it was. (That any
 * of them meets sixteen later ones in its set has a chance of 1 in 222,000; of
 * the most recent 65,536, which is all that the table holds, one in ten does.) */
static void a_million_peers(void **state)
{
	enum { MILLION = 1000000, RECENT = 10000, PAGES_MOST = 1024 };
	static struct address recent[RECENT];
	unsigned long size, resident, size_after, resident_after;
	struct pool pool = pool_default();
	struct address found;

	(void)state;
	memset(recent, 1, sizeof recent);
	memory(&size, &resident);
	for (uint32_t i = 0; i < MILLION; i++) {
		struct address real = numbered(6, i);

		recent[i % RECENT] = mapper_show(&pool, &real);
	}
	memory(&size_after, &resident_after);
	assert_int_equal(size_after, size);
	assert_in_range(resident_after, 0, resident + PAGES_MOST);
	for (uint32_t i = MILLION - RECENT; i < MILLION; i++) {
		struct address real = numbered(6, i);

		if (!stands_for(&recent[i % RECENT], &real))
			fail_msg("peer %u is forgotten", i);
	}
	/* The others gave way, and stand for nobody, or for another one. */
	for (uint32_t i = 0; i < RECENT; i++) {
		struct address real = numbered(6, i), shown = pool_show(&pool, &real, 0);

		if (mapper_find(&shown, &found))
			assert_false(same_address(&found, &real));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_first_choice),  cmocka_unit_test(ports),        cmocka_unit_test(scopes),
	    cmocka_unit_test(two_with_one_hash), cmocka_unit_test(as_the_model), cmocka_unit_test(claims),
	    cmocka_unit_test(a_million_peers),
	};

	return cmocka_run_group_tests_name("mapper", tests, NULL, NULL);
}
