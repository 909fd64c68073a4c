/* SPDX-License-Identifier: MIT */
/* What is shown again when it has changed. */
#define _GNU_SOURCE
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "cmd/command.h"
#include "cmd/repeat.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static const char *const *next_text;

/* NULL: it fails. */
static int render(FILE *to)
{
	if (*next_text == NULL)
		return 42;
	fputs(*next_text++, to);
	return STATUS_DONE;
}

/* What is written to TO, a file, or in vain where it is read-only; and the status. */
static int shown(const char *const *texts, bool on_terminal, int to)
{
	int kept = dup(STDOUT_FILENO), status;

	next_text = texts;
	fflush(stdout);
	dup2(to, STDOUT_FILENO);
	status = repeat_when_changed(render, 0, on_terminal);
	fflush(stdout);
	clearerr(stdout);
	dup2(kept, STDOUT_FILENO);
	close(kept);
	return status;
}

static void only_what_is_another(void **state)
{
	static const char *const texts[] = {"one\n", "one\n", "two\n", "two\n", "one\n", NULL};
	static const char *const wanted[] = {"one\n\ntwo\n\none\n",
					     "\033[H\033[2Jone\n\033[H\033[2Jtwo\n\033[H\033[2Jone\n"};

	(void)state;
	for (int i = 0; i < 2; i++) {
		FILE *file = tmpfile();
		char got[256] = "";

		assert_int_equal(shown(texts, i, fileno(file)), 42);
		assert_true(pread(fileno(file), got, sizeof got - 1, 0) > 0);
		assert_string_equal(got, wanted[i]);
		fclose(file);
	}
}

static void nobody_reads(void **state)
{
	static const char *const texts[] = {"one\n", "two\n", NULL};
	int full = open("/dev/full", O_WRONLY);

	(void)state;
	assert_true(full >= 0);
	assert_int_equal(shown(texts, false, full), STATUS_FAILED);
	assert_ptr_equal(next_text, texts + 1);
	close(full);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(only_what_is_another),
	    cmocka_unit_test(nobody_reads),
	};

	return cmocka_run_group_tests_name("repeat", tests, NULL, NULL);
}
