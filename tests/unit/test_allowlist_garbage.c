/* SPDX-License-Identifier: MIT */
/* The allowlist and texts that make no sense. */
#define _GNU_SOURCE
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "config/allowlist.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

static struct allowlist list;

/* A copy that ends where readable memory ends: one byte read too many is
 * SIGSEGV. */
static char *at_the_edge(const char *bytes, size_t length)
{
	static char *edge;
	size_t page = (size_t)sysconf(_SC_PAGESIZE);

	if (edge == NULL) {
		edge = mmap(NULL, 2 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		assert_ptr_not_equal(edge, MAP_FAILED);
		assert_int_equal(mprotect(edge + page, page, PROT_NONE), 0);
		edge += page;
	}
	edge[-1] = '\0';
	return memcpy(edge - 1 - length, bytes, length);
}

static void garbage(void **state)
{
	static const char words[][12] = {"80",  "-",     "*",     "!",          "@",        ":",   "/",
					 " ",   ",",     "[::]:", "127.0.0.1:", "0.0.0.0:", "tcp", "udp",
					 "any", "nginx", "65535", "0",          "\xff",     "\t"};
	unsigned taken = 0;

	(void)state;
	srandom(20240229);
	for (int round = 0; round < 300000; round++) {
		char text[128] = "";
		struct allow_error error = {0};
		char *start;

		for (long left = random() % 8; left > 0; left--)
			strcat(text, words[(size_t)random() % COUNT(words)]);
		if (random() % 4 == 0 && text[0] != '\0')
			text[(size_t)random() % strlen(text)] = (char)(1 + random() % 255);
		start = at_the_edge(text, strlen(text));
		if (allowlist_parse(&list, start, &error)) {
			taken += list.count > 0;
			continue;
		}
		assert_int_equal(list.count, 0);
		assert_in_range(error.entry.length, 1, strlen(start));
		assert_in_range((size_t)(error.entry.start - start), 0, strlen(start) - error.entry.length);
		assert_in_range(error.offset, (size_t)(error.entry.start - start),
				(size_t)(error.entry.start - start) + error.entry.length);
		assert_in_range(error.number, 1, ALLOWLIST_MAX);
	}
	/* Or the loop would prove little. */
	assert_true(taken > 1000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(garbage),
	};

	return cmocka_run_group_tests_name("allowlist and garbage", tests, NULL, NULL);
}
