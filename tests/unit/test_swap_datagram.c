/* SPDX-License-Identifier: MIT */
/* Swap: UDP sockets, back and forth, with their groups and what they may share. */
#define _GNU_SOURCE
#include "datagrams.h"
#include "socks.h"

#include "swap/swap.h"

#include <sys/epoll.h>

static bool convert(int fd, uint16_t port)
{
	struct swap swap = {.v6only = false, .mark = MARK_CONVERTED};

	address_set_in6(&swap.local, &in6addr_any, port);
	return swap_fd(fd, &swap);
}

static bool yield(int fd, uint16_t port)
{
	struct swap swap = {.v6only = true, .mark = MARK_NONE};

	address_set_in(&swap.local, htonl(INADDR_ANY), port);
	return swap_fd(fd, &swap);
}

static bool stranger_binds(int family, uint16_t port, int reuse)
{
	int fd = socket(family, SOCK_DGRAM, 0);
	bool done;

	if (family == AF_INET6)
		set_int_option(fd, IPPROTO_IPV6, IPV6_V6ONLY, 1);
	if (reuse != 0)
		set_int_option(fd, SOL_SOCKET, reuse, 1);
	done = try_bind(fd, family, port) == 0;
	if (!done)
		assert_int_equal(errno, EADDRINUSE);
	close(fd);
	return done;
}

/* Whether a datagram of a client of FAMILY comes, and an answer goes back. */
static bool answers(int fd, int family)
{
	struct address to = family == AF_INET ? peer4("127.0.0.1", port_of(fd)) : peer6("::1", 0, port_of(fd));
	struct address from = {.length = sizeof from.in6};
	int client = new_datagram(family);
	char byte = 0;
	bool answered;

	assert_int_equal(connect(client, &to.any, to.length), 0);
	answered = send(client, "q", 1, 0) == 1 && is_readable(fd, 100) &&
		   recvfrom(fd, &byte, 1, 0, &from.any, &from.length) == 1 && byte == 'q' &&
		   sendto(fd, "a", 1, 0, &from.any, from.length) == 1 && is_readable(client, WAIT_MS) &&
		   recv(client, &byte, 1, 0) == 1 && byte == 'a';
	close(client);
	return answered;
}

struct variant {
	bool bound;
	int reuse_address, reuse_port;
};

static const struct variant variants[] = {
    {false, 0, 0}, {false, 1, 0}, {false, 0, 1}, {true, 0, 0}, {true, 1, 0}, {true, 0, 1}, {true, 1, 1},
};

static int make_socket(const struct variant *variant, uint16_t port)
{
	int fd = new_datagram(AF_INET);

	set_int_option(fd, SOL_SOCKET, SO_REUSEADDR, variant->reuse_address);
	set_int_option(fd, SOL_SOCKET, SO_REUSEPORT, variant->reuse_port);
	if (variant->bound)
		assert_int_equal(try_bind(fd, AF_INET, port), 0);
	return fd;
}

static void check_socket(int fd, const struct variant *variant, uint16_t port, int family)
{
	assert_int_equal(domain_of(fd), family);
	assert_int_equal(int_option(fd, SOL_SOCKET, SO_PROTOCOL), IPPROTO_UDP);
	assert_int_equal(port_of(fd), port);
	assert_int_equal(int_option(fd, SOL_SOCKET, SO_REUSEADDR), variant->reuse_address);
	assert_int_equal(int_option(fd, SOL_SOCKET, SO_REUSEPORT), variant->reuse_port);
	assert_true(answers(fd, AF_INET));
	assert_int_equal(answers(fd, AF_INET6), family == AF_INET6);
	/* The port is shared only where the program itself shares it. */
	assert_false(stranger_binds(AF_INET, port, 0));
	assert_int_equal(stranger_binds(AF_INET, port, SO_REUSEADDR), variant->reuse_address);
	assert_int_equal(stranger_binds(AF_INET, port, SO_REUSEPORT), variant->reuse_port);
	assert_int_equal(stranger_binds(AF_INET6, port, SO_REUSEPORT), family == AF_INET || variant->reuse_port);
}

static void to_and_fro(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(variants); i++) {
		uint16_t port = free_port();
		int fd = make_socket(&variants[i], port);
		unsigned before = open_descriptors();

		if (!convert(fd, port))
			fail_msg("variant %zu: errno %d", i, errno);
		assert_int_equal(open_descriptors(), before);
		assert_int_equal(mark_get(fd), MARK_CONVERTED);
		assert_int_equal(int_option(fd, IPPROTO_IPV6, IPV6_V6ONLY), 0);
		check_socket(fd, &variants[i], port, AF_INET6);
		if (!yield(fd, port))
			fail_msg("variant %zu yields: errno %d", i, errno);
		assert_int_equal(open_descriptors(), before);
		check_socket(fd, &variants[i], port, AF_INET);
		close(fd);
	}
}

static void marks(void **state)
{
	static const enum mark each[] = {MARK_CONVERTED, MARK_PROMOTED, MARK_MAPPED, MARK_WIDENED};

	(void)state;
	for (size_t i = 0; i < COUNT(each); i++) {
		int fd = new_datagram(each[i] == MARK_WIDENED ? AF_INET6 : AF_INET);
		struct swap swap = {.mark = each[i]};

		address_set_in6(&swap.local, &in6addr_any, free_port());
		assert_true(swap_fd(fd, &swap));
		assert_int_equal(mark_get(fd), each[i]);
		assert_int_equal(mark_shown_datagram(fd), each[i] == MARK_CONVERTED || each[i] == MARK_PROMOTED);
		assert_true(answers(fd, AF_INET));
		assert_true(answers(fd, AF_INET6));
		close(fd);
	}
}

