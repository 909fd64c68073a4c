/* SPDX-License-Identifier: MIT */
/* Where a datagram goes, by the address that the program gives. */
#define _GNU_SOURCE
#include "datagrams.h"

#include "calls/destination.h"
#include "peers/loopback.h"
#include "peers/mapper.h"
#include "peers/show.h"

static const struct settings *settings;
static struct settings native;

static int start(void **state)
{
	/* Read once per process. */
	setenv("DUALBIND_ALLOW", "*/any", 1);
	setenv("DUALBIND_LOG", "off", 1);
	settings = settings_get();
	assert_non_null(settings);
	native = *settings;
	native.native_peers = true;
	return private_network(state);
}

static struct address show(const char *text, uint32_t scope, uint16_t port)
{
	struct address real = peer6(text, scope, port);

	return shown_as(&settings->pool, &real);
}

/* A synthetic address that was never shown. */
static struct address stranger(uint16_t port)
{
	struct address address = peer4("247.1.2.3", port), real;

	assert_false(mapper_find(&address, &real));
	return address;
}

/* *TO is the caller's stack: whatever lay there means nothing. */
static enum route destination(const struct settings *which, int fd, const struct address *given, struct address *to)
{
	struct address before = show("2001:db8::bad", 0, 666);
	enum route route;

	*to = before;
	route = destination_of(which, fd, &given->any, given->length, to);
	if (route == ROUTE_NONE)
		assert_int_equal(errno, ENETUNREACH);
	return route;
}

static void expect_route(const struct settings *which, int fd, const struct address *given, enum route route,
			 const struct address *real)
{
	struct address to;
	enum route got = destination(which, fd, given, &to);

	if (got != route)
		fail_msg("route %d, not %d", (int)got, (int)route);
	if (route == ROUTE_REAL)
		assert_true(same_address(&to, real));
}

/* From whatever socket: that it is an AF_INET one the kernel says at once. */
static void shown_addresses(void **state)
{
	int fds[] = {marked_datagram(0), new_datagram(AF_INET), new_datagram(AF_INET6), new_socket(AF_INET)};
	struct address real = peer6("fe80::5", 3, 1053), given = show("fe80::5", 3, 1053);

	(void)state;
	for (size_t i = 0; i < COUNT(fds); i++) {
		expect_route(settings, fds[i], &given, ROUTE_REAL, &real);
		expect_route(&native, fds[i], &given, ROUTE_REAL, &real);
		close(fds[i]);
	}
}

static void ipv4_addresses(void **state)
{
	static const char *const texts[] = {"192.0.2.1", "127.0.0.1", "0.0.0.0", "255.255.255.255", "224.0.0.1"};
	int marked = marked_datagram(0), plain = new_datagram(AF_INET);

	(void)state;
	for (size_t i = 0; i < COUNT(texts); i++) {
		struct address given = peer4(texts[i], 53);

		/* The last of 240.0.0.0/4 is the broadcast address. */
		if (strcmp(texts[i], "255.255.255.255") != 0)
			expect_route(settings, marked, &given, ROUTE_NATIVE, NULL);
		expect_route(settings, plain, &given, ROUTE_NATIVE, NULL);
	}
	close(marked);
	close(plain);
}

/* A broadcast address is no client's synthetic address. */
static void broadcast(void **state)
{
	struct address given = peer4("255.255.255.255", 53);
	int marked = marked_datagram(0);

	(void)state;
	expect_route(settings, marked, &given, ROUTE_NATIVE, NULL);
	close(marked);
}

/* An address that is no client's is unreachable on a socket of ours, and natively routed on
 * another one. */
static void never_shown(void **state)
{
	struct address given = stranger(53), claimed = peer4("247.1.2.4", 53);
	int marked = marked_datagram(0), plain = new_datagram(AF_INET), own = new_datagram(AF_INET6);

	(void)state;
	expect_route(settings, marked, &given, ROUTE_NONE, NULL);
	expect_route(settings, plain, &given, ROUTE_NATIVE, NULL);
	expect_route(settings, own, &given, ROUTE_NATIVE, NULL);
	expect_route(settings, -1, &given, ROUTE_NATIVE, NULL);
	/* No address is shown there: it is just an address. */
	expect_route(&native, marked, &given, ROUTE_NATIVE, NULL);
	/* An IPv4 peer's own, which was heard from. */
	expect_route(settings, marked, &claimed, ROUTE_NONE, NULL);
	mapper_claim(&claimed);
	expect_route(settings, marked, &claimed, ROUTE_NATIVE, NULL);
	/* What a connection from :: is shown as: Linux would send it to ::1. */
	given = show("::", 0, 53);
	expect_route(settings, marked, &given, ROUTE_NONE, NULL);
	assert_int_equal(close(marked) | close(plain) | close(own), 0);
}

/* It means the peer from which was received last, and ::1 only while no socket has the address. For
 * another socket than ours, which has received from none, that is asked in any case; for ours
 * once in a second. */
