/* SPDX-License-Identifier: MIT */
/* The options of subcommands that know --json alone, and how many words they take. */
#include "capture.h"

#include "cmd/command.h"

#include <getopt.h>

enum { WORDS_MAX = 8 };

/* For "check WORDS": the status, the first word in *AT, and what was printed. */
static const char *read_words(int *status, int *at, bool *json, char *const words[])
{
	static char name[] = "check";
	char *argv[WORDS_MAX] = {name};
	struct capture capture;
	int argc = 1;

	while (words[argc - 1] != NULL) {
		argv[argc] = words[argc - 1];
		argc++;
	}
	optind = 0; /* anew, also what getopt keeps to itself */
	capture = capture_start(stderr);
	*status = command_options(argc, argv, 1, 2, json);
	*at = optind;
	return capture_end(&capture);
}

#define WORDS(...) ((char *[]){__VA_ARGS__, NULL})

static char json_word[] = "--json", one[] = "one", two[] = "two", three[] = "three", ends[] = "--",
	    frob[] = "--frob", letters[] = "-xy", abbreviated[] = "--js", valued[] = "--json=1";

static void taken(void **state)
{
	const struct {
		char **words;
		int at;
		bool json;
	} rows[] = {
	    {WORDS(one), 1, false},
	    {WORDS(one, two), 1, false},
	    {WORDS(json_word, one), 2, true},
	    {WORDS(one, json_word), 2, true}, /* wherever it stands */
	    {WORDS(abbreviated, one), 2, true},
	    {WORDS(ends, json_word), 2, false},
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		int status, at;
		bool json;

		assert_string_equal(read_words(&status, &at, &json, rows[i].words), "");
		assert_int_equal(status, 0);
		assert_int_equal(at, rows[i].at);
		assert_int_equal(json, rows[i].json);
	}
}

static void refused(void **state)
{
	const struct {
		char **words;
		const char *said;
	} rows[] = {
	    {WORDS(NULL), "missing operand after \"check\""},
	    {WORDS(json_word), "missing operand after \"--json\""},
	    {WORDS(one, two, three), "extra operand \"three\""},
	    {WORDS(frob, one), "unknown option --frob"},
	    {WORDS(valued, one), "unknown option --json=1"},
	    {WORDS(letters, one), "unknown option -x"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		char wanted[256];
		int status, at;
		bool json;
		const char *said = read_words(&status, &at, &json, rows[i].words);

		snprintf(wanted, sizeof wanted, "dualbind: %s\ndualbind: see dualbind check --help\n",
			 rows[i].said);
		assert_string_equal(said, wanted);
		assert_int_equal(status, STATUS_USAGE);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(taken), cmocka_unit_test(refused)};

	return cmocka_run_group_tests_name("options", tests, NULL, NULL);
}
