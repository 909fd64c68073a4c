/* SPDX-License-Identifier: MIT */
/* Multicast groups: those that a socket has joined, another one joins. */
#define _GNU_SOURCE
#include "datagrams.h"
#include "socks.h"

#include "swap/mcast_copy.h"

#include <stdio.h>

static struct sockaddr_storage storage_of(const struct address *address)
{
	struct sockaddr_storage storage = {0};

	memcpy(&storage, &address->in6, address->length);
	return storage;
}

static int level_of(const struct address *group)
{
	return group->any.sa_family == AF_INET ? IPPROTO_IP : IPPROTO_IPV6;
}

static bool join(int fd, uint32_t interface, const struct address *group)
{
	struct group_req request;

	memset(&request, 0, sizeof request); /* and its padding: for valgrind */
	request.gr_interface = interface;
	request.gr_group = storage_of(group);
	return setsockopt(fd, level_of(group), MCAST_JOIN_GROUP, &request, sizeof request) == 0;
}

static void with_source(int fd, int option, const struct address *group, const struct address *source)
{
	struct group_source_req request;

	memset(&request, 0, sizeof request);
	request.gsr_interface = LOOPBACK_INDEX;
	request.gsr_group = storage_of(group);
	request.gsr_source = storage_of(source);
	assert_int_equal(setsockopt(fd, level_of(group), option, &request, sizeof request), 0);
}

enum { SOURCES = 40 };

struct membership {
	struct group_filter filter;
	struct sockaddr_storage more[SOURCES];
	socklen_t length;
};

/* False: FD is no member. */
static bool read_membership(int fd, uint32_t interface, const struct address *group, struct membership *membership)
{
	memset(membership, 0, sizeof *membership);
	membership->filter.gf_interface = interface;
	membership->filter.gf_group = storage_of(group);
	membership->filter.gf_numsrc = SOURCES;
	membership->length = sizeof *membership;
	return getsockopt(fd, level_of(group), MCAST_MSFILTER, &membership->filter, &membership->length) == 0;
}

static void same_membership(int from, int to, uint32_t interface, const struct address *group)
{
	struct membership one, other;
	const struct sockaddr_storage *here = one.filter.gf_slist, *there = other.filter.gf_slist;

	assert_true(read_membership(from, interface, group, &one));
	assert_true(read_membership(to, interface, group, &other));
	assert_int_equal(one.filter.gf_fmode, other.filter.gf_fmode);
	assert_int_equal(one.filter.gf_numsrc, other.filter.gf_numsrc);
	for (uint32_t i = 0; i < one.filter.gf_numsrc; i++)
		assert_memory_equal(&here[i], &there[i], sizeof here[i]);
}

static void is_no_member(int fd, uint32_t interface, const struct address *group)
{
	struct membership membership;

	assert_false(read_membership(fd, interface, group, &membership));
}

/* Every group, on each link; those of others are not joined. */
static void plain_memberships(void **state)
{
	uint32_t links[2] = {LOOPBACK_INDEX, add_link("unit-memb")};
	struct address groups[] = {peer4("224.0.0.251", 0), peer4("239.255.0.7", 0), peer4("232.1.2.3", 0)};
	struct address others = peer4("239.255.0.8", 0);
	int from = new_datagram(AF_INET), to = new_datagram(AF_INET6), other = new_datagram(AF_INET);

	(void)state;
	if (links[1] == 0)
		print_message("# no second link on this kernel\n");
	assert_true(join(other, LOOPBACK_INDEX, &others));
	for (size_t link = 0; link < 2 && links[link] != 0; link++)
		for (size_t i = link; i < COUNT(groups); i++)
			assert_true(join(from, links[link], &groups[i]));
	assert_true(copy_memberships(from, to));
	for (size_t link = 0; link < 2 && links[link] != 0; link++) {
		for (size_t i = link; i < COUNT(groups); i++)
			same_membership(from, to, links[link], &groups[i]);
		is_no_member(to, links[link], &others);
	}
	if (links[1] != 0)
		is_no_member(to, links[1], &groups[0]);
	assert_int_equal(close(from) | close(to) | close(other), 0);
}

