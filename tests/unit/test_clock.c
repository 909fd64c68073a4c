/* SPDX-License-Identifier: MIT */
/* The clock: of whole seconds, never 0, by the function that it was given. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "base/clock.h"

static struct timespec now;
static int asked;

static int gettime(clockid_t clock, struct timespec *time)
{
	assert_int_equal(clock, CLOCK_MONOTONIC_COARSE);
	asked++;
	*time = now;
	return 0;
}

static int fails(clockid_t clock, struct timespec *time)
{
	(void)clock;
	*time = (struct timespec){.tv_sec = -1};
	return -1;
}

static uint32_t seconds(void)
{
	uint32_t told = clock_seconds();

	assert_int_not_equal(told, 0);
	return told;
}

/* By the kernel, and by a function that says the same. */
static void of_the_machine(void **state)
{
	uint32_t before, told, after;

	(void)state;
	clock_use(NULL);
	before = seconds();
	clock_use(clock_gettime);
	told = seconds();
	clock_use(fails);
	after = seconds();
	assert_in_range(told, before, after);
	clock_use(NULL);
}

static void whole_seconds(void **state)
{
	uint32_t first;

	(void)state;
	clock_use(gettime);
	now = (struct timespec){.tv_sec = 0};
	first = seconds();
	now = (struct timespec){.tv_nsec = 999999999};
	assert_int_equal(seconds(), first);
	now = (struct timespec){.tv_sec = 100};
	assert_int_equal(seconds(), first + 100);
	assert_int_equal(asked, 3);
	clock_use(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(of_the_machine), cmocka_unit_test(whole_seconds)};

	return cmocka_run_group_tests_name("clock", tests, NULL, NULL);
}
