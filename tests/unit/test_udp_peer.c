/* SPDX-License-Identifier: MIT */
/* The fixed peer of a datagram socket: what the kernel does not clear, and that
 * a fresh socket at the same place does. */
#define _GNU_SOURCE
#include "datagrams.h"
#include "socks.h"

#include "bind/udp_peer.h"

static void connect_with(int fd, const struct address *to)
{
	assert_int_equal(connect(fd, &to->any, to->length), 0);
}

static void dissolve(int fd)
{
	struct sockaddr nobody = {.sa_family = AF_UNSPEC};

	assert_int_equal(connect(fd, &nobody, sizeof nobody), 0);
}

static bool is_connected(int fd)
{
	struct address peer = {.length = sizeof peer.in6};

	return getpeername(fd, &peer.any, &peer.length) == 0;
}

static bool hears(int fd, int family)
{
	struct address to = family == AF_INET ? peer4("127.0.0.1", port_of(fd)) : peer6("::1", 0, port_of(fd));
	int client = new_datagram(family);
	char byte;
	bool heard;

	send_text(client, "x", &to);
	heard = is_readable(fd, 100) && recv(fd, &byte, 1, 0) == 1;
	close(client);
	return heard;
}

static void dissolved(void **state)
{
	static const enum mark marks[] = {MARK_CONVERTED, MARK_PROMOTED};
	const struct address peers[] = {peer4("127.0.0.1", 9), peer6("::1", 0, 9)};

	(void)state;
	for (size_t i = 0; i < COUNT(marks) * COUNT(peers); i++) {
		int fd = new_datagram(AF_INET6), copy = dup(fd);
		unsigned before = open_descriptors();
		uint16_t port;

		assert_true(set_mark(fd, marks[i / 2]));
		/* One that the kernel chose would be given up with the peer. */
		port = free_port();
		assert_int_equal(try_bind(fd, AF_INET6, port), 0);
		connect_with(fd, &peers[i % 2]);
		dissolve(fd);
		udp_peer_dissolved(fd);
		assert_int_equal(open_descriptors(), before);
		assert_int_equal(inode_of(copy), inode_of(fd));
		assert_int_equal(mark_get(fd), marks[i / 2]);
		assert_int_equal(port_of(fd), port);
		assert_false(is_connected(fd));
		assert_true(hears(fd, AF_INET));
		assert_true(hears(fd, AF_INET6));
		close(fd);
		close(copy);
	}
}

/* The kernel's own rule: within a family, but not from one to the other. */
static void change(bool bound)
{
	const struct address peers[] = {peer6("::1", 0, 9), peer4("127.0.0.1", 9)};

	for (size_t i = 0; i < 4; i++) {
		const struct address *old = &peers[i / 2], *new = &peers[i % 2];
		uint16_t port = bound ? free_port() : 0;
		int fd = marked_datagram(port);
		ino_t inode = inode_of(fd);

		connect_with(fd, old);
		port = port_of(fd);
		udp_peer_connected(old);
		assert_int_equal(udp_peer_changes(fd, new), old != new);
		assert_int_equal(inode_of(fd), inode);
		assert_int_equal(is_connected(fd), old == new);
		assert_int_equal(mark_get(fd), MARK_CONVERTED);
		assert_int_equal(port_of(fd), port);
		connect_with(fd, new);
		close(fd);
	}
}

/* The port stays too, whether the program has chosen it or the kernel. */
static void changes(void **state)
{
	(void)state;
	change(true);
	change(false);
}

/* In its IPv6 form an IPv4 address is of IPv4 still. */
static void mapped_peers(void **state)
{
	struct address ipv4 = peer4("127.0.0.1", 9), mapped = ipv4;
	int fd = marked_datagram(0);
	ino_t inode = inode_of(fd);

	(void)state;
	address_map(&mapped);
	connect_with(fd, &ipv4);
	udp_peer_changes(fd, &mapped);
	assert_int_equal(inode_of(fd), inode);
	assert_true(is_connected(fd));
	close(fd);
}

static void others_are_left_alone(void **state)
{
	struct address ipv6 = peer6("::1", 0, 9), ipv4 = peer4("127.0.0.1", 9);
	int unmarked = new_datagram(AF_INET6), plain = new_datagram(AF_INET), unconnected = marked_datagram(0);
	int stream = new_socket(AF_INET6), fds[] = {unmarked, plain, unconnected, stream};

	(void)state;
	assert_true(set_mark(stream, MARK_CONVERTED));
	connect_with(unmarked, &ipv6);
	connect_with(plain, &ipv4);
	for (size_t i = 0; i < COUNT(fds); i++) {
		ino_t inode = inode_of(fds[i]);

		udp_peer_changes(fds[i], &ipv4);
		udp_peer_changes(fds[i], &ipv6);
		if (fds[i] != unconnected)
			udp_peer_dissolved(fds[i]);
		assert_int_equal(inode_of(fds[i]), inode);
		assert_int_equal(is_connected(fds[i]), i < 2);
	}
	udp_peer_changes(-1, &ipv4);
	udp_peer_dissolved(-1);
	for (size_t i = 0; i < COUNT(fds); i++)
		close(fds[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(dissolved),
	    cmocka_unit_test(changes),
	    cmocka_unit_test(mapped_peers),
	    cmocka_unit_test(others_are_left_alone),
	};

	return cmocka_run_group_tests_name("peer", tests, private_network, NULL);
}
