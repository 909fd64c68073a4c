/* SPDX-License-Identifier: MIT */
/* The table of synthetic addresses: which client has which place, for how long, and which may take one. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "peers/peer_table.h"

#include <arpa/inet.h>
#include <string.h>

/* Addresses of one set, and of the next one. */
#define SYNTHETIC(number) htonl(UINT32_C(0xf0001230) + (number))

enum { NOW = 1000000 };

static struct peer_table table;

static int begin(void **state)
{
	(void)state;
	memset(&table, 0, sizeof table);
	return 0;
}

/* In a /48, and a /64 of it. */
static struct client client_of(uint16_t site, uint16_t subnet, uint32_t host)
{
	return (struct client){{htonl(0x20010db8), htonl((uint32_t)site << 16 | subnet), 0, htonl(host), 0}};
}

static bool take(uint32_t synthetic, const struct client *client, uint32_t now)
{
	struct place place = peer_table_look(&table, synthetic, client, now);

	return place.standing == STANDS_FOR_NONE && peer_table_write(&table, &place, client, now);
}

static enum standing standing_of(uint32_t synthetic, const struct client *client, uint32_t now)
{
	return peer_table_look(&table, synthetic, client, now).standing;
}

static void nobody_is_there_at_first(void **state)
{
	struct client client = client_of(1, 1, 1);
	struct place place = peer_table_look(&table, SYNTHETIC(0), &client, NOW);
	struct found found;

	(void)state;
	assert_false(peer_table_find(&table, SYNTHETIC(0), &found));
	assert_int_equal(place.standing, STANDS_FOR_NONE);
	assert_false(place.stood_for_it || place.is_recent || place.may_have_been);
}

static void who_took_it_is_found(void **state)
{
	struct client client = client_of(1, 1, 1), other = client_of(1, 1, 2);
	struct found found;

	(void)state;
	assert_true(take(SYNTHETIC(0), &client, NOW));
	assert_true(peer_table_find(&table, SYNTHETIC(0), &found));
	assert_true(peer_table_same(&found.client, &client));
	assert_false(peer_table_same(&found.client, &other));
	assert_int_equal(found.used, NOW);
	assert_false(peer_table_find(&table, SYNTHETIC(1), &found));
	assert_int_equal(standing_of(SYNTHETIC(0), &client, NOW), STANDS_FOR_IT);
	assert_int_equal(standing_of(SYNTHETIC(0), &other, NOW), STANDS_FOR_ANOTHER);
	assert_false(take(SYNTHETIC(0), &other, NOW));
	assert_true(take(SYNTHETIC(1), &other, NOW));
}

/* Two that differ in the scope alone are two. */
static void a_scope_is_part_of_it(void **state)
{
	struct client one = client_of(1, 1, 1), other = one;

	(void)state;
	other.words[4] = 2;
	assert_false(peer_table_same(&one, &other));
	assert_true(take(SYNTHETIC(0), &one, NOW));
	assert_int_equal(standing_of(SYNTHETIC(0), &other, NOW), STANDS_FOR_ANOTHER);
}

static void for_so_long(void **state)
{
	struct client client = client_of(1, 1, 1), other = client_of(2, 2, 2);
	struct place place;

	(void)state;
	assert_true(take(SYNTHETIC(0), &client, NOW));
	assert_int_equal(standing_of(SYNTHETIC(0), &client, NOW + PEER_TABLE_FRESH), STANDS_FOR_IT);
	/* Its entry is to be written anew before another could take it. */
	place = peer_table_look(&table, SYNTHETIC(0), &client, NOW + PEER_TABLE_FRESH + 1);
	assert_int_equal(place.standing, STANDS_FOR_NONE);
	assert_true(place.stood_for_it && place.is_recent);
	assert_int_equal(standing_of(SYNTHETIC(0), &other, NOW + PEER_TABLE_RECENT), STANDS_FOR_ANOTHER);
	place = peer_table_look(&table, SYNTHETIC(0), &other, NOW + PEER_TABLE_RECENT + 1);
	assert_int_equal(place.standing, STANDS_FOR_NONE);
	assert_false(place.stood_for_it || place.is_recent);
	assert_true(place.may_have_been);
	assert_true(peer_table_write(&table, &place, &other, NOW + PEER_TABLE_RECENT + 1));
	assert_int_equal(standing_of(SYNTHETIC(0), &client, NOW + PEER_TABLE_RECENT + 1), STANDS_FOR_ANOTHER);
}

