/* SPDX-License-Identifier: MIT */
/* The mark of UDP sockets where a rule for [::] is the only one: they may have one, too. */
#define _GNU_SOURCE
#include "sockets.h"
#include "socks.h"

#include "calls/sockopt.h"
#include "socket/mark.h"

#include <stdlib.h>

static void lingering(void **state)
{
	static const struct linger wanted = {1, 5};
	int fd = socket(AF_INET6, SOCK_DGRAM, 0);

	(void)state;
	assert_true(fd >= 0);
	assert_true(set_mark(fd, MARK_WIDENED));
	assert_int_equal(call_setsockopt(fd, SOL_SOCKET, SO_LINGER, &wanted, sizeof wanted, setsockopt), 0);
	assert_int_equal(mark_get(fd), MARK_WIDENED);
	close(fd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(lingering)};

	setenv("DUALBIND_ALLOW", "[::]:*/udp", 1);
	return cmocka_run_group_tests_name("mark of a widened socket", tests, private_network, NULL);
}
