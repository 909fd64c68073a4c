/* SPDX-License-Identifier: MIT */
/* The supervisor's lines in the log. */
#define _GNU_SOURCE
#include "sockets.h"

#include "logged.h"
#include "supervise/report.h"
#include "supervise/target.h"

static struct settings settings;

static void is_logged(const char *rest, pid_t process)
{
	char wanted[256] = "";

	if (rest != NULL)
		snprintf(wanted, sizeof wanted, "dualbind pid=%d %s\n", process, rest);
	assert_string_equal(logged(), wanted);
}

static void lines(void **state)
{
	(void)state;
	logged_start(&settings.log, LOG_INFO);
	report_event(&settings, LOG_INFO, "it is so", 0);
	is_logged("it is so", getpid());
	report_event(&settings, LOG_ERROR, "not supervised", EPERM);
	is_logged("not supervised: EPERM", getpid());
	report_event(&settings, LOG_DEBUG, "it is so", 0);
	is_logged(NULL, 0);
	settings.log.level = LOG_OFF;
	report_event(&settings, LOG_ERROR, "it is so", 0);
	is_logged(NULL, 0);
}

/* Of the process that is looked at, where one is. */
static void about_a_target(void **state)
{
	struct target target = {.process = 12345};

	(void)state;
	logged_start(&settings.log, LOG_DEBUG);
	target_current = &target;
	errno = EXDEV;
	report_event(&settings, LOG_DEBUG, "it is so", 0);
	assert_int_equal(errno, EXDEV);
	target_current = NULL;
	is_logged("it is so", 12345);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(lines), cmocka_unit_test(about_a_target)};

	return cmocka_run_group_tests_name("report", tests, NULL, NULL);
}