static void it_is_used(void **state)
{
	struct client client = client_of(1, 1, 1), other = client_of(2, 2, 2);
	struct found found;

	(void)state;
	assert_true(take(SYNTHETIC(0), &client, NOW));
	assert_true(peer_table_find(&table, SYNTHETIC(0), &found));
	assert_false(peer_table_use(&table, &found, NOW)); /* in this second it was */
	assert_true(peer_table_use(&table, &found, NOW + 200));
	assert_true(peer_table_find(&table, SYNTHETIC(0), &found));
	assert_true(peer_table_is_fresh(&found, NOW + 200 + PEER_TABLE_FRESH));
	assert_false(peer_table_is_fresh(&found, NOW + 201 + PEER_TABLE_FRESH));
	assert_true(peer_table_is_recent(&found, NOW + 200 + PEER_TABLE_RECENT));
	assert_false(peer_table_is_recent(&found, NOW + 201 + PEER_TABLE_RECENT));
	assert_int_equal(standing_of(SYNTHETIC(0), &other, NOW + 400), STANDS_FOR_ANOTHER);
}

/* Threads read the clock at different moments, and it starts again. */
static void clocks(void **state)
{
	const uint32_t late = UINT32_MAX - 10;
	struct client client = client_of(1, 1, 1), other = client_of(2, 2, 2);

	(void)state;
	assert_true(take(SYNTHETIC(0), &client, NOW));
	assert_int_equal(standing_of(SYNTHETIC(0), &other, NOW - 2), STANDS_FOR_ANOTHER);
	assert_true(take(SYNTHETIC(1), &client, late));
	assert_int_equal(standing_of(SYNTHETIC(1), &client, 20), STANDS_FOR_IT);
	assert_int_equal(standing_of(SYNTHETIC(1), &other, 20), STANDS_FOR_ANOTHER);
	assert_int_equal(standing_of(SYNTHETIC(1), &other, late + PEER_TABLE_RECENT + 1), STANDS_FOR_NONE);
}

/* One /64 may have eight of a set's sixteen places, one /48 twelve. */
static void shares(void **state)
{
	struct client client;
	uint32_t number = 0;

	(void)state;
	for (; number < PEER_TABLE_OF_64; number++) {
		client = client_of(1, 1, number);
		assert_true(take(SYNTHETIC(number), &client, NOW));
	}
	client = client_of(1, 1, number);
	assert_int_equal(standing_of(SYNTHETIC(number), &client, NOW), STANDS_CROWDED);
	assert_int_equal(standing_of(SYNTHETIC(number + 16), &client, NOW), STANDS_FOR_NONE); /* another set */
	for (; number < PEER_TABLE_OF_48; number++) {
		client = client_of(1, 2, number);
		assert_true(take(SYNTHETIC(number), &client, NOW));
	}
	client = client_of(1, 3, number);
	assert_int_equal(standing_of(SYNTHETIC(number), &client, NOW), STANDS_CROWDED);
	for (; number < PEER_TABLE_WAYS; number++) {
		client = client_of(2, 1, number);
		assert_true(take(SYNTHETIC(number), &client, NOW));
	}
	/* A client that has a place keeps it; and entries that are not used any more do not count. */
	client = client_of(1, 1, 0);
	assert_int_equal(standing_of(SYNTHETIC(0), &client, NOW), STANDS_FOR_IT);
	client = client_of(1, 1, 99);
	assert_int_equal(standing_of(SYNTHETIC(0), &client, NOW + PEER_TABLE_RECENT + 1), STANDS_FOR_NONE);
}

/* In a pool that is larger than the table, addresses share a place. */
static void a_full_set(void **state)
{
	const uint32_t distance = PEER_TABLE_SETS * PEER_TABLE_WAYS;
	struct client client;
	struct found found;

	(void)state;
	for (uint32_t number = 0; number < PEER_TABLE_WAYS; number++) {
		client = client_of((uint16_t)number, 1, 1);
		assert_true(take(SYNTHETIC(number * distance), &client, NOW + number));
	}
	client = client_of(99, 1, 1);
	assert_int_equal(standing_of(SYNTHETIC(99 * distance), &client, NOW), STANDS_CROWDED);
	/* A claim displaces the one that was longest not used. */
	assert_true(peer_table_claim(&table, SYNTHETIC(99 * distance), &client, NOW + 20));
	assert_true(peer_table_find(&table, SYNTHETIC(99 * distance), &found));
	assert_true(peer_table_same(&found.client, &client));
	assert_false(peer_table_find(&table, SYNTHETIC(0), &found));
	assert_true(peer_table_find(&table, SYNTHETIC(distance), &found));
}

