/* SPDX-License-Identifier: MIT */
/* Addresses with their length: in from the program, out to it. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "base/address.h"

#include <arpa/inet.h>
#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

enum { BYTES = 128, LENGTH4 = 16, LENGTH6 = 28 };

/* Ports and addresses without a zero, to see what is copied. */
static void fill(unsigned char *bytes, sa_family_t family)
{
	for (size_t i = 0; i < BYTES; i++)
		bytes[i] = (unsigned char)(i + 1);
	memcpy(bytes, &family, sizeof family);
}

static void reads_every_length(void **state)
{
	static const struct {
		sa_family_t family;
		socklen_t least, length;
	} rows[] = {{AF_INET, LENGTH4, LENGTH4},
		    {AF_INET6, 24, LENGTH6},
		    {AF_UNIX, BYTES + 1, 0},
		    {AF_UNSPEC, BYTES + 1, 0},
		    {AF_PACKET, BYTES + 1, 0}};
	unsigned char bytes[BYTES];

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		for (socklen_t length = 0; length <= BYTES; length++) {
			struct address address;
			struct sockaddr *from = (void *)bytes;
			size_t held = length < rows[i].length ? length : rows[i].length;

			fill(bytes, rows[i].family);
			memset(&address, 0xee, sizeof address);
			if (address_read(&address, from, length) != (length >= rows[i].least))
				fail_msg("family %d, %u bytes", rows[i].family, length);
			if (length < rows[i].least)
				continue;
			assert_int_equal(address.length, rows[i].length);
			assert_memory_equal(&address.any, bytes, held);
			/* A short AF_INET6 address has no scope id. */
			if (held < rows[i].length)
				assert_int_equal(address.in6.sin6_scope_id >> 8 * (held - 24), 0);
			assert_int_equal(address_port(&address), 0x0304);
		}
	assert_false(address_read(&(struct address){0}, NULL, 0));
	assert_false(address_read(&(struct address){0}, NULL, BYTES));
}

/* bind(2) takes AF_UNSPEC with INADDR_ANY as AF_INET. */
static void reads_unspecified_family(void **state)
{
	struct sockaddr_in in = {.sin_family = AF_UNSPEC, .sin_port = htons(80)};
	struct address address;

	(void)state;
	assert_true(address_read(&address, (struct sockaddr *)&in, sizeof in));
	assert_int_equal(address.any.sa_family, AF_INET);
	assert_true(address_is_any(&address));
	in.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	assert_false(address_read(&address, (struct sockaddr *)&in, sizeof in));
}

static struct address from_text(const char *text, uint16_t port)
{
	struct address address;
	struct in6_addr in6;
	struct in_addr in;

	if (inet_pton(AF_INET, text, &in) == 1) {
		address_set_in(&address, in.s_addr, port);
	} else {
		assert_int_equal(inet_pton(AF_INET6, text, &in6), 1);
		address_set_in6(&address, &in6, port);
	}
	return address;
}

static void kinds(void **state)
{
	static const struct {
		const char *text;
		bool any, loopback4, mapped;
	} rows[] = {
	    {"0.0.0.0", true, false, false},
	    {"127.0.0.1", false, true, false},
	    {"127.0.0.2", false, false, false},
	    {"1.0.0.127", false, false, false},
	    {"::", true, false, false},
	    {"::1", false, false, false},
	    {"::ffff:0.0.0.0", false, false, true},
	    {"::ffff:127.0.0.1", false, false, true},
	    {"::127.0.0.1", false, false, false},
	    {"::fffe:7f00:1", false, false, false},
	    {"64:ff9b::7f00:1", false, false, false},
	    {"2001:db8::1", false, false, false},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct address address = from_text(rows[i].text, 443);

		if (address_is_any(&address) != rows[i].any ||
		    address_is_loopback4(&address) != rows[i].loopback4 ||
		    address_is_mapped(&address) != rows[i].mapped)
			fail_msg("%s", rows[i].text);
		assert_int_equal(address_port(&address), 443);
		assert_int_equal(address.length, address.any.sa_family == AF_INET ? LENGTH4 : LENGTH6);
	}
}

static void maps_and_unmaps(void **state)
{
	static const char *const texts[] = {"0.0.0.0", "127.0.0.1", "192.0.2.255", "255.255.255.255"};

	(void)state;
	for (size_t i = 0; i < COUNT(texts); i++) {
		struct address address = from_text(texts[i], 65535), same = address;
		char text[INET6_ADDRSTRLEN];

		address_map(&address);
		assert_int_equal(address.length, LENGTH6);
		assert_true(address_is_mapped(&address));
		assert_int_equal(address_port(&address), 65535);
		assert_non_null(inet_ntop(AF_INET6, &address.in6.sin6_addr, text, sizeof text));
		assert_memory_equal(text, "::ffff:", 7);
		assert_string_equal(text + 7, texts[i]);
		address_unmap(&address);
		assert_int_equal(address.length, LENGTH4);
		assert_memory_equal(&address.in, &same.in, sizeof same.in);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(reads_every_length),
	    cmocka_unit_test(reads_unspecified_family),
	    cmocka_unit_test(kinds),
	    cmocka_unit_test(maps_and_unmaps),
	};

	return cmocka_run_group_tests_name("address", tests, NULL, NULL);
}
