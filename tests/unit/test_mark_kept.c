/* SPDX-License-Identifier: MIT */
/* What keeps a socket from being swapped, beside the mark. */
#define _GNU_SOURCE
#include "sockets.h"
#include "socks.h"

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

static const enum mark all[] = {MARK_NONE, MARK_CONVERTED, MARK_PROMOTED, MARK_MAPPED, MARK_WIDENED};

static int new_datagram(int family)
{
	int fd = socket(family, SOCK_DGRAM, 0);

	assert_true(fd >= 0);
	return fd;
}

/* Whether it is the program's own or ours, which keeps its mark. */
static void kept(void **state)
{
	int in = new_socket(AF_INET);

	(void)state;
	assert_false(is_kept(in));
	mark_keep(in);
	assert_true(is_kept(in));
	assert_int_equal(mark_get(in), MARK_NONE);
	close(in);
	for (size_t i = 0; i < COUNT(all); i++) {
		int fd = new_socket(AF_INET6);

		assert_true(all[i] == MARK_NONE || set_mark(fd, all[i]));
		assert_false(is_kept(fd));
		mark_keep(fd);
		assert_true(is_kept(fd));
		assert_int_equal(mark_get(fd), all[i]);
		close(fd);
	}
}

/* A raw socket is never swapped: its options are the program's. */
static void not_kept(void **state)
{
	int raw = socket(AF_INET, SOCK_RAW, 89);

	(void)state;
	if (raw < 0) {
		print_message("# no raw sockets for this user\n");
		skip();
	}
	mark_keep(raw);
	assert_int_equal(int_option(raw, IPPROTO_IP, IP_MULTICAST_LOOP), 1);
	close(raw);
}

static void kept_datagrams(void **state)
{
	int in = new_datagram(AF_INET), local = new_datagram(AF_UNIX);

	(void)state;
	assert_false(is_kept(in));
	mark_keep(in);
	mark_keep(local);
	mark_keep(-1);
	assert_true(is_kept(in));
	assert_int_equal(int_option(in, IPPROTO_IP, IP_MULTICAST_LOOP), 1);
	assert_false(mark_lingers(local));
	assert_int_equal(close(in) | close(local), 0);
	for (size_t i = 0; i < COUNT(all); i++) {
		int fd = new_datagram(AF_INET6);

		assert_true(all[i] == MARK_NONE || set_mark(fd, all[i]));
		assert_false(is_kept(fd));
		mark_keep(fd);
		assert_true(is_kept(fd));
		assert_int_equal(mark_get(fd), all[i]);
		assert_int_equal(int_option(fd, IPPROTO_IPV6, IPV6_MULTICAST_LOOP), 1);
		close(fd);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(kept),
	    cmocka_unit_test(kept_datagrams),
	    cmocka_unit_test(not_kept),
	};

	return cmocka_run_group_tests_name("mark: kept", tests, private_network, NULL);
}
