/* SPDX-License-Identifier: MIT */
/* Spare addresses: which those of a pool are, and that they are given in turn. */
#define _GNU_SOURCE
#include "datagrams.h"

#include "peers/peer_table.h"
#include "peers/spare.h"
#include "peers/synthetic.h"

enum { SIZE = 2048, PART = SIZE / SPARE_PARTS, NOW = 1000, LATER = NOW + PEER_TABLE_RECENT + 1 };

static uint32_t next_of(struct spare_rotation *line, uint32_t now, _Atomic uint32_t *relatives)
{
	uint32_t number;

	assert_true(spare_next(line, SIZE, now, relatives, &number));
	return number;
}

static bool is_refused(struct spare_rotation *line, uint32_t now, _Atomic uint32_t *relatives)
{
	uint32_t number;

	return !spare_next(line, SIZE, now, relatives, &number);
}

/* All numbers of a round, from whatever the last one was. */
static void give_round(struct spare_rotation *line, uint32_t now)
{
	while (next_of(line, now, NULL) % SIZE != SIZE - 1)
		;
}

static void each_in_its_turn(void **state)
{
	struct spare_rotation line = {0};

	(void)state;
	for (uint32_t i = 1; i < SIZE; i++)
		assert_int_equal(next_of(&line, NOW, NULL), i);
	/* Those of the first part may be in use until five minutes have passed. */
	assert_true(is_refused(&line, NOW, NULL));
	assert_true(is_refused(&line, LATER - 1, NULL));
	assert_int_equal(next_of(&line, LATER, NULL), SIZE);
	give_round(&line, LATER);
	assert_true(is_refused(&line, LATER, NULL));
}

/* A part is begun again when none of it was in use, and not before. */
static void what_is_in_use(void **state)
{
	enum { USED = 5 * PART + 3 };
	struct spare_rotation line = {0};

	(void)state;
	give_round(&line, NOW);
	spare_use(&line, SIZE, USED, LATER - 1);
	for (uint32_t i = 0; i < 5 * PART; i++)
		assert_int_equal(next_of(&line, LATER, NULL), SIZE + i);
	assert_true(is_refused(&line, LATER, NULL));
	assert_true(spare_is_idle(&line, SIZE, 6 * PART, LATER, NULL));
	assert_false(spare_is_idle(&line, SIZE, USED, LATER, NULL));
	assert_false(spare_is_idle(&line, SIZE, 0, LATER, NULL));
	assert_int_equal(next_of(&line, LATER + PEER_TABLE_RECENT, NULL), SIZE + 5 * PART);
}

/* Relatives give other numbers; what they say is not believed where it would have one
 * given twice, and keeps none from being given. */
static void relatives(void **state)
{
	static const uint32_t lies[] = {0, UINT32_MAX, 3, 0x7fffffff, 0x80000000, SIZE + 40, SIZE, 2 * SIZE};
	_Atomic uint32_t number = 0;
	struct spare_rotation line = {0}, other = {0};
	uint32_t last;

	(void)state;
	for (uint32_t i = 1; i < 40; i += 2) {
		assert_int_equal(next_of(&line, NOW, &number), i);
		assert_int_equal(next_of(&other, NOW, &number), i + 1);
	}
	assert_false(spare_is_idle(&line, SIZE, SIZE - 1, NOW, &number));
	last = line.last;
	for (size_t i = 0; i < COUNT(lies); i++) {
		uint32_t given;

		number = lies[i];
		given = next_of(&line, NOW, &number);
		assert_true((int32_t)(given - last) > 0);
		last = given;
	}
}

/* A relative counts past the last number to those that were given a moment ago. */
static void a_relative_that_counts_far(void **state)
{
	static const uint32_t theirs[] = {0x7fffffff, 0xfffffcb0, 5};
	_Atomic uint32_t number = 0;
	struct spare_rotation line = {0};
	bool given[SIZE] = {false};

	(void)state;
	for (unsigned i = 0; i < SIZE / 2; i++)
		given[next_of(&line, NOW, NULL) % SIZE] = true;
	for (size_t i = 0; i < COUNT(theirs); i++) {
		uint32_t next;

		number = theirs[i] - 1;
		if (spare_next(&line, SIZE, NOW, &number, &next)) {
			assert_false(given[next % SIZE]);
			given[next % SIZE] = true;
		}
	}
}

static void addresses(void **state)
{
	(void)state;
	for (unsigned length = 4; length <= 24; length++) {
		struct pool pool = {.network = 0xf0000000, .length = length};
		uint32_t size = synthetic_spares(&pool), place;
		unsigned line;

		assert_int_equal(size, length > 14 ? 0 : (UINT32_C(1) << (32 - length)) / 16 / SYNTHETIC_ROTATIONS);
		for (uint32_t i = 0; i < size; i += size / 64) {
			uint32_t address = synthetic_spare(&pool, i % SYNTHETIC_ROTATIONS, i + 3 * size);
			struct address as_address;

			address_set_in(&as_address, address, 0);
			assert_true(pool_contains(&pool, &as_address));
			assert_true(synthetic_is_spare(&pool, address, &line, &place));
			assert_int_equal(line, i % SYNTHETIC_ROTATIONS);
			assert_int_equal(place, i);
		}
		assert_false(synthetic_is_spare(&pool, htonl(pool.network + 1), &line, &place));
		assert_false(synthetic_is_spare(&pool, htonl(pool.network + (UINT32_MAX >> length) / 16 * 3), &line,
						&place));
	}
}

/* A line is for a whole /48, and no line for many more of them than another. */
static void lines(void **state)
{
	unsigned networks[SYNTHETIC_ROTATIONS] = {0};
	struct pool pool = pool_default();

	(void)state;
	for (uint32_t i = 0; i < 8000; i++) {
		struct address one = peer6("2001:db8::1", 0, 1), other = peer6("2001:db8:0:f::2", 3, 2);
		unsigned line;

		memcpy(&one.in6.sin6_addr.s6_addr[2], &i, sizeof i);
		memcpy(&other.in6.sin6_addr.s6_addr[2], &i, sizeof i);
		line = synthetic_rotation(&pool, &one);
		assert_in_range(line, 0, SYNTHETIC_ROTATIONS - 1);
		assert_int_equal(line, synthetic_rotation(&pool, &other));
		networks[line]++;
	}
	for (unsigned line = 0; line < SYNTHETIC_ROTATIONS; line++)
		assert_in_range(networks[line], 800, 1200);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(each_in_its_turn), cmocka_unit_test(what_is_in_use),
	    cmocka_unit_test(relatives),        cmocka_unit_test(a_relative_that_counts_far),
	    cmocka_unit_test(addresses),        cmocka_unit_test(lines),
	};

	return cmocka_run_group_tests_name("spare addresses", tests, NULL, NULL);
}
