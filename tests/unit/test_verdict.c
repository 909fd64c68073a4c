/* SPDX-License-Identifier: MIT */
/* What is to be done for a listener of a running process, by what is known of the process. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "cmd/verdict.h"
#include "made_listener.h"
#include "supervise/filter.h"
#include "supervise/filter.h"
#include "supervise/judge.h"

#include <stdlib.h>
#include <string.h>

static struct subject subject;
static struct listener listener;

/* A process that was started plainly, and listens at 0.0.0.0:8080. */
static int begin(void **state)
{
	static char *nothing[] = {NULL};

	(void)state;
	memset(&subject, 0, sizeof subject);
	listener = made("0.0.0.0", 8080, TRANSPORT_TCP);
	subject.listing = (struct listing){.list = &listener, .count = 1};
	subject.process.environment_seen = environment_start(&subject.process.environment, nothing);
	subject.plan.own = OWN_LIBRARY;
	subject.rules.source = RULES_OF_ENVIRONMENT;
	subject.passed.ring = -1;
	return !subject.process.environment_seen;
}

static int end(void **state)
{
	(void)state;
	free(subject.process.environment.list);
	return 0;
}

static void expect(const char *words)
{
	char text[VERDICT_BYTES];

	verdict_write(text, &subject, &listener);
	assert_string_equal(text, words);
}

/* With RULES for all programs. */
static void has_rules(const char *rules)
{
	struct allow_error error;

	subject.rules.text = rules;
	assert_true(allowlist_parse(&subject.rules.allow, rules, &error));
}

static void is_preloaded(void)
{
	assert_true(environment_set(&subject.process.environment, "LD_PRELOAD", "/lib/libdualbind.so"));
}

static void nothing_is_to_be_done(void **state)
{
	(void)state;
	listener = made("::", 8080, TRANSPORT_TCP);
	expect("");
	listener = made("127.0.0.1", 8080, TRANSPORT_TCP);
	expect("");
	listener = made("127.0.0.1", 53, TRANSPORT_UDP);
	listener.beyond_library = true;
	expect("");
}

static void nothing_helps(void **state)
{
	(void)state;
	listener = made("0.0.0.0", 53, TRANSPORT_UDP);
	listener.beyond_library = true;
	expect("no rule helps: UDP takes the library, which this program does not call");
	listener = made("0.0.0.0", 67, TRANSPORT_UDP);
	expect("no rule helps: DHCP over IPv6 is another protocol, at other ports");
}

static void without_the_library(void **state)
{
	(void)state;
	assert_false(verdict_active(&subject));
	expect("start it with: dualbind run -a 8080");
	listener = made("0.0.0.0", 53, TRANSPORT_UDP);
	expect("start it with: dualbind run -a 53/udp");
}

static void a_supervisor_would_have_to_serve_it(void **state)
{
	(void)state;
	subject.plan.own = OWN_NATIVE;
	expect("start it with: dualbind run --mode supervise -a 8080, but then " JUDGE_RISK);
	subject.process.program.language = LANGUAGE_GO;
	expect("start it with: dualbind run --mode supervise -a 8080");
	subject.plan.own = OWN_SUPERVISOR;
	expect("start it with: dualbind run -a 8080");
	subject.process.secure = true;
	expect("start it with: dualbind run --mode supervise -a 8080");
	subject.passed.unsupervisable = true;
	expect("only a supervisor would convert it, and " FILTER_LACK);
}

/* On a kernel that cannot, it is not suggested either. */
static void no_supervisor_can_be_had(void **state)
{
	(void)state;
	subject.passed.unsupervisable = true;
	expect("start it with: dualbind run -a 8080");
	subject.plan.own = OWN_NATIVE;
	expect("only a supervisor would convert it, and " FILTER_LACK);
	subject.process.loaded = true;
	subject.process.program.calls_kernel = true;
	has_rules("8080");
	expect("covered, not converted: it makes system calls of its own, past the library: no mode helps, "
	       "since " FILTER_LACK);
	subject.process.program.calls_kernel = false;
	subject.passed.second = true;
	expect(
	    "covered, not converted: a module may have bound it that was loaded by dlmopen, past the library: no "
	    "mode helps, since " FILTER_LACK);
}

