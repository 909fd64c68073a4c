/* SPDX-License-Identifier: MIT */
/* The files that are mapped into a process. */
#define _GNU_SOURCE
#include "inspect/mapped.h"

#include <elf.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <sys/auxv.h>
#include <unistd.h>

#include <cmocka.h>

struct seen {
	int programs, libraries, visits, most;
	uint64_t program;
};

static bool look(void *context, int *memory, uint64_t base, const char *path)
{
	struct seen *seen = context;
	unsigned char magic[SELFMAG];

	seen->visits++;
	if (mapped_read(memory, base, magic, sizeof magic) && memcmp(magic, ELFMAG, SELFMAG) == 0) {
		seen->libraries += strstr(path, "/libcmocka.so") != NULL;
		if (strstr(path, "/test_mapped") != NULL) {
			seen->programs++;
			seen->program = base;
		}
	}
	return seen->visits != seen->most;
}

static void ours(void **state)
{
	struct seen seen = {0}, first = {.most = 1};

	(void)state;
	assert_true(mapped_walk(getpid(), look, &seen));
	assert_int_equal(seen.programs, 1);
	assert_int_equal(seen.libraries, 1);
	assert_int_equal(seen.program >> 32, getauxval(AT_PHDR) >> 32);
	assert_true(mapped_walk(getpid(), look, &first));
	assert_int_equal(first.visits, 1);
}

static void nobody(void **state)
{
	struct seen seen = {0};

	(void)state;
	assert_false(mapped_walk(999999999, look, &seen));
	assert_int_equal(seen.visits, 0);
}

static void what_cannot_be_read(void **state)
{
	int closed = -1;
	char byte;

	(void)state;
	assert_false(mapped_read(&closed, 0, &byte, 1));
	assert_false(mapped_read(&closed, UINT64_MAX, &byte, 1));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(ours),
	    cmocka_unit_test(nobody),
	    cmocka_unit_test(what_cannot_be_read),
	};

	return cmocka_run_group_tests_name("mapped files", tests, NULL, NULL);
}
