/* SPDX-License-Identifier: MIT */
/* The UDP sockets at a port, as sock_diag tells. */
#define _GNU_SOURCE
#include "datagrams.h"

#include "bind/udp_list.h"
#include "socket/sock.h"

#include <sched.h>
#include <sys/resource.h>

enum { MANY = 300 };

struct listed {
	size_t count, most;
	ino_t inode[MANY + 1];
};

static bool note(void *context, ino_t inode)
{
	struct listed *listed = context;

	listed->inode[listed->count++] = inode;
	return listed->count < listed->most;
}

static size_t count_at(sa_family_t family, uint16_t port)
{
	struct listed listed = {.most = MANY + 1};

	assert_true(udp_list(family, port, 0, note, &listed));
	return listed.count;
}

static int bound_to(const char *ip, uint16_t port, bool shares, int v6only)
{
	struct address local = strchr(ip, ':') ? peer6(ip, 0, port) : peer4(ip, port);
	int fd = new_datagram(local.any.sa_family);

	set_int_option(fd, SOL_SOCKET, SO_REUSEADDR, shares);
	if (local.any.sa_family == AF_INET6)
		set_int_option(fd, IPPROTO_IPV6, IPV6_V6ONLY, v6only);
	assert_int_equal(bind(fd, &local.any, local.length), 0);
	return fd;
}

/* Sockets of one family, bound to the wildcard address of either, and not connected. */
static void which_are_listed(void **state)
{
	static const struct {
		const char *local;
		bool connected;
		size_t ipv4, ipv6;
	} rows[] = {{"0.0.0.0", false, 1, 0},   {"::", false, 0, 1},           {"::ffff:0.0.0.0", false, 0, 1},
		    {"127.0.0.1", false, 0, 0}, {"::1", false, 0, 0},          {"::ffff:127.0.0.1", false, 0, 0},
		    {"0.0.0.0", true, 0, 0},    {"::ffff:0.0.0.0", true, 0, 0}};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		uint16_t port = free_port();
		int fd = bound_to(rows[i].local, port, false, 0);
		struct address peer = peer4("127.0.0.1", 9);

		if (strchr(rows[i].local, ':'))
			address_map(&peer);
		if (rows[i].connected)
			assert_int_equal(connect(fd, &peer.any, peer.length), 0);
		if (count_at(AF_INET, port) != rows[i].ipv4 || count_at(AF_INET6, port) != rows[i].ipv6)
			fail_msg("row %zu", i);
		assert_int_equal(count_at(AF_INET, (uint16_t)(port ^ 1)), 0);
		close(fd);
		assert_int_equal(count_at(AF_INET6, port), 0);
	}
}

/* More than one answer of the kernel has room for; a visit ends the list. */
static void many(void **state)
{
	uint16_t port = free_port();
	struct listed listed = {.most = MANY + 1}, cut = {.most = 2};
	int fds[MANY];

	(void)state;
	for (size_t i = 0; i < COUNT(fds); i++)
		fds[i] = bound_to("::", port, true, 0);
	assert_true(udp_list(AF_INET6, port, 0, note, &listed));
	assert_int_equal(listed.count, MANY);
	for (size_t i = 0; i < COUNT(fds); i++) {
		size_t at = 0;

		while (at < MANY && listed.inode[at] != inode_of(fds[i]))
			at++;
		assert_int_not_equal(at, MANY);
	}
	assert_false(udp_list(AF_INET6, port, 0, note, &cut));
	assert_int_equal(cut.count, 2);
	for (size_t i = 0; i < COUNT(fds); i++)
		close(fds[i]);
}

/* No descriptor is free to ask with; and none is left behind. */
static void not_told(void **state)
{
	struct listed listed = {.most = MANY + 1};
	struct rlimit limit, none;
	unsigned before = open_descriptors();
	uint16_t port = free_port();
	int lowest = dup(0);
	bool told;

	(void)state;
	assert_int_equal(close(lowest), 0);
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &limit), 0);
	none = limit;
	none.rlim_cur = (rlim_t)lowest;
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &none), 0);
	told = udp_list(AF_INET, port, 0, note, &listed);
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &limit), 0);
	assert_false(told);
	assert_int_equal(open_descriptors(), before);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(which_are_listed),
	    cmocka_unit_test(many),
	    cmocka_unit_test(not_told),
	};

	return cmocka_run_group_tests_name("udp_list", tests, private_network, NULL);
}