/* LD_PRELOAD names the library, and there are rules: it should be there. */
static void it_was_lost(void **state)
{
	(void)state;
	has_rules("8080");
	is_preloaded();
	expect("LD_PRELOAD names the library, but it was not loaded: can its user read the file? (chmod a+rX)");
	subject.process.secure = true;
	subject.process.program.language = LANGUAGE_GO;
	expect("start it with: dualbind run --mode supervise -a 8080");
	subject.process.secure = false;
	subject.plan.own = OWN_SUPERVISOR;
	expect("start it with: dualbind run --mode both -a 8080");
}

static void the_library_is_there(void **state)
{
	(void)state;
	subject.process.loaded = true;
	assert_true(verdict_active(&subject));
	subject.rules.source = RULES_UNSEEN;
	expect("its rules cannot be read; they should have 8080");
	subject.rules.source = RULES_OF_LIBRARY;
	expect("no rule covers it: add 8080");
	has_rules("9090");
	expect("no rule covers it: add 8080");
	has_rules("8080/udp");
	assert_false(verdict_covered(&subject, &listener));
	expect("no rule covers it: add 8080");
	has_rules("* !8080");
	expect("its rules forbid it, by an entry with !, which wins over every other");
	has_rules("!8080-8090 9090");
	expect("its rules forbid it, by an entry with !, which wins over every other");
	has_rules("!8080/udp");
	expect("no rule covers it: add 8080");
	subject.rules.malformed = true;
	expect("a setting is malformed: the library does nothing");
	subject.rules.malformed = false;
	has_rules("8080");
	assert_true(verdict_covered(&subject, &listener));
	expect("covered, not converted: DUALBIND_LOG=debug tells why when it starts");
	subject.passed.ring = 5;
	expect("covered, not converted: its io_uring instance (fd 5) may have bound it, or have held it before: no "
	       "mode helps; DUALBIND_LOG=debug tells more when it starts");
	subject.rules.dry_run = true;
	expect("covered, not converted: DUALBIND_DRY_RUN is set");
}

static void it_is_supervised(void **state)
{
	(void)state;
	subject.process.supervisor = 1;
	assert_true(verdict_active(&subject));
	has_rules("8080");
	expect(
	    "covered, not converted: LD_PRELOAD was lost before it: start it as LAUNCHER ... dualbind run PROGRAM");
	subject.plan.own = OWN_NATIVE;
	expect("covered, not converted: only --mode supervise would, but then " JUDGE_RISK);
	subject.process.program.language = LANGUAGE_RUST;
	expect("covered, not converted: DUALBIND_LOG=debug tells why when it starts");
	/* What the environment had is not told: no loss is guessed. */
	subject.process.environment_seen = false;
	subject.plan.own = OWN_LIBRARY;
	expect("covered, not converted: DUALBIND_LOG=debug tells why when it starts");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(nothing_is_to_be_done, begin, end),
	    cmocka_unit_test_setup_teardown(nothing_helps, begin, end),
	    cmocka_unit_test_setup_teardown(without_the_library, begin, end),
	    cmocka_unit_test_setup_teardown(a_supervisor_would_have_to_serve_it, begin, end),
	    cmocka_unit_test_setup_teardown(no_supervisor_can_be_had, begin, end),
	    cmocka_unit_test_setup_teardown(it_was_lost, begin, end),
	    cmocka_unit_test_setup_teardown(the_library_is_there, begin, end),
	    cmocka_unit_test_setup_teardown(it_is_supervised, begin, end),
	};

	return cmocka_run_group_tests_name("verdict", tests, NULL, NULL);
}
