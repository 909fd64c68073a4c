/* What /proc/PID/task/TID/syscall says of a waiting thread. */
#define _GNU_SOURCE
#include "threads.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/syscall.h>

#include <cmocka.h>

static bool waits(long call, int first, int at)
{
	char line[128];

	snprintf(line, sizeof line, "%ld 0x%x 0x7ffc1234 0x0 0x0 0x0 0x0 0x7ffc0000 0x7f1200\n", call,
		 (unsigned)first);
	return threads_line_waits_at(line, at);
}

static void lines(void **state)
{
	(void)state;
	assert_true(waits(SYS_accept4, 11, 11));
	assert_true(waits(SYS_accept, 4, 4));
	assert_false(waits(SYS_accept4, 11, 17));
	assert_true(waits(SYS_ppoll, 0x7f00, 5));
	assert_true(waits(SYS_pselect6, 6, 5));
	assert_false(waits(SYS_epoll_pwait, 5, 5));
	assert_false(waits(SYS_futex, 5, 5));
	assert_false(threads_line_waits_at("running\n", 5));
	assert_false(threads_line_waits_at("-1 0x7ffc 0x7f12\n", 5));
	assert_false(threads_line_waits_at("", 5));
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(lines)};

	return cmocka_run_group_tests_name("threads", tests, NULL, NULL);
}
