/* SPDX-License-Identifier: MIT */
/* An allowlist as text: what is read back means the same. */
#include "cmd/allowtext.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

static void written(void **state)
{
	static const char *const rows[][2] = {
	    {"8080", "8080"},
	    {"", ""},
	    {" 8080/tcp, 9000-9100/udp 53/any ", "8080,9000-9100/udp,53/any"},
	    {"* !9090", "*,!9090"},
	    {"1-65535", "*"},
	    {"0.0.0.0:80 127.0.0.1:* [::]:6379/any", "80,127.0.0.1:*,[::]:6379/any"},
	    {"!9090/tcp !9091/udp !9092/any", "!9090/tcp,!9091/udp,!9092"},
	    {"!0.0.0.0:1 !127.0.0.1:2/udp ![::]:3/any", "!0.0.0.0:1,!127.0.0.1:2/udp,![::]:3"},
	    {"program@80 other@81 pro*@82", "80,82"},
	};
	static char text[ALLOWTEXT_BYTES];

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct allowlist list, again;
		struct allow_error error;

		assert_true(allowlist_parse(&list, rows[i][0], &error));
		allowlist_keep_for(&list, "program", "program");
		allowtext_write(text, &list);
		assert_string_equal(text, rows[i][1]);
		assert_true(allowlist_parse(&again, text, &error));
		assert_int_equal(again.count, list.count);
		for (size_t k = 0; k < list.count; k++) {
			assert_int_equal(again.entries[k].forbid, list.entries[k].forbid);
			assert_int_equal(again.entries[k].addresses, list.entries[k].addresses);
			assert_int_equal(again.entries[k].protocols, list.entries[k].protocols);
			assert_int_equal(again.entries[k].low, list.entries[k].low);
			assert_int_equal(again.entries[k].high, list.entries[k].high);
		}
	}
}

/* The most that there can be; and entries that no text gives, which become several. */
static void longest(void **state)
{
	static char text[ALLOWTEXT_BYTES];
	static struct allowlist list;

	(void)state;
	list.count = ALLOWLIST_MAX;
	for (size_t i = 0; i < list.count; i++)
		list.entries[i] = (struct allow_entry){
		    .forbid = true, .addresses = 2, .protocols = 2, .low = 10000, .high = 65535};
	allowtext_write(text, &list);
	assert_int_equal(strlen(text), ALLOWLIST_MAX * strlen("!127.0.0.1:10000-65535/udp,") - 1);
	list.count = 1;
	list.entries[0].addresses = ALLOW_LOOPBACK4 | ALLOW_ANY6;
	allowtext_write(text, &list);
	assert_string_equal(text, "!127.0.0.1:10000-65535/udp,![::]:10000-65535/udp");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(written),
	    cmocka_unit_test(longest),
	};

	return cmocka_run_group_tests_name("allowtext", tests, NULL, NULL);
}
