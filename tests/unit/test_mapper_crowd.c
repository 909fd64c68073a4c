/* SPDX-License-Identifier: MIT */
/* Many honest clients in one /64, as the pods of a subnet are: how many of them pools
 * of different sizes serve, and that others are served beside them. */
#define _GNU_SOURCE
#include "clients.h"

enum { PODS = 5000, OTHERS = 20 };

enum { SUBNET_SITE = 0xaaaa, OTHER_SITE = 0xbbb };

/* In each of a /24's sets of sixteen addresses the /64 may have eight. */
static const struct row {
	struct pool pool;
	unsigned served;
} rows[] = {
    {{.network = 0x15000000, .length = 8}, PODS},
    {{.network = 0xc0a90000, .length = 16}, PODS},
    {{.network = 0xc0000200, .length = 24}, 128},
};

static struct {
	struct address shown;
	bool given;
} pods[PODS];

static unsigned show_pods(const struct pool *pool)
{
	struct given given = nothing_given(pool);
	unsigned served = 0;

	for (uint32_t i = 0; i < PODS; i++) {
		struct address real = client_in(SUBNET_SITE, 1, i);

		pods[i].given = mapper_show(pool, &real, &pods[i].shown);
		served += pods[i].given;
		assert_true(!pods[i].given || give(&given, &pods[i].shown));
	}
	free(given.bits);
	return served;
}

/* Clients that were shown are shown as before, and can be answered; the others are not. */
static void as_before(const struct pool *pool)
{
	for (uint32_t i = 0; i < PODS; i++) {
		struct address real = client_in(SUBNET_SITE, 1, i), shown;

		assert_int_equal(mapper_show(pool, &real, &shown), pods[i].given);
		assert_true(same_address(&shown, &pods[i].shown) || !pods[i].given);
		assert_int_equal(stands_for(&shown, &real), pods[i].given);
	}
}

static void others_are_served(const struct pool *pool)
{
	for (uint32_t i = 0; i < OTHERS; i++) {
		struct address real = client_in(i < OTHERS / 2 ? SUBNET_SITE : OTHER_SITE, 2, i);
		struct address shown = shown_as(pool, &real);

		assert_true(stands_for(&shown, &real));
	}
}

static void five_thousand(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		assert_int_equal(show_pods(&rows[i].pool), rows[i].served);
		seconds += 60;
		as_before(&rows[i].pool);
		others_are_served(&rows[i].pool);
		seconds += PEER_TABLE_RECENT - 60;
		as_before(&rows[i].pool);
		let_expire();
	}
}

/* When clients that were served have left, others take their places. */
static void the_next_ones(void **state)
{
	const struct row *row = &rows[COUNT(rows) - 1];
	unsigned served = 0;

	(void)state;
	assert_int_equal(show_pods(&row->pool), row->served);
	let_expire();
	for (uint32_t i = PODS; i < 2 * PODS; i++) {
		struct address real = client_in(SUBNET_SITE, 1, i), shown;

		served += mapper_show(&row->pool, &real, &shown);
	}
	assert_int_equal(served, row->served);
	let_expire();
}

enum { MANY = 60000, HALF = PEER_TABLE_SETS * PEER_TABLE_OF_64, REMEMBERED = 2048 };

/* One /64 gets no more than half of the table. Further clients get spare addresses, of
 * which 2,048 at a time can be answered; a client that comes again has the same one. */
static void more_than_the_share(void **state)
{
	static const struct pool pool = {.network = 0xf0000000, .length = 4};
	struct given given = nothing_given(&pool);
	static struct address last[MANY];
	unsigned same = 0;

	(void)state;
	for (uint32_t i = 0; i < MANY; i++) {
		struct address real = client_in(SUBNET_SITE, 3, i);

		last[i] = shown_as(&pool, &real);
		assert_true(give(&given, &last[i]));
	}
	for (uint32_t i = MANY - REMEMBERED; i < MANY; i++) {
		struct address real = client_in(SUBNET_SITE, 3, i);

		assert_true(stands_for(&last[i], &real));
	}
	for (uint32_t i = MANY - REMEMBERED; i < MANY; i++) {
		struct address real = client_in(SUBNET_SITE, 3, i), again = shown_as(&pool, &real);

		same += same_address(&again, &last[i]);
		assert_true(same_address(&again, &last[i]) || give(&given, &again));
	}
	assert_in_range(same, REMEMBERED * 99 / 100, REMEMBERED);
	free(given.bits);
	let_expire();
}

static const struct pool smallest_with_spares = {.network = 0xc6100000, .length = 14};

/* Clients of one /64, of which some have spare addresses: none gets another one while it
 * goes on, and so none are used up. */
static void who_goes_on_keeps_a_spare_one(void **state)
{
	enum { CLIENTS = 30000, ROUNDS = 150 };
	static struct address first[CLIENTS];

	(void)state;
	for (unsigned round = 0; round < ROUNDS; round++) {
		seconds++;
		for (uint32_t i = 0; i < CLIENTS; i++) {
			struct address real = client_in(SUBNET_SITE, 4, i);
			struct address shown = shown_as(&smallest_with_spares, &real);

			if (round == 0)
				first[i] = shown;
			else if (!same_address(&shown, &first[i]))
				fail_msg("client %u has another address in round %u", i, round);
		}
	}
	let_expire();
}

/* None of its choices. */
static bool is_spare(const struct address *real, const struct address *shown)
{
	for (unsigned step = 0; step < SYNTHETIC_CHOICES; step++) {
		struct address choice = synthetic_address(&smallest_with_spares, real, step);

		if (same_address(&choice, shown))
			return false;
	}
	return true;
}

/* A client that is sent to keeps a spare address too, though it sends nothing. */
static void who_is_sent_to_keeps_a_spare_one(void **state)
{
	enum { KEPT = 8, MINUTES = 15, A_MINUTE = 10000 };
	struct address real[KEPT], its_own[KEPT], other, shown;
	uint32_t number = 0;

	(void)state;
	for (unsigned kept = 0; kept < KEPT; kept += is_spare(&real[kept], &its_own[kept])) {
		real[kept] = client_in(SUBNET_SITE, 5, number++);
		its_own[kept] = shown_as(&smallest_with_spares, &real[kept]);
	}
	for (unsigned minute = 0; minute < MINUTES; minute++) {
		for (unsigned i = 0; i < KEPT; i++)
			assert_true(stands_for(&its_own[i], &real[i]));
		for (unsigned i = 0; i < A_MINUTE; i++) {
			other = client_in(SUBNET_SITE, 5, number++);
			mapper_show(&smallest_with_spares, &other, &shown);
		}
		seconds += 60;
	}
	let_expire();
}

/* A /15 has no spare addresses. */
static void refused_beyond_the_share(void **state)
{
	static const struct pool pool = {.network = 0xc6120000, .length = 15};
	enum { MISSED = 1000 };
	unsigned served = 0;

	(void)state;
	for (uint32_t i = 0; i < MANY; i++) {
		struct address real = client_in(SUBNET_SITE, 3, i), shown;

		served += mapper_show(&pool, &real, &shown);
	}
	assert_in_range(served, HALF - MISSED, HALF);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(five_thousand),
	    cmocka_unit_test(the_next_ones),
	    cmocka_unit_test(more_than_the_share),
	    cmocka_unit_test(who_goes_on_keeps_a_spare_one),
	    cmocka_unit_test(who_is_sent_to_keeps_a_spare_one),
	    cmocka_unit_test(refused_beyond_the_share),
	};

	return cmocka_run_group_tests_name("mapper: crowds", tests, NULL, NULL);
}
