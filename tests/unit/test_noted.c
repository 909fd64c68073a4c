/* SPDX-License-Identifier: MIT */
/* At which numbers a process had sockets, and what was seen there. */
#define _GNU_SOURCE
#include "sockets.h"

#include "supervise/noted.h"

enum { ONE = 1000001, OTHER = 1000002, NUMBER = 7, FAR = 100000 };

static void of_each_process(void **state)
{
	(void)state;
	noted_begin(ONE, false);
	noted_set(NUMBER);
	noted_begin(OTHER, false);
	assert_false(noted_clear(NUMBER));
	noted_begin(ONE, false);
	assert_true(noted_clear(NUMBER));
	assert_false(noted_clear(NUMBER));
}

static void numbers_that_are_none_or_too_high(void **state)
{
	(void)state;
	noted_begin(ONE, false);
	noted_set(-1);
	noted_set(FAR);
	noted_see(FAR, &(struct sight){.port = 1});
	noted_touch(FAR);
	assert_false(noted_clear(-1));
	assert_false(noted_clear(FAR));
	assert_null(noted_sight(-1));
	assert_null(noted_sight(FAR));
}

static void the_oldest_are_forgotten(void **state)
{
	(void)state;
	noted_begin(ONE, false);
	noted_set(NUMBER);
	for (pid_t process = OTHER; process < OTHER + 8; process++)
		noted_begin(process, false);
	noted_begin(ONE, false);
	assert_false(noted_clear(NUMBER));
}

static void see(uint16_t port)
{
	noted_see(NUMBER, &(struct sight){.port = port});
}

static void a_look_ends(void **state)
{
	(void)state;
	noted_begin(ONE, false);
	assert_null(noted_sight(NUMBER));
	see(80);
	assert_int_equal(noted_sight(NUMBER)->port, 80);
	assert_null(noted_sight(NUMBER + 1));
	see(81);
	assert_int_equal(noted_sight(NUMBER)->port, 81);
	noted_look_anew();
	assert_null(noted_sight(NUMBER));
	see(80);
	noted_begin(ONE, false);
	assert_non_null(noted_sight(NUMBER));
	noted_begin(OTHER, false);
	assert_null(noted_sight(NUMBER));
	noted_begin(ONE, false);
	assert_null(noted_sight(NUMBER));
}

static void what_is_touched_is_asked_until_it_ends(void **state)
{
	(void)state;
	noted_begin(ONE, false);
	see(80);
	noted_touch(NUMBER);
	assert_null(noted_sight(NUMBER));
	see(80);
	assert_null(noted_sight(NUMBER));
	noted_look_anew();
	see(80);
	assert_non_null(noted_sight(NUMBER));
}

static void a_thread_has_a_table_of_its_own(void **state)
{
	(void)state;
	noted_begin(ONE, false);
	noted_set(NUMBER + 1);
	see(80);
	noted_begin(ONE, true);
	assert_null(noted_sight(NUMBER));
	see(81);
	noted_begin(ONE, true);
	assert_null(noted_sight(NUMBER));
	see(82);
	noted_begin(ONE, false);
	assert_null(noted_sight(NUMBER));
	see(80);
	noted_begin(ONE, false);
	assert_non_null(noted_sight(NUMBER));
	assert_true(noted_clear(NUMBER + 1));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(of_each_process),
	    cmocka_unit_test(numbers_that_are_none_or_too_high),
	    cmocka_unit_test(the_oldest_are_forgotten),
	    cmocka_unit_test(a_look_ends),
	    cmocka_unit_test(a_thread_has_a_table_of_its_own),
	    cmocka_unit_test(what_is_touched_is_asked_until_it_ends),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
