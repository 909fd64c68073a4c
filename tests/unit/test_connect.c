/* SPDX-License-Identifier: MIT */
/* connect, to an address that the program was shown and to others. */
#define _GNU_SOURCE
#include "datagrams.h"
#include "socks.h"

#include "calls/connect.h"
#include "peers/loopback.h"
#include "peers/mapper.h"

static const struct settings *settings;
static struct settings native;
static const char own_address[] = "fd00:db::1";
static bool has_address;

static int start(void **state)
{
	/* Read once per process. */
	setenv("DUALBIND_ALLOW", "*/any", 1);
	setenv("DUALBIND_LOG", "off", 1);
	settings = settings_get();
	assert_non_null(settings);
	native = *settings;
	native.native_peers = true;
	private_network(state);
	has_address = add_address6(own_address);
	return 0;
}

static struct address show(const struct address *real)
{
	return shown_as(&settings->pool, real);
}

static enum route connection(const struct settings *which, int fd, const struct address *given, struct address *to)
{
	return connect_destination(which, fd, &given->any, given->length, to);
}

static void expect_connection(int fd, const struct address *given, const struct address *real)
{
	struct address to;

	if (real == NULL) {
		assert_int_equal(connection(settings, fd, given, &to), ROUTE_NATIVE);
		return;
	}
	assert_int_equal(connection(settings, fd, given, &to), ROUTE_REAL);
	assert_true(same_address(&to, real));
}

static void datagram_connections(void **state)
{
	struct address real = peer6("fe80::7", 2, 1053), given = show(&real), ipv4 = peer4("192.0.2.1", 53);
	struct address nobody = peer4("247.2.2.2", 53), own6 = peer6("::1", 0, 53), to;
	int marked = marked_datagram(0), plain = new_datagram(AF_INET), in6 = new_datagram(AF_INET6);

	(void)state;
	expect_connection(marked, &given, &real);
	expect_connection(marked, &ipv4, NULL);
	assert_int_equal(connection(settings, marked, &nobody, &to), ROUTE_NONE);
	assert_int_equal(errno, ENETUNREACH);
	assert_int_equal(connection(settings, marked, &own6, &to), ROUTE_NONE);
	assert_int_equal(errno, EAFNOSUPPORT);
	assert_int_equal(connection(&native, marked, &own6, &to), ROUTE_NATIVE);
	expect_connection(in6, &own6, NULL);
	expect_connection(plain, &own6, NULL);
	expect_connection(plain, &ipv4, NULL);
	expect_connection(plain, &nobody, NULL);
	assert_int_equal(domain_of(plain), AF_INET);
	expect_connection(plain, &given, &real);
	assert_int_equal(domain_of(plain), AF_INET6);
	assert_int_equal(mark_get(plain), MARK_CONVERTED);
	given.any.sa_family = AF_UNSPEC;
	expect_connection(marked, &given, NULL);
	assert_int_equal(close(marked) | close(plain) | close(in6), 0);
}

/* No socket of ours sends to an address of the pool that was never shown. */
static void nobodys_address(void **state)
{
	struct address nobody = peer4("247.2.2.2", 53), to;
	int marked = new_socket(AF_INET6), plain = new_socket(AF_INET);

	(void)state;
	assert_true(set_mark(marked, MARK_CONVERTED));
	assert_int_equal(connection(settings, marked, &nobody, &to), ROUTE_NONE);
	assert_int_equal(errno, ENETUNREACH);
	expect_connection(plain, &nobody, NULL); /* it may be an address of the network */
	close(marked);
	close(plain);
}

/* Bound to an IPv4 address it reaches no IPv6 peer. */
static void bound_to_ipv4(void **state)
{
	struct address real = peer6("2001:db8::7", 0, 53), given = show(&real), local = peer4("127.0.0.1", 0), to;
	int fd = bound_datagram(&local);

	(void)state;
	assert_int_equal(connection(settings, fd, &given, &to), ROUTE_NONE);
	assert_int_equal(errno, ENETUNREACH);
	assert_int_equal(domain_of(fd), AF_INET);
	close(fd);
}

