/* SPDX-License-Identifier: MIT */
/* JSON, as it is written. */
#define _GNU_SOURCE
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "cmd/json.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

static char *text;
static size_t length;

static void expect(FILE *to, const char *wanted)
{
	fclose(to);
	assert_string_equal(text, wanted);
	free(text);
	text = NULL;
}

static void structure(void **state)
{
	struct json json = {.to = open_memstream(&text, &length)};

	(void)state;
	json_open(&json, NULL, '{');
	json_string(&json, "a", "x");
	json_open(&json, "b", '[');
	json_close(&json, ']');
	json_open(&json, "c", '[');
	json_number(&json, NULL, -1);
	json_bool(&json, NULL, true);
	json_open(&json, NULL, '{');
	json_bool(&json, "d", false);
	json_null(&json, "e");
	json_close(&json, '}');
	json_string(&json, NULL, NULL);
	json_close(&json, ']');
	json_number(&json, "f", 4294967296);
	json_close(&json, '}');
	json_end(&json);
	json_number(&json, NULL, 1);
	expect(json.to, "{\"a\":\"x\",\"b\":[],\"c\":[-1,true,{\"d\":false,\"e\":null},null],\"f\":4294967296}\n1");
}

/* A process may call itself anything. */
static void strings(void **state)
{
	static const struct {
		const char *value, *written;
	} rows[] = {
	    {"", "\"\""},
	    {"a\"b\\c/d", "\"a\\\"b\\\\c/d\""},
	    {"\n\t\033[31m\177", "\"\\u000a\\u0009\\u001b[31m\\u007f\""},
	    {"\xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80", "\"\xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80\""},
	    {"\xc3", "\"\\ufffd\""},
	    {"\xe2\x82", "\"\\ufffd\\ufffd\""},
	    {"a\x80z", "\"a\\ufffdz\""},
	    {"\xc0\xaf", "\"\\ufffd\\ufffd\""},
	    {"\xed\xa0\x80", "\"\\ufffd\\ufffd\\ufffd\""},
	    {"\xf4\x90\x80\x80", "\"\\ufffd\\ufffd\\ufffd\\ufffd\""},
	    {"\xff\xfe", "\"\\ufffd\\ufffd\""},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct json json = {.to = open_memstream(&text, &length)};

		json_string(&json, NULL, rows[i].value);
		expect(json.to, rows[i].written);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(structure),
	    cmocka_unit_test(strings),
	};

	return cmocka_run_group_tests_name("json", tests, NULL, NULL);
}