static void a_claim_takes_it_from_whoever_has_it(void **state)
{
	struct client client = client_of(1, 1, 1), other = client_of(2, 2, 2);
	struct found found;

	(void)state;
	assert_true(take(SYNTHETIC(0), &client, NOW));
	assert_true(peer_table_claim(&table, SYNTHETIC(0), &other, NOW));
	assert_true(peer_table_find(&table, SYNTHETIC(0), &found));
	assert_true(peer_table_same(&found.client, &other));
}

/* Another thread has written to the set since the look. */
static void a_look_that_is_old(void **state)
{
	struct client client = client_of(1, 1, 1), other = client_of(2, 2, 2);
	struct place place = peer_table_look(&table, SYNTHETIC(0), &client, NOW);
	struct found found;

	(void)state;
	assert_true(take(SYNTHETIC(5), &other, NOW));
	assert_false(peer_table_write(&table, &place, &client, NOW));
	assert_false(peer_table_find(&table, SYNTHETIC(0), &found));
	assert_true(peer_table_find(&table, SYNTHETIC(5), &found));
	assert_true(take(SYNTHETIC(0), &client, NOW));
	place.standing = STANDS_CROWDED;
	assert_false(peer_table_write(&table, &place, &client, NOW));
}

/* A fork has left it in the middle of a write: every call returns, and it is passed over. */
static void an_entry_that_is_never_finished(void **state)
{
	struct client client = client_of(1, 1, 1), other = client_of(2, 2, 2);
	struct found found;

	(void)state;
	assert_true(take(SYNTHETIC(0), &client, NOW));
	assert_true(peer_table_find(&table, SYNTHETIC(0), &found));
	table.sets[found.set].entry[found.way].sequence++;
	assert_int_equal(standing_of(SYNTHETIC(0), &client, NOW), STANDS_FOR_ANOTHER);
	assert_true(take(SYNTHETIC(1), &other, NOW));
	assert_false(peer_table_find(&table, SYNTHETIC(0), &found));
}

/* Where it is looked for first, unless another address is there already. */
static void the_way_of_an_address(void **state)
{
	struct client client = client_of(1, 1, 1), other = client_of(2, 2, 2);
	const uint32_t sets = PEER_TABLE_SETS * PEER_TABLE_WAYS;
	struct found found;

	(void)state;
	for (uint32_t i = 0; i < PEER_TABLE_WAYS; i++) {
		memset(&table, 0, sizeof table);
		assert_true(take(SYNTHETIC(i), &client, NOW));
		assert_true(peer_table_find(&table, SYNTHETIC(i), &found));
		assert_int_equal(found.way, i);
		assert_true(take(SYNTHETIC(i + sets), &other, NOW)); /* of the same set and way */
		assert_true(peer_table_find(&table, SYNTHETIC(i + sets), &found));
		assert_int_equal(found.way, (i + 1) % PEER_TABLE_WAYS);
		assert_true(peer_table_same(&found.client, &other));
	}
}

static void spare_addresses(void **state)
{
	struct client client = client_of(1, 1, 1), other = client_of(2, 2, 2);
	struct found found;

	(void)state;
	assert_true(take(SYNTHETIC(0), &client, NOW)); /* in the table itself */
	assert_true(peer_table_put_spare(&table, SYNTHETIC(7), &other, NOW));
	assert_true(peer_table_find(&table, SYNTHETIC(7), &found));
	assert_true(peer_table_same(&found.client, &other));
	assert_true(found.set >= PEER_TABLE_SETS);
	assert_true(peer_table_put_spare(&table, SYNTHETIC(7), &client, NOW)); /* it has one place */
	assert_true(peer_table_find(&table, SYNTHETIC(7), &found));
	assert_true(peer_table_same(&found.client, &client));
	assert_true(peer_table_find(&table, SYNTHETIC(0), &found));
	assert_true(found.set < PEER_TABLE_SETS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup(nobody_is_there_at_first, begin),
	    cmocka_unit_test_setup(who_took_it_is_found, begin),
	    cmocka_unit_test_setup(a_scope_is_part_of_it, begin),
	    cmocka_unit_test_setup(for_so_long, begin),
	    cmocka_unit_test_setup(it_is_used, begin),
	    cmocka_unit_test_setup(clocks, begin),
	    cmocka_unit_test_setup(the_way_of_an_address, begin),
	    cmocka_unit_test_setup(shares, begin),
	    cmocka_unit_test_setup(a_full_set, begin),
	    cmocka_unit_test_setup(a_claim_takes_it_from_whoever_has_it, begin),
	    cmocka_unit_test_setup(a_look_that_is_old, begin),
	    cmocka_unit_test_setup(an_entry_that_is_never_finished, begin),
	    cmocka_unit_test_setup(spare_addresses, begin),
	};

	return cmocka_run_group_tests_name("peer_table", tests, NULL, NULL);
}
