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

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(all_at_once)};

	return cmocka_run_group_tests_name("mapper: races", tests, NULL, NULL);
}
