/* SPDX-License-Identifier: MIT */
/* What the command says on standard error, and the exit status that goes with it. */
#include "capture.h"

#include "cmd/say.h"
#include "inspect/exit_status.h"

#include <getopt.h>

static void a_line(void **state)
{
	struct capture capture = capture_start(stderr);

	(void)state;
	say("%s: %d", "number", 7);
	assert_string_equal(capture_end(&capture), "dualbind: number: 7\n");
}

/* What was printed before comes before it, where both go to one file. */
static void in_order(void **state)
{
	struct capture out = capture_start(stdout), err = {.stream = stderr};
	const char *text;

	(void)state;
	setvbuf(stdout, NULL, _IOFBF, BUFSIZ);
	err.kept = dup(STDERR_FILENO);
	dup2(STDOUT_FILENO, STDERR_FILENO);
	fputs("first\n", stdout);
	say("second");
	fputs("third\n", stdout);
	dup2(err.kept, STDERR_FILENO);
	close(err.kept);
	text = capture_end(&out);
	assert_string_equal(text, "first\ndualbind: second\nthird\n");
}

static void usage(void **state)
{
	struct capture capture = capture_start(stderr);
	int status = say_usage("run", "--mode \"%s\"", "fast"), other = say_usage("", "no");

	(void)state;
	assert_string_equal(capture_end(&capture), "dualbind: --mode \"fast\"\n"
						   "dualbind: see dualbind run --help\n"
						   "dualbind: no\n"
						   "dualbind: see dualbind --help\n");
	assert_int_equal(status, STATUS_USAGE);
	assert_int_equal(other, STATUS_USAGE);
}

/* If there are several letters in one word, the message names the letter. */
static void options(void **state)
{
	struct capture capture = capture_start(stderr);
	int status = say_option("ps", "--frob", " (hint)"), other;

	(void)state;
	optopt = 'x';
	other = say_option("ps", "word", "");
	assert_string_equal(capture_end(&capture), "dualbind: unknown option --frob (hint)\n"
						   "dualbind: see dualbind ps --help\n"
						   "dualbind: unknown option -x\n"
						   "dualbind: see dualbind ps --help\n");
	assert_int_equal(status, STATUS_USAGE);
	assert_int_equal(other, STATUS_USAGE);
}

static void refusals(void **state)
{
	struct capture capture = capture_start(stderr);
	int status = say_refusal("it is 100%s", "nothing helps"), other = say_refusal("out of memory", "");

	(void)state;
	assert_string_equal(capture_end(&capture), "dualbind: it is 100%s\n"
						   "dualbind: remedy: nothing helps\n"
						   "dualbind: out of memory\n");
	assert_int_equal(status, STATUS_FAILED);
	assert_int_equal(other, STATUS_FAILED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_line),  cmocka_unit_test(in_order), cmocka_unit_test(usage),
	    cmocka_unit_test(options), cmocka_unit_test(refusals),
	};

	return cmocka_run_group_tests_name("say", tests, NULL, NULL);
}