static void loopback(void **state)
{
	uint16_t port = free_port();
	struct address given = peer4("127.0.0.1", port), real = peer6("::1", 0, port);
	struct address other = peer4("127.0.0.1", (uint16_t)(port ^ 1)), near = peer4("127.0.0.2", port), own;
	int marked = marked_datagram(0), plain = new_datagram(AF_INET), at_loopback, holder;

	(void)state;
	own = peer4("127.0.0.1", 0);
	at_loopback = bound_datagram(&own);
	expect_route(settings, marked, &given, ROUTE_NATIVE, NULL);
	expect_route(settings, plain, &given, ROUTE_NATIVE, NULL);
	assert_true(loopback_heard_ipv6(port));
	expect_route(settings, marked, &given, ROUTE_REAL, &real);
	expect_route(settings, plain, &given, ROUTE_REAL, &real);
	expect_route(settings, at_loopback, &given, ROUTE_REAL, &real);
	expect_route(settings, marked, &other, ROUTE_NATIVE, NULL);
	expect_route(settings, marked, &near, ROUTE_NATIVE, NULL);
	holder = bound_datagram(&given);
	expect_route(settings, plain, &given, ROUTE_NATIVE, NULL);
	expect_route(settings, marked, &given, ROUTE_NATIVE, NULL);
	expect_route(settings, at_loopback, &given, ROUTE_NATIVE, NULL);
	loopback_heard_ipv4(port);
	expect_route(settings, marked, &given, ROUTE_NATIVE, NULL);
	assert_int_equal(close(marked) | close(plain) | close(at_loopback) | close(holder), 0);
}

/* AF_UNSPEC counts as AF_INET on an AF_INET socket, and so on one of ours. */
static void unspecified_family(void **state)
{
	struct address given = peer4("192.0.2.1", 53), expected = given, shown = show("2001:db8::7", 0, 53);
	struct address real = peer6("2001:db8::7", 0, 53), nobody = stranger(53);
	int marked = marked_datagram(0), plain = new_datagram(AF_INET), own = new_datagram(AF_INET6);

	(void)state;
	given.any.sa_family = shown.any.sa_family = nobody.any.sa_family = AF_UNSPEC;
	expect_route(settings, marked, &given, ROUTE_REAL, &expected);
	expect_route(settings, marked, &shown, ROUTE_REAL, &real);
	expect_route(settings, marked, &nobody, ROUTE_NONE, NULL);
	expect_route(settings, plain, &given, ROUTE_NATIVE, NULL);
	expect_route(settings, own, &given, ROUTE_NATIVE, NULL);
	assert_int_equal(close(marked) | close(plain) | close(own), 0);
}

/* What the kernel refuses, or takes in its own way, is its affair. */
static void other_lengths_and_families(void **state)
{
	struct address shown = show("2001:db8::8", 0, 53), in6 = peer6("2001:db8::8", 0, 53), local = shown, to;
	int marked = marked_datagram(0);

	(void)state;
	local.any.sa_family = AF_UNIX;
	expect_route(settings, marked, &local, ROUTE_NATIVE, NULL);
	expect_route(settings, marked, &in6, ROUTE_NATIVE, NULL);
	for (socklen_t length = 0; length < sizeof shown.in; length++) {
		struct address given = shown;

		given.length = length;
		expect_route(settings, marked, &given, ROUTE_NATIVE, NULL);
		/* AF_UNSPEC, with the length as it was. */
		given.any.sa_family = AF_UNSPEC;
		if (destination(settings, marked, &given, &to) == ROUTE_REAL) {
			assert_in_range(length, sizeof(sa_family_t), sizeof shown.in - 1);
			assert_int_equal(to.length, length);
			assert_int_equal(to.any.sa_family, AF_INET);
		} else {
			assert_in_range(length, 0, sizeof(sa_family_t) - 1);
		}
	}
	shown.length = sizeof shown.in6;
	expect_route(settings, marked, &shown, ROUTE_REAL, &in6);
	close(marked);
}

/* Longer than any address: the kernel says so. */
static void too_long(void **state)
{
	struct {
		struct address shown;
		unsigned char more[128];
	} given = {.shown = show("2001:db8::9", 0, 53)};
	struct address to;
	int marked = marked_datagram(0);

	(void)state;
	assert_int_equal(destination_of(settings, marked, &given.shown.any, 128, &to), ROUTE_REAL);
	assert_int_equal(destination_of(settings, marked, &given.shown.any, 129, &to), ROUTE_NATIVE);
	close(marked);
}

static void which_stand_for_whom(void **state)
{
	struct address shown = show("fe80::9", 2, 53), expected = peer6("fe80::9", 2, 53), real,
		       nobody = stranger(53);
	struct address claimed = peer4("247.1.2.5", 53), outside = peer4("192.0.2.1", 53), in6 = expected;

	(void)state;
	assert_true(shown_ipv6(settings, &shown, &real));
	assert_true(same_address(&real, &expected));
	mapper_claim(&claimed);
	assert_false(shown_ipv6(settings, &claimed, &real));
	assert_false(shown_ipv6(settings, &nobody, &real));
	assert_false(shown_ipv6(settings, &outside, &real));
	assert_false(shown_ipv6(settings, &in6, &real));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(shown_addresses),
	    cmocka_unit_test(ipv4_addresses),
	    cmocka_unit_test(broadcast),
	    cmocka_unit_test(never_shown),
	    cmocka_unit_test(loopback),
	    cmocka_unit_test(unspecified_family),
	    cmocka_unit_test(other_lengths_and_families),
	    cmocka_unit_test(too_long),
	    cmocka_unit_test(which_stand_for_whom),
	};

	return cmocka_run_group_tests_name("destination", tests, start, NULL);
}
