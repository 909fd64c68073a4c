/* SPDX-License-Identifier: MIT */
/* Text for a terminal: UTF-8 stays, and what a terminal obeys does not. */
#include "cmd/printable.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void cleaned(void **state)
{
	static const char *const rows[][2] = {
	    {"", ""},
	    {"python3 -m http.server ~!", "python3 -m http.server ~!"},
	    {"\033[31mred\177\n\t", "?[31mred???"},
	    /* U+009B begins a control sequence, as one byte or as two. */
	    {"\x9b"
	     "31m",
	     "?31m"},
	    {"\xc2\x9b"
	     "31m",
	     "??31m"},
	    {"\xc2\x80\xc2\x9f\xc2\xa0\xc2\xbf", "????\xc2\xa0\xc2\xbf"},
	    {"gr\xc3\xbc\xc3\x9f", "gr\xc3\xbc\xc3\x9f"},
	    {"\xe2\x82\xac \xf0\x9f\x90\xa7 \xef\xbf\xbd", "\xe2\x82\xac \xf0\x9f\x90\xa7 \xef\xbf\xbd"},
	    /* Longer forms than need be, surrogates, too large, cut short, out of place. */
	    {"\xc0\x9b\xc1\xbf", "????"},
	    {"\xe0\x82\x9b", "???"},
	    {"\xf0\x80\x82\x9b", "????"},
	    {"\xed\xa0\x80\xed\x9f\xbf", "???\xed\x9f\xbf"},
	    {"\xf4\x90\x80\x80\xf4\x8f\xbf\xbf", "????\xf4\x8f\xbf\xbf"},
	    {"\xf5\xff\xfe", "???"},
	    {"a\xe2\x82", "a??"},
	    {"\xf0\x9f\x90z", "???z"},
	    {"\xbf\x80", "??"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		char text[32];

		strcpy(text, rows[i][0]);
		printable_clean(text);
		assert_string_equal(text, rows[i][1]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(cleaned)};

	return cmocka_run_group_tests_name("printable", tests, NULL, NULL);
}
