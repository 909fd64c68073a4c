/* SPDX-License-Identifier: MIT */
/* A table for people. */
#define _GNU_SOURCE
#include "capture.h"
#include "skip.h"

#include "cmd/table.h"
#include "inspect/exit_status.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

static const char *printed(struct table *table, bool coloured)
{
	static char text[1 << 18];
	FILE *to = fmemopen(text, sizeof text, "w");

	assert_non_null(to);
	table_print(table, to, coloured);
	fclose(to);
	/* It may be filled anew. */
	assert_null(table->rows);
	assert_int_equal(table->count, 0);
	return text;
}

static void columns_are_as_wide_as_what_is_in_them(void **state)
{
	struct table table = {.columns = 3};

	(void)state;
	table_add(&table, COLOUR_DIM, (const char *const[]){"A", "SECOND", "C"});
	table_add(&table, COLOUR_NONE, (const char *const[]){"first", "b", "last"});
	table_add(&table, COLOUR_NONE, (const char *const[]){"x", "", "y"});
	assert_string_equal(printed(&table, false), "A      SECOND  C\n"
						    "first  b       last\n"
						    "x              y\n");
}

static void nothing_trails(void **state)
{
	struct table table = {.columns = 3};

	(void)state;
	table_add(&table, COLOUR_NONE, (const char *const[]){"one", "two", ""});
	table_add(&table, COLOUR_NONE, (const char *const[]){"one", "", ""});
	table_add(&table, COLOUR_NONE, (const char *const[]){"", "", ""});
	assert_string_equal(printed(&table, false), "one  two\none\n\n");
}

static void colours(void **state)
{
	struct table table = {.columns = 1};

	(void)state;
	table_add(&table, COLOUR_NONE, (const char *const[]){"plain"});
	table_add(&table, COLOUR_GOOD, (const char *const[]){"good"});
	table_add(&table, COLOUR_BAD, (const char *const[]){"bad"});
	table_add(&table, COLOUR_DIM, (const char *const[]){"dim"});
	assert_string_equal(printed(&table, true), "plain\n\033[32mgood\033[0m\n\033[33mbad\033[0m\n"
						   "\033[2mdim\033[0m\n");
}

/* A process may call itself what it likes. */
static void a_terminal_obeys_nothing_in_it(void **state)
{
	struct table table = {.columns = 1};
	char word[] = "a\033[2Jb\nc";

	(void)state;
	table_add(&table, COLOUR_NONE, (const char *const[]){word});
	word[0] = 'z'; /* it was copied */
	assert_string_equal(printed(&table, false), "a?[2Jb?c\n");
}

static void many_rows(void **state)
{
	struct table table = {.columns = 2};
	const char *text;
	char number[16];
	int lines = 0;

	(void)state;
	for (int i = 0; i < 1000; i++) {
		snprintf(number, sizeof number, "%d", i);
		table_add(&table, COLOUR_NONE, (const char *const[]){number, "x"});
	}
	text = printed(&table, false);
	for (const char *at = text; (at = strchr(at, '\n')) != NULL; at++)
		lines++;
	assert_int_equal(lines, 1000);
	assert_int_equal(strncmp(text, "0    x\n1    x\n", 14), 0);
}

char *__real_strdup(const char *text);
char *__wrap_strdup(const char *text);
void *__real_reallocarray(void *memory, size_t count, size_t size);
void *__wrap_reallocarray(void *memory, size_t count, size_t size);

void __wrap_exit(int status) __attribute__((noreturn));

static enum { NEITHER, CELLS, ROWS } lacking;

/* Nothing else happens at the end of a child. */
void __wrap_exit(int status)
{
	_exit(status);
}

char *__wrap_strdup(const char *text)
{
	return lacking == CELLS ? NULL : __real_strdup(text);
}

void *__wrap_reallocarray(void *memory, size_t count, size_t size)
{
	return lacking == ROWS ? NULL : __real_reallocarray(memory, count, size);
}

static void no_memory_ends_the_program(void **state)
{
	(void)state;
	for (int lack = CELLS; lack <= ROWS; lack++) {
		struct capture capture = capture_start(stderr);
		pid_t child = fork();
		int status = 0;

		if (child == 0) {
			struct table table = {.columns = 1};

			lacking = lack;
			table_add(&table, COLOUR_NONE, (const char *const[]){"x"});
			_exit(0);
		}
		waitpid(child, &status, 0);
		assert_string_equal(capture_end(&capture), "dualbind: out of memory\n");
		assert_true(WIFEXITED(status));
		assert_int_equal(WEXITSTATUS(status), STATUS_FAILED);
	}
}

/* If standard output is no terminal, whatever the environment says. */
static void a_file_is_not_coloured(void **state)
{
	struct capture capture = capture_start(stdout);
	bool coloured;

	(void)state;
	setenv("TERM", "xterm", 1);
	unsetenv("NO_COLOR");
	coloured = table_is_coloured();
	capture_end(&capture);
	assert_false(coloured);
}

/* For a terminal the environment decides. */
static void a_terminal_is(void **state)
{
	static const struct {
		const char *term, *none;
		bool coloured;
	} rows[] = {
	    {"xterm", NULL, true}, {"xterm", "", true}, {"xterm", "1", false},
	    {"dumb", NULL, false}, {NULL, NULL, false},
	};
	int terminal = posix_openpt(O_RDWR | O_NOCTTY), kept = dup(STDOUT_FILENO);
	bool seen[sizeof rows / sizeof rows[0]];

	(void)state;
	if (terminal < 0) {
		close(kept);
		skip_because("no terminal can be had here");
	}
	fflush(stdout);
	dup2(terminal, STDOUT_FILENO);
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		rows[i].term != NULL ? setenv("TERM", rows[i].term, 1) : unsetenv("TERM");
		rows[i].none != NULL ? setenv("NO_COLOR", rows[i].none, 1) : unsetenv("NO_COLOR");
		seen[i] = table_is_coloured();
	}
	dup2(kept, STDOUT_FILENO);
	close(kept);
	close(terminal);
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
		assert_int_equal(seen[i], rows[i].coloured);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(columns_are_as_wide_as_what_is_in_them),
	    cmocka_unit_test(nothing_trails),
	    cmocka_unit_test(colours),
	    cmocka_unit_test(a_terminal_obeys_nothing_in_it),
	    cmocka_unit_test(many_rows),
	    cmocka_unit_test(no_memory_ends_the_program),
	    cmocka_unit_test(a_file_is_not_coloured),
	    cmocka_unit_test(a_terminal_is),
	};

	return cmocka_run_group_tests_name("table", tests, NULL, NULL);
}