static void loopback_connections(void **state)
{
	uint16_t port = free_port();
	struct address given = peer4("127.0.0.1", port), real = peer6("::1", 0, port),
		       elsewhere = peer4("127.0.0.2", 0);
	int marked = marked_datagram(0), plain = new_datagram(AF_INET), bound = bound_datagram(&elsewhere);

	(void)state;
	expect_connection(marked, &given, NULL);
	expect_connection(plain, &given, NULL);
	assert_true(loopback_heard_ipv6(port));
	expect_connection(marked, &given, &real);
	expect_connection(plain, &given, &real);
	assert_int_equal(domain_of(plain), AF_INET6);
	/* What cannot reach ::1 means the other one. */
	expect_connection(bound, &given, NULL);
	assert_int_equal(domain_of(bound), AF_INET);
	loopback_heard_ipv4(port);
	expect_connection(marked, &given, NULL);
	assert_int_equal(close(marked) | close(plain) | close(bound), 0);
}

/* A converted TCP socket takes IPv4 addresses in IPv6's form alone. */
static void stream_connections(void **state)
{
	struct address real = peer6("2001:db8::7", 0, 80), given = show(&real), ipv4 = peer4("192.0.2.1", 80);
	struct address mapped = ipv4, nobody = peer4("247.2.2.2", 80);
	int marked = new_socket(AF_INET6), plain = new_socket(AF_INET), in6 = new_socket(AF_INET6);

	(void)state;
	assert_true(set_mark(marked, MARK_CONVERTED));
	address_map(&mapped);
	expect_connection(marked, &given, &real);
	expect_connection(marked, &ipv4, &mapped);
	expect_connection(in6, &ipv4, NULL);
	expect_connection(plain, &ipv4, NULL);
	expect_connection(plain, &nobody, NULL);
	assert_int_equal(domain_of(plain), AF_INET);
	expect_connection(plain, &given, &real);
	assert_int_equal(domain_of(plain), AF_INET6);
	assert_int_equal(close(marked) | close(plain) | close(in6), 0);
}

static struct {
	int calls;
	const struct sockaddr *address;
	socklen_t length;
	struct address copy;
} seen;

static int count_connect(int fd, const struct sockaddr *address, socklen_t length)
{
	seen.calls++;
	seen.address = address;
	seen.length = length;
	if (address != NULL && length <= sizeof seen.copy.in6) {
		memcpy(&seen.copy.in6, address, length);
		seen.copy.length = length;
	}
	return connect(fd, address, length);
}

static int connect_to_address(int fd, const struct address *to)
{
	seen.calls = 0;
	return call_connect(fd, &to->any, to->length, count_connect);
}

/* A new socket, as a server's for one client. */
static void to_a_client(void **state)
{
	struct address client = peer6(own_address, 0, 0), given, local;
	int fd = new_datagram(AF_INET), receiver;

	(void)state;
	if (!has_address) {
		print_message("# this user may add no address\n");
		close(fd);
		skip();
	}
	receiver = bound_datagram(&client);
	local_name(receiver, &client);
	given = show(&client);
	assert_int_equal(connect_to_address(fd, &given), 0);
	assert_int_equal(seen.calls, 1);
	assert_true(same_address(&seen.copy, &client));
	assert_int_equal(send(fd, "x", 1, 0), 1);
	assert_true(is_readable(receiver, WAIT_MS));
	local_name(fd, &local);
	assert_int_equal(local.any.sa_family, AF_INET6);
	close(receiver);
	close(fd);
}

/* What stands for itself goes to the kernel by the same pointer, once. */
static void as_they_are(void **state)
{
	struct address ipv4 = peer4("127.0.0.1", 9), ipv6 = peer6("::1", 0, 9);
	int fds[] = {new_datagram(AF_INET), new_datagram(AF_INET6), marked_datagram(0)};

	(void)state;
	for (size_t i = 0; i < COUNT(fds); i++) {
		assert_int_equal(connect_to_address(fds[i], &ipv4), 0);
		assert_int_equal(seen.calls, 1);
		assert_ptr_equal(seen.address, &ipv4.any);
		assert_int_equal(seen.length, ipv4.length);
		ipv4.length = 3;
		assert_int_equal(connect_to_address(fds[i], &ipv4), -1);
		assert_int_equal(errno, EINVAL);
		assert_int_equal(seen.calls, 1);
		ipv4.length = sizeof ipv4.in;
		assert_int_equal(call_connect(fds[i], NULL, 16, count_connect), -1);
		assert_int_equal(errno, EFAULT);
		close(fds[i]);
	}
	fds[0] = new_datagram(AF_INET6);
	assert_int_equal(connect_to_address(fds[0], &ipv6), 0);
	assert_ptr_equal(seen.address, &ipv6.any);
	close(fds[0]);
}

