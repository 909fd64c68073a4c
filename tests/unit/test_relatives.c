/* SPDX-License-Identifier: MIT */
/* The address mapper in processes that share what they know, and one of which is
 * hostile: it writes whatever it likes to the memory that they share. */
#define _GNU_SOURCE
#include "clients.h"

#include <stdio.h>
#include <sys/wait.h>

enum { CLIENTS = 100, VICTIM_SITE = 1, NEW_SITE = 100, ATTACKER_SITE = 200 };

static const struct pool pools[] = {{.network = 0xf0000000, .length = 4}, {.network = 0xc0000200, .length = 24}};

static struct address victims[CLIENTS], shown[CLIENTS];

static void hear_victims(const struct pool *pool)
{
	for (uint32_t i = 0; i < CLIENTS; i++) {
		victims[i] = client_in((uint16_t)(VICTIM_SITE + i), 0, i);
		shown[i] = shown_as(pool, &victims[i]);
	}
}

static void victims_are_answered(void)
{
	for (uint32_t i = 0; i < CLIENTS; i++)
		if (!stands_for(&shown[i], &victims[i]))
			fail_msg("client %u is not answered", i);
}

/* In a child; what it returns is its exit status. */
typedef int child_body(const struct pool *pool);

static pid_t start(child_body *body, const struct pool *pool)
{
	pid_t child = fork();

	if (child == 0)
		_exit(body(pool));
	assert_true(child > 0);
	return child;
}

static void expect_exit(pid_t child, int wanted)
{
	int status;

	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, wanted << 8);
}

/* The memory that is shared: it begins with the table. */
static struct peer_table *shared_table(void)
{
	FILE *maps = fopen("/proc/self/maps", "re");
	unsigned long first = 0, last = 0;
	char line[512], rights[5];

	while (maps != NULL && fgets(line, sizeof line, maps) != NULL)
		if (sscanf(line, "%lx-%lx %4s", &first, &last, rights) == 3 && strcmp(rights, "rw-s") == 0 &&
		    last - first > sizeof(struct peer_table))
			break;
	fclose(maps);
	return (struct peer_table *)first;
}

static int draw_answers(const struct pool *pool)
{
	struct client attacker = {{ATTACKER_SITE, 1, 2, 3, 0}};
	struct peer_table *table = shared_table();

	(void)pool;
	for (uint32_t i = 0; i < CLIENTS; i++) {
		mapper_claim(&shown[i]);
		if (!peer_table_claim(table, shown[i].in.sin_addr.s_addr, &attacker, seconds))
			return 1;
	}
	return 0;
}

/* A process goes on answering the clients that it has received from, whatever another one writes. */
static void a_child_that_draws_answers(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(pools); i++) {
		hear_victims(&pools[i]);
		expect_exit(start(draw_answers, &pools[i]), 0);
		victims_are_answered();
		seconds += PEER_TABLE_RECENT;
		victims_are_answered();
		/* An answer counts as use. */
		seconds += PEER_TABLE_RECENT;
		victims_are_answered();
		let_expire();
	}
}

/* Until it is killed. */
static int scribble(const struct pool *pool)
{
	static const uint32_t patterns[] = {0, 1, UINT32_MAX, 0x80000000, 2};
	uint32_t *words = (uint32_t *)(void *)shared_table();
	size_t count = sizeof(struct peer_table) / sizeof *words;
	uint32_t random = 1;

	(void)pool;
	alarm(60);
	for (size_t i = 0; i < SIZE_MAX; i++) {
		random = random * 1664525 + 1013904223;
		/* A synthetic address of the pools, now and then. */
		words[random % count] = i % 8 == 0   ? shown[i % CLIENTS].in.sin_addr.s_addr
					: i % 8 == 1 ? seconds
						     : patterns[random / 7 % COUNT(patterns)];
	}
	return 0;
}

