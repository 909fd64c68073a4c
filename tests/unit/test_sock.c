/* SPDX-License-Identifier: MIT */
/* What the kernel says of a socket, by its transport protocol. */
#define _GNU_SOURCE
#include "datagrams.h"

#include "socket/sock.h"

#ifndef IPPROTO_UDPLITE
#define IPPROTO_UDPLITE 136
#endif

static void protocols(void **state)
{
	static const struct {
		int family, type, protocol;
		enum transport expected;
	} rows[] = {
	    {AF_INET, SOCK_STREAM, 0, TRANSPORT_TCP},
	    {AF_INET6, SOCK_STREAM, 0, TRANSPORT_TCP},
	    {AF_INET, SOCK_STREAM, IPPROTO_MPTCP, TRANSPORT_TCP},
	    {AF_INET, SOCK_DGRAM, 0, TRANSPORT_UDP},
	    {AF_INET6, SOCK_DGRAM, 0, TRANSPORT_UDP},
	    {AF_INET6, SOCK_DGRAM | SOCK_NONBLOCK, IPPROTO_UDP, TRANSPORT_UDP},
	    {AF_INET, SOCK_DGRAM, IPPROTO_UDPLITE, 0},
	    {AF_INET, SOCK_DGRAM, IPPROTO_ICMP, 0},
	    {AF_INET, SOCK_STREAM, IPPROTO_SCTP, 0},
	    {AF_INET, SOCK_RAW, IPPROTO_UDP, 0},
	    {AF_INET6, SOCK_RAW, IPPROTO_TCP, 0},
	    {AF_UNIX, SOCK_STREAM, 0, 0},
	    {AF_UNIX, SOCK_DGRAM, 0, 0},
	    {AF_NETLINK, SOCK_RAW, 0, 0},
	};
	unsigned tried = 0;
	int file = open("/dev/null", O_RDONLY);

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		int fd = socket(rows[i].family, rows[i].type, rows[i].protocol);

		if (fd < 0) /* not on this kernel, or not for this user */
			continue;
		tried++;
		if (sock_transport(fd) != rows[i].expected)
			fail_msg("row %zu: %u", i, (unsigned)sock_transport(fd));
		close(fd);
	}
	assert_in_range(tried, 7, COUNT(rows));
	assert_int_equal(sock_transport(file), 0);
	assert_int_equal(sock_transport(-1), 0);
	close(file);
	assert_string_equal(transport_name(TRANSPORT_TCP), "tcp");
	assert_string_equal(transport_name(TRANSPORT_UDP), "udp");
}

static bool is_unconnected(int fd)
{
	struct sock sock;

	return sock_read(fd, &sock) && sock.unconnected;
}

static void unconnected_datagrams(void **state)
{
	static const int families[] = {AF_INET, AF_INET6};

	(void)state;
	for (size_t i = 0; i < COUNT(families); i++) {
		struct address peer = families[i] == AF_INET ? peer4("127.0.0.1", 9) : peer6("::1", 0, 9);
		struct sockaddr nobody = {.sa_family = AF_UNSPEC};
		int fd = new_datagram(families[i]);

		assert_true(is_unconnected(fd));
		assert_int_equal(try_bind(fd, families[i], 0), 0);
		assert_true(is_unconnected(fd));
		assert_int_equal(connect(fd, &peer.any, peer.length), 0);
		assert_false(is_unconnected(fd));
		assert_int_equal(connect(fd, &nobody, sizeof nobody), 0);
		assert_true(is_unconnected(fd));
		close(fd);
	}
}

static void unconnected_streams(void **state)
{
	int listener = new_socket(AF_INET6), client, server;

	(void)state;
	assert_true(is_unconnected(listener));
	assert_int_equal(try_bind(listener, AF_INET6, 0), 0);
	assert_true(is_unconnected(listener));
	assert_int_equal(listen(listener, 5), 0);
	assert_true(is_unconnected(listener));
	client = connect_to(AF_INET6, port_of(listener));
	server = accept(listener, NULL, NULL);
	assert_false(is_unconnected(client));
	assert_false(is_unconnected(server));
	/* Half closed it is not free either. */
	assert_int_equal(shutdown(client, SHUT_WR), 0);
	assert_false(is_unconnected(client));
	assert_int_equal(close(client) | close(server) | close(listener), 0);
	assert_false(is_unconnected(-1));
}

static void listeners(void **state)
{
	int fd = new_socket(AF_INET), datagram = new_datagram(AF_INET), client;
	struct sock sock;

	(void)state;
	assert_false(sock_read(-1, &sock));
	assert_true(sock_read(fd, &sock));
	assert_false(sock.listens);
	assert_true(sock_read(datagram, &sock));
	assert_false(sock.listens);
	assert_false(sock_has_queue(fd));
	assert_false(sock_has_queue(datagram));
	assert_int_equal(try_bind(fd, AF_INET, 0), 0);
	assert_int_equal(listen(fd, 7), 0);
	assert_true(sock_read(fd, &sock));
	assert_true(sock.listens);
	assert_int_equal(sock.backlog, 7);
	assert_false(sock_has_queue(fd));
	client = connect_to(AF_INET, port_of(fd));
	assert_true(is_readable(fd, WAIT_MS));
	assert_true(sock_has_queue(fd));
	close(accept(fd, NULL, NULL));
	assert_false(sock_has_queue(fd));
	assert_int_equal(close(client) | close(fd) | close(datagram), 0);
}

static void local_addresses(void **state)
{
	struct address locals[] = {peer4("127.0.0.1", 0), peer6("::1", 0, 0), peer4("0.0.0.0", 0)}, found;
	int local = socket(AF_UNIX, SOCK_DGRAM, 0);

	(void)state;
	for (size_t i = 0; i < COUNT(locals); i++) {
		int fd = bound_datagram(&locals[i]);

		assert_true(sock_local(fd, &found));
		locals[i].in.sin_port = htons(port_of(fd));
		assert_true(same_address(&found, &locals[i]));
		close(fd);
	}
	assert_false(sock_local(local, &found));
	assert_false(sock_local(-1, &found));
	close(local);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(protocols),           cmocka_unit_test(unconnected_datagrams),
	    cmocka_unit_test(unconnected_streams), cmocka_unit_test(listeners),
	    cmocka_unit_test(local_addresses),
	};

	return cmocka_run_group_tests_name("transport", tests, private_network, NULL);
}
