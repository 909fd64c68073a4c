/* SPDX-License-Identifier: MIT */
/* How a line of the log is built. */
#define _GNU_SOURCE
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "base/strbuf.h"

#include <arpa/inet.h>
#include <errno.h>
#include <string.h>

static void expect_text(struct strbuf *line, const char *text)
{
	assert_true(line->length < STRBUF_MAX);
	line->text[line->length] = '\0';
	assert_string_equal(line->text, text);
	line->length = 0;
}

static void lines_are_built(void **state)
{
	struct strbuf line = {0};
	struct address address;
	struct in6_addr ip;

	(void)state;
	strbuf_add(&line, "port=");
	strbuf_add_number(&line, 0);
	strbuf_add_number(&line, 65535);
	expect_text(&line, "port=065535");
	strbuf_add_number(&line, UINT64_MAX);
	expect_text(&line, "18446744073709551615");
	strbuf_add_bytes(&line, "abcdef", 3);
	strbuf_add_bytes(&line, "x", 0);
	expect_text(&line, "abc");
	strbuf_add_error(&line, EADDRINUSE);
	strbuf_add(&line, " ");
	strbuf_add_error(&line, EBUSY);
	strbuf_add(&line, " ");
	strbuf_add_error(&line, 4095);
	expect_text(&line, "EADDRINUSE EBUSY errno=4095");
	address_set_in(&address, htonl(0xc0000201), 80);
	strbuf_add_address(&line, &address);
	expect_text(&line, "192.0.2.1");
	assert_int_equal(inet_pton(AF_INET6, "2001:DB8:0:0:0:0:0:1", &ip), 1);
	address_set_in6(&address, &ip, 80);
	strbuf_add_address(&line, &address);
	expect_text(&line, "[2001:db8::1]");
	address.in6.sin6_scope_id = 12;
	strbuf_add_address(&line, &address);
	expect_text(&line, "[2001:db8::1%12]");
}

static void lines_are_cut(void **state)
{
	struct strbuf line = {0};

	(void)state;
	for (int i = 0; i < STRBUF_MAX; i++)
		strbuf_add(&line, "abc");
	strbuf_add_number(&line, 7);
	strbuf_add_error(&line, EACCES);
	assert_int_equal(line.length, STRBUF_MAX - 1);
	strbuf_end(&line);
	assert_int_equal(line.length, STRBUF_MAX);
	assert_int_equal(line.text[STRBUF_MAX - 1], '\n');
	assert_memory_equal(line.text + STRBUF_MAX - 4, "bca", 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(lines_are_built),
	    cmocka_unit_test(lines_are_cut),
	};

	return cmocka_run_group_tests_name("line", tests, NULL, NULL);
}
