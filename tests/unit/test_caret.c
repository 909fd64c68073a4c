/* SPDX-License-Identifier: MIT */
/* A malformed allowlist, shown to a person: one line, and a caret under the place. */
#include "capture.h"

#include "cmd/caret.h"

#include <stdlib.h>
#include <string.h>

/* The four lines about LIST. */
static const char *shown(const char *list)
{
	struct allowlist parsed;
	struct allow_error error;
	struct capture capture;

	assert_false(allowlist_parse(&parsed, list, &error));
	capture = capture_start(stderr);
	caret_show("--allow", list, &error);
	return capture_end(&capture);
}

/* The line with the list, and the caret's column in it; the rest of LINES are sentences. */
static const char *line_of(const char *lines, size_t *column)
{
	static char line[512];
	const char *start = strchr(lines, '\n'), *caret;

	assert_non_null(start);
	start += strlen("\n    ");
	snprintf(line, sizeof line, "%.*s", (int)strcspn(start, "\n"), start);
	caret = strchr(start, '\n') + strlen("\n    ");
	*column = strspn(caret, " ");
	assert_int_equal(caret[*column], '^');
	assert_int_equal(caret[*column + 1], '\n');
	return line;
}

static void the_place_and_the_remedy(void **state)
{
	const char *lines = shown("443, 80x");

	(void)state;
	assert_int_equal(strncmp(lines, "dualbind: --allow: entry 2: ", 28), 0);
	assert_non_null(strstr(lines, "\n    443, 80x\n           ^\ndualbind: "));
	assert_int_equal(lines[strlen(lines) - 1], '\n');
}

static void a_terminal_obeys_nothing_in_it(void **state)
{
	size_t column;

	(void)state;
	assert_string_equal(line_of(shown("80\t81\n82\r\033[31m"), &column), "80 81 82 ?[31m");
	assert_string_equal(line_of(shown("8\x7f"), &column), "8?");
	assert_int_equal(column, 1);
}

/* What the caret is under is a character, however many bytes those before it have. */
static void characters_are_counted(void **state)
{
	size_t column;
	const char *line = line_of(shown("\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80@8O"), &column);

	(void)state;
	assert_string_equal(line, "\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80@8O");
	assert_int_equal(column, 5);
}

/* A long list is shown in part, around the place. */
static void a_long_list_is_cut(void **state)
{
	char list[1024] = "";
	const char *line;
	size_t column;

	(void)state;
	for (int i = 100; i < 200; i++)
		sprintf(list + strlen(list), i == 150 ? "1x0," : "%d,", i);
	line = line_of(shown(list), &column);
	assert_int_equal(strncmp(line, "...", 3), 0);
	assert_string_equal(line + strlen(line) - 3, "...");
	assert_int_equal(strncmp(line + column, "x0,151,", 7), 0);
	assert_in_range(strlen(line), 100, 110);
}

/* No character is cut in two at either end. */
static void no_character_is_cut(void **state)
{
	(void)state;
	for (int shift = 0; shift < 3; shift++) {
		char list[1024] = "";
		const char *line;
		size_t column;

		strcat(list, &"aa"[shift]);
		for (int i = 0; i < 40; i++)
			strcat(list, "\xe2\x82\xac");
		strcat(list, "@8O");
		for (int i = 0; i < 40; i++)
			strcat(list, "\xe2\x82\xac");
		line = line_of(shown(list), &column);
		assert_int_equal(strncmp(line, "...\xe2\x82\xac", 6), 0);
		assert_string_equal(line + strlen(line) - 6, "\xe2\x82\xac...");
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_place_and_the_remedy), cmocka_unit_test(a_terminal_obeys_nothing_in_it),
	    cmocka_unit_test(characters_are_counted),   cmocka_unit_test(a_long_list_is_cut),
	    cmocka_unit_test(no_character_is_cut),
	};

	return cmocka_run_group_tests_name("caret", tests, NULL, NULL);
}
