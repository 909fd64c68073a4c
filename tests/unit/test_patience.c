/* SPDX-License-Identifier: MIT */
/* Patience: how long a call may take. */
#define _GNU_SOURCE
#include "sockets.h"

#include "supervise/patience.h"

#include <time.h>

enum { WAITING = 5, WORKING = 60 };

static long processor_ms; /* what this process has used, as it is told */

int __wrap_clock_gettime(clockid_t clock, struct timespec *now);
int __wrap_clock_gettime(clockid_t clock, struct timespec *now)
{
	assert_int_equal(clock, CLOCK_PROCESS_CPUTIME_ID);
	*now = (struct timespec){.tv_sec = processor_ms / 1000, .tv_nsec = processor_ms % 1000 * 1000000};
	return 0;
}

/* Processor time enough for a tick that counts as work. */
static void work(void)
{
	processor_ms += 10;
}

/* What this process has worked before does not count. */
static struct patience fresh(void)
{
	struct patience patience = {0};

	patience_ends(&patience, 7, 2);
	return patience;
}

static void it_waits(void **state)
{
	struct patience patience = fresh();

	(void)state;
	for (int i = 1; i < WAITING; i++)
		assert_false(patience_ends(&patience, 7, 1));
	assert_true(patience_ends(&patience, 7, 1));
	patience_renew(&patience);
	assert_false(patience_ends(&patience, 7, 1));
}

static void it_works(void **state)
{
	struct patience patience = fresh();

	(void)state;
	for (int i = 1; i < WORKING; i++) {
		work();
		assert_false(patience_ends(&patience, 7, 1));
	}
	work();
	assert_true(patience_ends(&patience, 7, 1));
}

static void another_call(void **state)
{
	struct patience patience = fresh();

	(void)state;
	for (uint64_t i = 0; i < 3ULL * WAITING; i++)
		assert_false(patience_ends(&patience, i / (WAITING - 1), 1));
}

static void it_was_stopped(void **state)
{
	struct patience patience = fresh();

	(void)state;
	for (uint64_t i = 0; i < 3ULL * WAITING; i++)
		assert_false(patience_ends(&patience, 7, 1 + i % 2));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(it_waits),
	    cmocka_unit_test(it_works),
	    cmocka_unit_test(another_call),
	    cmocka_unit_test(it_was_stopped),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