/* :: with port 0 is no place to bind: the first datagram does that. */
static void left_unbound(void **state)
{
	struct address to = peer6("::1", 0, 9);
	int fd = new_datagram(AF_INET);

	(void)state;
	assert_true(convert(fd, 0));
	assert_int_equal(port_of(fd), 0);
	assert_int_equal(mark_get(fd), MARK_CONVERTED);
	send_text(fd, "x", &to);
	assert_int_not_equal(port_of(fd), 0);
	close(fd);
}

static bool gets(int fd, const struct address *to)
{
	int client = new_datagram(to->any.sa_family), loopback = LOOPBACK_INDEX;
	struct ip_mreqn interface = {.imr_ifindex = LOOPBACK_INDEX};
	char byte;
	bool got;

	set_int_option(client, SOL_SOCKET, SO_BROADCAST, 1);
	if (to->any.sa_family == AF_INET)
		assert_int_equal(setsockopt(client, IPPROTO_IP, IP_MULTICAST_IF, &interface, sizeof interface), 0);
	else
		set_int_option(client, IPPROTO_IPV6, IPV6_MULTICAST_IF, loopback);
	send_text(client, "x", to);
	got = is_readable(fd, 200);
	if (got)
		assert_int_equal(recv(fd, &byte, 1, 0), 1);
	close(client);
	return got;
}

/* IPv4 multicast and broadcast arrive as before, on either side. */
static void groups_and_broadcast(void **state)
{
	struct ip_mreqn group = {.imr_multiaddr = {inet_addr("239.9.8.7")}, .imr_ifindex = LOOPBACK_INDEX};
	uint16_t port = free_port();
	struct address joined = peer4("239.9.8.7", port), other = peer4("239.9.8.6", port);
	struct address broadcast = peer4("127.255.255.255", port);
	int fd = make_socket(&variants[4], port);

	(void)state;
	assert_int_equal(setsockopt(fd, IPPROTO_IP, IP_ADD_MEMBERSHIP, &group, sizeof group), 0);
	for (int step = 0; step < 3; step++) {
		assert_true(gets(fd, &joined));
		assert_false(gets(fd, &other));
		assert_true(gets(fd, &broadcast));
		assert_true(step != 0 || convert(fd, port));
		assert_true(step != 1 || yield(fd, port));
	}
	close(fd);
}

static void epoll_and_duplicates(void **state)
{
	int fd = new_datagram(AF_INET), copy = fcntl(fd, F_DUPFD_CLOEXEC, 0), epfd = epoll_create1(0);
	struct epoll_event event = {.events = EPOLLIN | EPOLLET, .data.u64 = 77};
	struct address to;
	uint16_t port = free_port();

	(void)state;
	assert_int_equal(epoll_ctl(epfd, EPOLL_CTL_ADD, copy, &event), 0);
	assert_int_equal(fcntl(fd, F_SETFL, O_NONBLOCK), 0);
	assert_true(convert(fd, port));
	assert_int_equal(inode_of(fd), inode_of(copy));
	assert_int_equal(fcntl(copy, F_GETFD), FD_CLOEXEC);
	assert_int_equal(fcntl(fd, F_GETFD), 0);
	assert_true(fcntl(copy, F_GETFL) & O_NONBLOCK);
	to = peer6("::1", 0, port);
	send_text(fd, "x", &to);
	event.data.u64 = 0;
	assert_int_equal(epoll_wait(epfd, &event, 1, WAIT_MS), 1);
	assert_int_equal(event.data.u64, 77);
	assert_true(event.events & EPOLLIN);
	assert_int_equal(close(fd) | close(copy) | close(epfd), 0);
}

/* The port is a stranger's: the socket, and its group, are as they were. */
static void failure_changes_nothing(void **state)
{
	struct ip_mreqn group = {.imr_multiaddr = {inet_addr("239.9.8.5")}, .imr_ifindex = LOOPBACK_INDEX};
	uint16_t port = free_port();
	int stranger = new_datagram(AF_INET6), fd = new_datagram(AF_INET);
	ino_t inode = inode_of(fd);
	unsigned before;

	(void)state;
	set_int_option(stranger, IPPROTO_IPV6, IPV6_V6ONLY, 1);
	assert_int_equal(try_bind(stranger, AF_INET6, port), 0);
	assert_int_equal(setsockopt(fd, IPPROTO_IP, IP_ADD_MEMBERSHIP, &group, sizeof group), 0);
	before = open_descriptors();
	assert_false(convert(fd, port));
	assert_int_equal(errno, EADDRINUSE);
	mark_keep(fd);
	assert_false(convert(fd, port));
	assert_int_equal(errno, ENOKEY);
	assert_int_equal(open_descriptors(), before);
	assert_int_equal(inode_of(fd), inode);
	assert_int_equal(int_option(fd, SOL_SOCKET, SO_REUSEPORT), 0);
	assert_int_equal(try_bind(fd, AF_INET, port), 0);
	assert_true(answers(fd, AF_INET));
	assert_int_equal(setsockopt(fd, IPPROTO_IP, IP_DROP_MEMBERSHIP, &group, sizeof group), 0);
	close(stranger);
	close(fd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(to_and_fro),           cmocka_unit_test(marks),
	    cmocka_unit_test(left_unbound),         cmocka_unit_test(groups_and_broadcast),
	    cmocka_unit_test(epoll_and_duplicates), cmocka_unit_test(failure_changes_nothing),
	};

	return cmocka_run_group_tests_name("swap: UDP", tests, private_network, NULL);
}
