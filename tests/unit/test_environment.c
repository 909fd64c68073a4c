/* SPDX-License-Identifier: MIT */
/* The environment that run gives, and the merging of LD_PRELOAD. */
#define _GNU_SOURCE
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "inspect/environment.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

static void expect_list(const struct environment *environment, const char *wanted)
{
	char seen[256] = "";

	for (size_t i = 0; i < environment->count; i++) {
		strcat(seen, environment->list[i]);
		strcat(seen, " ");
	}
	assert_string_equal(seen, wanted);
	assert_null(environment->list[environment->count]);
}

static void variables(void **state)
{
	char a[] = "A=1", ab[] = "AB=2", again[] = "A=3", odd[] = "nonsense";
	char *const from[] = {a, ab, again, odd, NULL};
	struct environment environment;

	(void)state;
	assert_true(environment_start(&environment, from));
	expect_list(&environment, "A=1 AB=2 A=3 nonsense ");
	assert_string_equal(environment_get(&environment, "A"), "1");
	assert_string_equal(environment_get(&environment, "AB"), "2");
	assert_null(environment_get(&environment, "B"));
	assert_null(environment_get(&environment, "nonsense"));
	/* In its place, and once. */
	assert_true(environment_set(&environment, "A", ""));
	expect_list(&environment, "A= AB=2 nonsense ");
	assert_string_equal(environment_get(&environment, "A"), "");
	assert_true(environment_set(&environment, "B", "x=y"));
	expect_list(&environment, "A= AB=2 nonsense B=x=y ");
	assert_string_equal(environment_get(&environment, "B"), "x=y");
	free(environment.list[0]);
	free(environment.list[3]);
	free(environment.list);
}

static void nothing_inherited(void **state)
{
	char *const from[] = {NULL};
	struct environment environment;

	(void)state;
	assert_true(environment_start(&environment, from));
	expect_list(&environment, "");
	assert_true(environment_set(&environment, "A", "1"));
	expect_list(&environment, "A=1 ");
	free(environment.list[0]);
	free(environment.list);
}

/* There is room for more than run ever sets, and an end to it. */
static void no_more_room(void **state)
{
	char *const from[] = {NULL};
	struct environment environment;
	char name[8];
	size_t set = 0;

	(void)state;
	assert_true(environment_start(&environment, from));
	for (; set < 100; set++) {
		snprintf(name, sizeof name, "V%zu", set);
		if (!environment_set(&environment, name, ""))
			break;
	}
	assert_in_range(set, 8, 99);
	assert_null(environment.list[environment.count]);
	for (size_t i = 0; i < environment.count; i++)
		free(environment.list[i]);
	free(environment.list);
}

static void preloads(void **state)
{
	static const struct {
		const char *old, *merged;
	} rows[] = {
	    {NULL, "/d/libdualbind.so"},
	    {"", "/d/libdualbind.so"},
	    {" : ", "/d/libdualbind.so"},
	    {"/x/a.so", "/x/a.so:/d/libdualbind.so"},
	    {"/x/a.so b.so", "/x/a.so:b.so:/d/libdualbind.so"},
	    {":a.so::b.so:", "a.so:b.so:/d/libdualbind.so"},
	    {"/d/libdualbind.so", "/d/libdualbind.so"},
	    {"/d/libdualbind.so:/x/a.so", "/d/libdualbind.so:/x/a.so"},
	    {"a.so /d/libdualbind.so b.so", "a.so:/d/libdualbind.so:b.so"},
	    /* Another copy would hook everything twice. */
	    {"/old/libdualbind.so:b.so", "/d/libdualbind.so:b.so"},
	    {"libdualbind.so", "/d/libdualbind.so"},
	    {"a.so:libdualbind.so:/d/libdualbind.so:b.so", "a.so:/d/libdualbind.so:b.so"},
	    /* Other libraries with a like name are not ours. */
	    {"/x/notlibdualbind.so", "/x/notlibdualbind.so:/d/libdualbind.so"},
	    {"/x/libdualbind.so.1", "/x/libdualbind.so.1:/d/libdualbind.so"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		char *merged = environment_preload(rows[i].old, "/d/libdualbind.so");

		assert_string_equal(merged, rows[i].merged);
		free(merged);
	}
}

static void whole_or_not(void **state)
{
#define TEXT(words) words, sizeof(words) - 1
	static const struct {
		const char *text;
		size_t length;
		bool whole;
	} rows[] = {
	    {TEXT(""), true},
	    {TEXT("PATH=/bin\0HOME=\0"), true},
	    {TEXT("PATH=/bin\0BASH_FUNC_x%%=() { :; }\0"), true},
	    {TEXT("ginx: master process\0H=/bin\0HOME=/\0"), false},
	    {TEXT("\0H=/bin\0"), false},
	    {TEXT("\0\0\0\0"), false},
	    {TEXT("PATH=/bin\0\0"), false},
	    {TEXT("redis-server 0.0.0.0:6379\0"), false},
	    {TEXT("postgres: a=b\0PATH=/bin\0"), false},
	    {TEXT("=x\0"), false},
	    {TEXT("PATH=/bin\0xxxxxxxx"), false},
	    {TEXT("PATH=/bin\0HOME=/"), false},
	};
#undef TEXT

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		if (environment_is_whole(rows[i].text, rows[i].length) != rows[i].whole)
			fail_msg("row %zu", i);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(variables), cmocka_unit_test(nothing_inherited), cmocka_unit_test(no_more_room),
	    cmocka_unit_test(preloads),  cmocka_unit_test(whole_or_not),
	};

	return cmocka_run_group_tests_name("environment", tests, NULL, NULL);
}
