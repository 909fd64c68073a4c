/* SPDX-License-Identifier: MIT */
/* Two dual-stack listeners at one port: the first gets IPv4, the second IPv6. */
#define _GNU_SOURCE
#include "sockets.h"

#include "bind/reuseport_bpf.h"

enum { CLIENTS = 12 };

static int joining(uint16_t port)
{
	int fd = new_socket(AF_INET6);

	set_int_option(fd, IPPROTO_IPV6, IPV6_V6ONLY, 0);
	set_int_option(fd, SOL_SOCKET, SO_REUSEPORT, 1);
	assert_int_equal(try_bind(fd, AF_INET6, port), 0);
	assert_int_equal(listen(fd, CLIENTS), 0);
	return fd;
}

/* How many of some clients LISTENER gets; the others are taken from OTHER. */
static int share_of(int listener, int other, int family)
{
	int got = 0;

	for (int i = 0; i < CLIENTS; i++) {
		int client = connect_to(family, port_of(listener));
		bool is_its = is_readable(listener, 0);

		assert_true(client >= 0);
		got += is_its;
		close(accept(is_its ? listener : other, NULL, NULL));
		close(client);
	}
	return got;
}

static void each_has_its_family(void **state)
{
	uint16_t port = free_port();
	int first = joining(port), second;

	(void)state;
	assert_true(reuseport_steer_by_family(first));
	assert_int_equal(share_of(first, first, AF_INET6), CLIENTS); /* it is alone still */
	second = joining(port);
	assert_int_equal(share_of(first, second, AF_INET), CLIENTS);
	assert_int_equal(share_of(first, second, AF_INET6), 0);
	/* When one leaves, the other gets all. */
	close(second);
	assert_int_equal(share_of(first, first, AF_INET6), CLIENTS);
	second = joining(port);
	assert_int_equal(share_of(second, first, AF_INET6), CLIENTS);
	close(first);
	assert_int_equal(share_of(second, second, AF_INET), CLIENTS);
	close(second);
}

static void what_is_in_no_group(void **state)
{
	int fd = new_socket(AF_INET6), ends[2];

	(void)state;
	assert_false(reuseport_steer_by_family(fd));
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
	assert_false(reuseport_steer_by_family(ends[0]));
	assert_false(reuseport_steer_by_family(-1));
	assert_int_equal(errno, EBADF);
	close(ends[0]);
	close(ends[1]);
	close(fd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(each_has_its_family),
					   cmocka_unit_test(what_is_in_no_group)};

	return cmocka_run_group_tests_name("reuseport_bpf", tests, private_network, NULL);
}
