/* SPDX-License-Identifier: MIT */
/* Which clients reach a listener, and the rule that would change that. */
#define _GNU_SOURCE
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "inspect/reach.h"
#include "made_listener.h"

#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

static void expect(struct listener *list, size_t count, enum reach reach, const char *rule, const char *address)
{
	struct listing listing = {.list = list, .count = count};
	char text[REACH_TEXT];

	assert_string_equal(reach_word(reach_of(&listing, &list[0])), reach_word(reach));
	reach_rule(text, &listing, &list[0]);
	assert_string_equal(text, rule);
	reach_address(text, &list[0]);
	assert_string_equal(text, address);
}

static void alone(void **state)
{
	struct listener listener;

	(void)state;
	listener = made("0.0.0.0", 8080, TRANSPORT_TCP);
	expect(&listener, 1, REACH_IPV4, "8080", "0.0.0.0:8080");
	listener = made("0.0.0.0", 53, TRANSPORT_UDP);
	expect(&listener, 1, REACH_IPV4, "53/udp", "0.0.0.0:53");
	listener = made("0.0.0.0", 67, TRANSPORT_UDP); /* DHCP's: no rule covers it */
	expect(&listener, 1, REACH_IPV4, "", "0.0.0.0:67");
	listener = made("0.0.0.0", 53, TRANSPORT_UDP);
	listener.beyond_library = true; /* then no rule helps */
	expect(&listener, 1, REACH_IPV4, "", "0.0.0.0:53");
	listener.beyond_library = false;
	listener.inode = 0;
	expect(&listener, 1, REACH_IPV4, "", "0.0.0.0:53");
	/* Promoting is never suggested, nor is an address that no rule can name. */
	listener = made("127.0.0.1", 8080, TRANSPORT_TCP);
	expect(&listener, 1, REACH_IPV4, "", "127.0.0.1:8080");
	listener = made("192.0.2.1", 8080, TRANSPORT_TCP);
	expect(&listener, 1, REACH_IPV4, "", "192.0.2.1:8080");
	listener = made("::ffff:192.0.2.1", 80, TRANSPORT_TCP);
	expect(&listener, 1, REACH_IPV4, "", "[::ffff:192.0.2.1]:80");
	listener = made("::ffff:0.0.0.0", 80, TRANSPORT_TCP);
	expect(&listener, 1, REACH_IPV4, "80", "[::ffff:0.0.0.0]:80");
	listener = made("::1", 80, TRANSPORT_TCP);
	expect(&listener, 1, REACH_IPV6, "", "[::1]:80");
	listener = made("::", 80, TRANSPORT_TCP);
	expect(&listener, 1, REACH_DUAL, "", "[::]:80");
	listener.v6only = true;
	expect(&listener, 1, REACH_IPV6, "", "[::]:80");
}

static void marked(void **state)
{
	static const enum reach reaches[] = {[MARK_NONE] = REACH_DUAL,
					     [MARK_CONVERTED] = REACH_CONVERTED,
					     [MARK_MAPPED] = REACH_CONVERTED,
					     [MARK_PROMOTED] = REACH_PROMOTED,
					     [MARK_WIDENED] = REACH_WIDENED};
	struct listener listener = made("::", 80, TRANSPORT_TCP);

	(void)state;
	for (size_t i = 0; i < COUNT(reaches); i++) {
		listener.mark = (enum mark)i;
		expect(&listener, 1, reaches[i], "", "[::]:80");
	}
	listener.mark_known = false;
	expect(&listener, 1, REACH_DUAL_UNSEEN, "", "[::]:80");
}

/* If the program, or another one, has :: at the same port and protocol. */
static void partners(void **state)
{
	struct listener list[] = {made("0.0.0.0", 80, TRANSPORT_TCP), made("::", 81, TRANSPORT_TCP),
				  made("::", 80, TRANSPORT_UDP), made("::1", 80, TRANSPORT_TCP),
				  made("::", 80, TRANSPORT_TCP)};

	(void)state;
	expect(list, 4, REACH_IPV4, "80", "0.0.0.0:80");
	list[4].v6only = true;
	expect(list, 5, REACH_IPV4_BESIDE, "", "0.0.0.0:80");
	list[0] = made("127.0.0.1", 80, TRANSPORT_TCP);
	expect(list, 5, REACH_IPV4, "", "127.0.0.1:80");
}

static void devices(void **state)
{
	struct listener listener = made("0.0.0.0", 69, TRANSPORT_UDP);

	(void)state;
	listener.device = 1; /* lo, in every namespace */
	expect(&listener, 1, REACH_IPV4, "69/udp", "0.0.0.0%lo:69");
	listener.device = 1 << 30;
	expect(&listener, 1, REACH_IPV4, "69/udp", "0.0.0.0%1073741824:69");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(alone),
	    cmocka_unit_test(marked),
	    cmocka_unit_test(partners),
	    cmocka_unit_test(devices),
	};

	return cmocka_run_group_tests_name("reach", tests, NULL, NULL);
}