/* Every call returns, and what is known stays known. Those that are new may be refused. */
static void a_child_that_scribbles(void **state)
{
	enum { ROUNDS = 200 };

	(void)state;
	for (size_t i = 0; i < COUNT(pools); i++) {
		struct given given = nothing_given(&pools[i]);
		pid_t child;

		hear_victims(&pools[i]);
		child = start(scribble, &pools[i]);
		for (uint32_t v = 0; v < CLIENTS; v++)
			give(&given, &shown[v]);
		for (uint32_t round = 0; round < ROUNDS; round++) {
			struct address real = client_in((uint16_t)(NEW_SITE + round), 0, round), its_own;

			if (mapper_show(&pools[i], &real, &its_own)) {
				assert_true(give(&given, &its_own));
				assert_true(stands_for(&its_own, &real));
			}
			victims_are_answered();
			poll(NULL, 0, 1);
		}
		kill(child, SIGKILL);
		waitpid(child, NULL, 0);
		victims_are_answered();
		free(given.bits);
		memset(shared_table(), 0, sizeof(struct peer_table));
		let_expire();
	}
}

static int take_all_numbers(const struct pool *pool)
{
	struct peer_table *table = shared_table();
	uint32_t *after = (uint32_t *)(void *)(table + 1);

	(void)pool;
	/* No place is left anywhere. */
	for (size_t set = 0; set < COUNT(table->sets); set++)
		for (int way = 0; way < PEER_TABLE_WAYS; way++)
			atomic_store(&table->sets[set].entry[way].sequence, 1);
	for (unsigned line = 0; line < SYNTHETIC_ROTATIONS; line++)
		after[line] = 0x7fffffff;
	return 0;
}

/* In a large pool not even new ones can be kept away: they have spare addresses. */
static void a_child_that_leaves_no_room(void **state)
{
	struct given given = nothing_given(&pools[0]);

	(void)state;
	expect_exit(start(take_all_numbers, &pools[0]), 0);
	hear_victims(&pools[0]);
	for (uint32_t i = 0; i < CLIENTS; i++)
		assert_true(give(&given, &shown[i]));
	victims_are_answered();
	free(given.bits);
}

static struct address heard_by_child;

static int hear_one(const struct pool *pool)
{
	struct address real;

	seconds += 2 * PEER_TABLE_RECENT;
	real = client_in(NEW_SITE, 0, 7);
	return mapper_show(pool, &real, &heard_by_child) ? 0 : 1;
}

/* What a child has heard is not given to another client by its parent, which may
 * answer it. */
static void what_a_child_has_heard(void **state)
{
	const struct pool *pool = &pools[1];
	struct address real = client_in(NEW_SITE, 0, 7), first = synthetic_address(pool, &real, 0);

	(void)state;
	let_expire();
	expect_exit(start(hear_one, pool), 0);
	seconds += 2 * PEER_TABLE_RECENT;
	assert_true(stands_for(&first, &real));
	for (uint32_t i = 0; i < 20000; i++) {
		struct address other = client_in((uint16_t)i, 1, i), its_own;

		if (mapper_show(pool, &other, &its_own))
			assert_false(same_address(&its_own, &first));
	}
	assert_true(stands_for(&first, &real));
	let_expire();
}

/* An address that this process knows from long ago, and a child gave to another client
 * since: that one is meant. */
static void what_a_child_has_heard_since(void **state)
{
	const struct pool *pool = &pools[1];
	struct address newer = client_in(NEW_SITE, 0, 7), wanted = synthetic_address(pool, &newer, 0), older,
		       its_own;

	(void)state;
	for (uint32_t i = 0; i < 100000; i++) {
		older = client_in(NEW_SITE, 5, i);
		its_own = synthetic_address(pool, &older, 0);
		if (same_address(&its_own, &wanted))
			break;
	}
	its_own = shown_as(pool, &older);
	assert_true(same_address(&its_own, &wanted));
	assert_true(stands_for(&wanted, &older));
	expect_exit(start(hear_one, pool), 0);
	seconds += 2 * PEER_TABLE_RECENT;
	assert_true(stands_for(&wanted, &newer));
	let_expire();
}

static int share(void **state)
{
	(void)state;
	mapper_share();
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(what_a_child_has_heard),      cmocka_unit_test(what_a_child_has_heard_since),
	    cmocka_unit_test(a_child_that_draws_answers),  cmocka_unit_test(a_child_that_scribbles),
	    cmocka_unit_test(a_child_that_leaves_no_room),
	};

	return cmocka_run_group_tests_name("mapper: relatives", tests, share, NULL);
}
