/* SPDX-License-Identifier: MIT */
/* The rules of a running process, in words: those that its library holds, those of its environment, or why none are
 * told. tests/e2e/command-rulesof.t has them of servers. */
#define _GNU_SOURCE
#include "capture.h"

#include "cmd/rulesof.h"

#include <stdlib.h>
#include <string.h>

static struct process process;

static int begin(void **state)
{
	static char *nothing[] = {NULL};

	(void)state;
	memset(&process, 0, sizeof process);
	strcpy(process.executable, "/bin/x");
	strcpy(process.command, "x");
	process.environment_seen = environment_start(&process.environment, nothing);
	return !process.environment_seen;
}

static int end(void **state)
{
	(void)state;
	free(process.environment.list);
	return 0;
}

static void has(const char *name, const char *value)
{
	assert_true(environment_set(&process.environment, name, value));
}

static void expect(const char *line)
{
	static struct rules_of rules;
	struct capture capture;
	const char *text;

	rules_of(&rules, &process);
	capture = capture_start(stdout);
	rules_of_print(&rules, &process);
	text = capture_end(&capture);
	assert_int_equal(strncmp(text, line, strlen(line)), 0);
	assert_string_equal(text + strlen(line), "\n");
}

static void of_the_environment(void **state)
{
	(void)state;
	expect("It has no rules: DUALBIND_ALLOW is not set.");
	has("DUALBIND_ALLOW", "8080,x@9090");
	expect("Its rules: 8080,x@9090");
	has("DUALBIND_PEERS", "none");
	expect("It has no rules: a setting was malformed, and the library does nothing.");
}

/* They may have any bytes: none that a terminal obeys is printed. */
static void malformed_rules(void **state)
{
	(void)state;
	has("DUALBIND_ALLOW", "80\033[2Jx");
	expect("Its rules: 80?[2Jx (malformed: \"dualbind rules\" tells where)");
}

static void of_the_library(void **state)
{
	(void)state;
	process.loaded = true;
	process.held.state = HELD_UNREAD;
	expect("The library has not read its rules yet.");
	process.held.state = HELD_MALFORMED;
	expect("It has no rules: a setting was malformed, and the library does nothing.");
	process.held.state = HELD_INERT;
	expect("It has no rules: DUALBIND_ALLOW is not set.");
	process.secure = true;
	expect("It has no rules: it was started with rights of its own, and the library does nothing.");
	process.held.state = HELD_ACTIVE;
	expect("It has no rules: none is for this program.");
}

static void that_are_not_told(void **state)
{
	(void)state;
	process.environment_seen = false;
	expect("Its rules are not shown to this user.");
	process.environment_lost = true;
	expect("With which rules it was started cannot be read: it has written over its environment.");
	process.loaded = true;
	process.held.state = HELD_UNREADABLE;
	expect("Its rules cannot be read: it has written over its environment, and its memory is not shown to this "
	       "user.");
	process.held.state = HELD_UNKNOWN;
	expect("Its rules cannot be read: it has written over its environment, and the library in it is of another "
	       "version.");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(of_the_environment, begin, end),
	    cmocka_unit_test_setup_teardown(malformed_rules, begin, end),
	    cmocka_unit_test_setup_teardown(of_the_library, begin, end),
	    cmocka_unit_test_setup_teardown(that_are_not_told, begin, end),
	};

	return cmocka_run_group_tests_name("rules of a process", tests, NULL, NULL);
}