/* The kernel is told in IPv6's form what it refuses in IPv4's. */
static void a_marked_stream(void **state)
{
	int listener = new_socket(AF_INET), marked = new_socket(AF_INET6), plain = new_socket(AF_INET), own;
	struct address to, mapped;

	(void)state;
	assert_int_equal(try_bind(listener, AF_INET, 0) | listen(listener, 5), 0);
	assert_true(set_mark(marked, MARK_CONVERTED));
	to = mapped = peer4("127.0.0.1", port_of(listener));
	address_map(&mapped);
	assert_int_equal(connect_to_address(plain, &to), 0);
	assert_int_equal(seen.calls, 1);
	assert_int_equal(connect_to_address(marked, &to), 0);
	assert_true(same_address(&seen.copy, &mapped));
	/* On a socket of its own the program sees the native error. */
	own = new_socket(AF_INET6);
	assert_int_equal(connect_to_address(own, &to), -1);
	assert_true(errno == EAFNOSUPPORT || errno == EINVAL);
	assert_int_equal(seen.calls, 1);
	assert_int_equal(close(listener) | close(marked) | close(plain) | close(own), 0);
}

/* Refused before the kernel hears of it. */
static void to_nobody(void **state)
{
	struct address nobody = peer4("247.2.2.2", 53), ipv6 = peer6("::1", 0, 53);
	int marked = marked_datagram(0);

	(void)state;
	assert_int_equal(connect_to_address(marked, &nobody), -1);
	assert_int_equal(errno, ENETUNREACH);
	assert_int_equal(seen.calls, 0);
	assert_int_equal(connect_to_address(marked, &ipv6), -1);
	assert_int_equal(errno, EAFNOSUPPORT);
	assert_int_equal(seen.calls, 0);
	close(marked);
}

/* The peer of a converted socket may change as on an AF_INET one: to another
 * family, to none, and back; and it receives from the peers that it should. */
static void from_peer_to_peer(void **state)
{
	static const int peers[] = {0, 1, 0, -1, 1, 1, -1, -1, 0, 0, 1, 0}; /* which of the clients; -1: none */
	uint16_t port = free_port();
	int marked = marked_datagram(port), client[2];
	struct address given[2], nobody = {.any.sa_family = AF_UNSPEC, .length = sizeof nobody.in};

	(void)state;
	for (int i = 0; i < 2; i++) {
		struct address own = i ? peer6("::1", 0, 0) : peer4("127.0.0.1", 0);
		struct address to = i ? peer6("::1", 0, port) : peer4("127.0.0.1", port);

		client[i] = bound_datagram(&own);
		local_name(client[i], &own);
		given[i] = peer4("127.0.0.1", address_port(&own));
		assert_int_equal(connect(client[i], &to.any, to.length), 0);
	}
	assert_true(loopback_heard_ipv6(address_port(&given[1])));
	for (size_t step = 0; step < COUNT(peers); step++) {
		int peer = peers[step];

		if (connect_to_address(marked, peer < 0 ? &nobody : &given[peer]) != 0)
			fail_msg("step %zu: errno %d", step, errno);
		assert_int_equal(port_of(marked), port);
		for (int i = 0; i < 2; i++) {
			char byte;

			/* What others send to a connected socket is refused. */
			send(client[i], "x", 1, 0);
			if (is_readable(marked, 20) != (peer < 0 || peer == i))
				fail_msg("step %zu: client %d", step, i);
			while (recv(marked, &byte, 1, MSG_DONTWAIT) == 1)
				;
			recv(client[i], &byte, 1, MSG_DONTWAIT);
		}
	}
	assert_int_equal(mark_get(marked), MARK_CONVERTED);
	assert_int_equal(close(marked) | close(client[0]) | close(client[1]), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(datagram_connections),
	    cmocka_unit_test(bound_to_ipv4),
	    cmocka_unit_test(nobodys_address),
	    cmocka_unit_test(loopback_connections),
	    cmocka_unit_test(stream_connections),
	    cmocka_unit_test(to_a_client),
	    cmocka_unit_test(as_they_are),
	    cmocka_unit_test(a_marked_stream),
	    cmocka_unit_test(to_nobody),
	    cmocka_unit_test(from_peer_to_peer),
	};

	return cmocka_run_group_tests_name("connect", tests, start, NULL);
}
