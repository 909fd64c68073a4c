/* SPDX-License-Identifier: MIT */
/* The address mapper under threads: of clients that come at once no two are given one
 * address. */
#define _GNU_SOURCE
#include "clients.h"

#include <pthread.h>

/* More clients than each pool has addresses, and each of a network of its own. */
enum { THREADS = 4, POOLS = 60, CLIENTS = 300 };

static struct address shown[THREADS][POOLS][CLIENTS];
static bool given[THREADS][POOLS][CLIENTS];
static pthread_barrier_t barrier;

static struct pool pool_number(uint32_t number)
{
	return (struct pool){.network = 0x15000000 + (number << 8), .length = 24};
}

static void *come(void *argument)
{
	uint32_t thread = (uint32_t)(uintptr_t)argument;

	for (uint32_t i = 0; i < POOLS; i++) {
		struct pool pool = pool_number(i);

		pthread_barrier_wait(&barrier);
		for (uint32_t client = 0; client < CLIENTS; client++) {
			struct address real = client_in((uint16_t)(thread * CLIENTS + client), 0, i);

			given[thread][i][client] = mapper_show(&pool, &real, &shown[thread][i][client]);
		}
	}
	return NULL;
}

static void expect_distinct(uint32_t number)
{
	struct pool pool = pool_number(number);
	struct given seen = nothing_given(&pool);
	unsigned count = 0;

	for (uint32_t thread = 0; thread < THREADS; thread++)
		for (uint32_t client = 0; client < CLIENTS; client++) {
			struct address real = client_in((uint16_t)(thread * CLIENTS + client), 0, number);

			if (!given[thread][number][client])
				continue;
			count++;
			if (!give(&seen, &shown[thread][number][client]))
				fail_msg("pool %u, client %u of thread %u", number, client, thread);
			assert_true(stands_for(&shown[thread][number][client], &real));
		}
	/* All addresses of the pool but very few. */
	assert_in_range(count, 240, 254);
	free(seen.bits);
}

static void all_at_once(void **state)
{
	pthread_t threads[THREADS];

	(void)state;
	assert_int_equal(pthread_barrier_init(&barrier, NULL, THREADS), 0);
	for (uintptr_t i = 0; i < THREADS; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, come, (void *)i), 0);
	for (int i = 0; i < THREADS; i++)
		assert_int_equal(pthread_join(threads[i], NULL), 0);
	for (uint32_t i = 0; i < POOLS; i++)
		expect_distinct(i);
}

/* One thread hears a client after 300 seconds, for another one, by whose clock it is a second
 * later, a new client has the same first choice. */
static struct {
	struct address real, shown;
	bool given;
} pair[2];
static unsigned alike;

enum { ROUNDS = 20000, SITE_OF_OLD = 1, SITE_OF_NEW = 2 };

static void choose_pair(const struct pool *pool, uint32_t round)
{
	struct address first, other;
	uint32_t host = round * 4096;

	pair[0].real = client_in(SITE_OF_OLD, 0, round);
	first = synthetic_address(pool, &pair[0].real, 0);
	do {
		pair[1].real = client_in(SITE_OF_NEW, 0, host++);
		other = synthetic_address(pool, &pair[1].real, 0);
	} while (!same_address(&first, &other));
	atomic_fetch_add(&seconds, 2 * PEER_TABLE_RECENT);
	mapper_show(pool, &pair[0].real, &pair[0].shown);
	atomic_fetch_add(&seconds, PEER_TABLE_RECENT);
}

static void *come_again(void *argument)
{
	struct pool pool = pool_number(POOLS);
	uint32_t thread = (uint32_t)(uintptr_t)argument, random = thread + 1;

	ahead = thread;
	for (uint32_t round = 0; round < ROUNDS; round++) {
		if (thread == 0)
			choose_pair(&pool, round);
		pthread_barrier_wait(&barrier);
		random = random * 1664525 + 1013904223;
		for (volatile uint32_t i = 0; i < (random >> 12) % 300; i++)
			;
		pair[thread].given = mapper_show(&pool, &pair[thread].real, &pair[thread].shown);
		pthread_barrier_wait(&barrier);
		if (thread == 0 && pair[0].given && pair[1].given)
			alike += same_address(&pair[0].shown, &pair[1].shown);
	}
	return NULL;
}

static void at_the_last_second(void **state)
{
	pthread_t threads[COUNT(pair)];

	(void)state;
	assert_int_equal(pthread_barrier_init(&barrier, NULL, COUNT(pair)), 0);
	for (uintptr_t i = 0; i < COUNT(pair); i++)
		assert_int_equal(pthread_create(&threads[i], NULL, come_again, (void *)i), 0);
	for (size_t i = 0; i < COUNT(pair); i++)
		assert_int_equal(pthread_join(threads[i], NULL), 0);
	assert_int_equal(alike, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(all_at_once), cmocka_unit_test(at_the_last_second)};

	return cmocka_run_group_tests_name("mapper: races", tests, NULL, NULL);
}
