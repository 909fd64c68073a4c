/* SPDX-License-Identifier: MIT */
/* Variables that are called as settings are, and are none. */
#define _GNU_SOURCE
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "config/unknown_setting.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char name[SETTING_NAME_MAX];

static bool is_found(const char *environment, size_t size)
{
	FILE *file = tmpfile();
	bool found;

	assert_non_null(file);
	assert_int_equal(fwrite(environment, 1, size, file), size);
	rewind(file);
	memset(name, 0, sizeof name);
	found = unknown_setting_in(fileno(file), name);
	fclose(file);
	return found;
}

#define FOUND(text) is_found(text, sizeof text)

static void names(void **state)
{
	(void)state;
	assert_false(FOUND("PATH=/bin"));
	assert_false(FOUND("DUALBIND_ALLOW=8080\0DUALBIND_PEERS=ipv4\0DUALBIND_POOL=\0DUALBIND_KEY=x\0DUALBIND_LOG="
			   "info\0DUALBIND_DRY_RUN=1\0DUALBIND_LIBRARY=/x"));
	assert_true(FOUND("PATH=/bin\0DUALBIND_ALOW=8080\0DUALBIND_LGO=info"));
	assert_string_equal(name, "DUALBIND_ALOW");
	assert_true(FOUND("DUALBIND_=1"));
	assert_true(FOUND("DUALBIND_ALLOWED=1"));
	assert_false(FOUND("DUALBIND=1\0dualbind_alow=1\0XDUALBIND_ALOW=1"));
	/* A value is no name, and what has no value is no variable. */
	assert_false(FOUND("A=DUALBIND_ALOW=1\0B==DUALBIND_ALOW\0DUALBIND_ALOW"));
	/* Kubernetes tells of a Service that is called dualbind. */
	assert_false(
	    FOUND("DUALBIND_SERVICE_HOST=::1\0DUALBIND_PORT=tcp://[::1]:80\0DUALBIND_PORT_80_TCP_PROTO=tcp"));
	assert_false(is_found("", 0));
}

/* Names that are long, or lie over the ends of what is read at once. */
static void lengths(void **state)
{
	static char text[4096];

	(void)state;
	for (size_t before = 480; before < 540; before++) {
		memset(text, 'x', sizeof text);
		text[1] = '=';
		text[before] = '\0';
		memcpy(text + before + 1, "DUALBIND_ALOW=1", 16);
		assert_true(is_found(text, before + 17));
		assert_string_equal(name, "DUALBIND_ALOW");
	}
	memset(text, 'L', sizeof text);
	memcpy(text, "DUALBIND_A", 10);
	assert_true(is_found(text, sizeof text));
	assert_int_equal(strlen(name), SETTING_NAME_MAX - 1);
}

/* What was there at the start counts: this program is started once more. */
static void of_this_process(void **state)
{
	(void)state;
	assert_true(unknown_setting(name));
	assert_string_equal(name, "DUALBIND_MISTYPED");
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(names),
	    cmocka_unit_test(lengths),
	    cmocka_unit_test(of_this_process),
	};

	(void)argc;
	if (getenv("DUALBIND_MISTYPED") == NULL) {
		unsetenv("TEST_TAPS");
		setenv("DUALBIND_MISTYPED", "1", 1);
		execv("/proc/self/exe", argv);
		return 1;
	}
	return cmocka_run_group_tests_name("unknown_setting", tests, NULL, NULL);
}