static void sources(void **state)
{
	struct address group = peer4("239.255.1.1", 0), blocked = peer4("239.255.1.2", 0),
		       other = peer4("239.255.1.3", 0);
	struct address source[] = {peer4("192.0.2.1", 0), peer4("192.0.2.2", 0), peer4("192.0.2.3", 0)};
	int from = new_datagram(AF_INET), to = new_datagram(AF_INET6), stranger = new_datagram(AF_INET);
	struct membership membership;

	(void)state;
	assert_true(join(from, LOOPBACK_INDEX, &blocked));
	for (size_t i = 0; i < COUNT(source); i++) {
		with_source(from, MCAST_JOIN_SOURCE_GROUP, &group, &source[i]);
		with_source(from, MCAST_BLOCK_SOURCE, &blocked, &source[i]);
	}
	with_source(stranger, MCAST_JOIN_SOURCE_GROUP, &other, &source[0]);
	assert_true(copy_memberships(from, to));
	same_membership(from, to, LOOPBACK_INDEX, &group);
	same_membership(from, to, LOOPBACK_INDEX, &blocked);
	is_no_member(to, LOOPBACK_INDEX, &other);
	assert_true(read_membership(to, LOOPBACK_INDEX, &group, &membership));
	assert_int_equal(membership.filter.gf_fmode, MCAST_INCLUDE);
	assert_int_equal(membership.filter.gf_numsrc, COUNT(source));
	assert_true(read_membership(to, LOOPBACK_INDEX, &blocked, &membership));
	assert_int_equal(membership.filter.gf_fmode, MCAST_EXCLUDE);
	assert_int_equal(close(from) | close(to) | close(stranger), 0);
}

/* Between two AF_INET6 sockets: those of IPv6 too, and only there. */
static void of_ipv6(void **state)
{
	struct address group = peer6("ff02::fb", 0, 0), filtered = peer6("ff05::7", 0, 0),
		       ipv4 = peer4("224.0.0.251", 0);
	struct address source = peer6("2001:db8::1", 0, 0);
	int from = new_datagram(AF_INET6), to = new_datagram(AF_INET6), plain = new_datagram(AF_INET);

	(void)state;
	assert_true(join(from, LOOPBACK_INDEX, &group) && join(from, LOOPBACK_INDEX, &ipv4));
	with_source(from, MCAST_JOIN_SOURCE_GROUP, &filtered, &source);
	assert_true(copy_memberships(from, to));
	same_membership(from, to, LOOPBACK_INDEX, &group);
	same_membership(from, to, LOOPBACK_INDEX, &filtered);
	same_membership(from, to, LOOPBACK_INDEX, &ipv4);
	assert_true(copy_memberships(from, plain));
	same_membership(from, plain, LOOPBACK_INDEX, &ipv4);
	assert_int_equal(close(from) | close(to) | close(plain), 0);
}

static bool raise_limit(const char *limit)
{
	FILE *file = fopen("/proc/sys/net/ipv4/igmp_max_msf", "w");
	bool raised = file != NULL && fputs(limit, file) >= 0;

	return file != NULL && fclose(file) == 0 && raised;
}

/* All that fit, and one more: then the socket is not swapped. */
static void more_sources_than_fit(void **state)
{
	enum { FIT = 16 };
	struct address group = peer4("239.255.2.1", 0);
	int from = new_datagram(AF_INET), first = new_datagram(AF_INET6), second = new_datagram(AF_INET6);

	(void)state;
	if (!raise_limit("64")) {
		print_message("# this user may not raise net.ipv4.igmp_max_msf\n");
		skip();
	}
	for (unsigned i = 1; i <= FIT + 1; i++) {
		struct address source;

		if (i == FIT + 1) {
			assert_true(copy_memberships(from, first));
			same_membership(from, first, LOOPBACK_INDEX, &group);
		}
		address_set_in(&source, htonl(0xc0000200 + i), 0);
		with_source(from, MCAST_JOIN_SOURCE_GROUP, &group, &source);
	}
	assert_false(copy_memberships(from, second));
	assert_int_equal(errno, E2BIG);
	assert_int_equal(close(from) | close(first) | close(second), 0);
}

/* The kernel's refusal is the reason that is told. */
static void refused_membership(void **state)
{
	struct address group = peer4("239.255.3.1", 0);
	int from = new_datagram(AF_INET), to = new_datagram(AF_INET6);

	(void)state;
	/* TO is a member already: it cannot join again. */
	assert_true(join(from, LOOPBACK_INDEX, &group) && join(to, LOOPBACK_INDEX, &group));
	assert_false(copy_memberships(from, to));
	assert_int_equal(errno, EADDRINUSE);
	close(from);
	close(to);
}

static void other_sockets(void **state)
{
	int stream = new_socket(AF_INET), other = new_socket(AF_INET6), local = socket(AF_UNIX, SOCK_DGRAM, 0);

	(void)state;
	assert_true(copy_memberships(stream, other));
	assert_false(copy_memberships(local, other));
	assert_false(copy_memberships(-1, other));
	assert_int_equal(close(stream) | close(other) | close(local), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(plain_memberships),
	    cmocka_unit_test(sources),
	    cmocka_unit_test(of_ipv6),
	    cmocka_unit_test(more_sources_than_fit),
	    cmocka_unit_test(refused_membership),
	    cmocka_unit_test(other_sockets),
	};

	return cmocka_run_group_tests_name("memberships", tests, private_network, NULL);
}
