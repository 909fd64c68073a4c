/* SPDX-License-Identifier: MIT */
/* The mark: kept by the kernel on a socket and on what it accepts. */
#define _GNU_SOURCE
#include "sockets.h"
#include "socks.h"

#include "calls/sockopt.h"
#include "socket/mark.h"

#include <errno.h>
#include <linux/in6.h>
#include <stdlib.h>

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

static const struct {
	enum mark mark;
	int shown;
} marks[] = {{MARK_CONVERTED, 1}, {MARK_PROMOTED, 1}, {MARK_MAPPED, 0}, {MARK_WIDENED, 0}};

static int new_datagram(int family)
{
	int fd = socket(family, SOCK_DGRAM, 0);

	assert_true(fd >= 0);
	return fd;
}

static int new_dual(int protocol)
{
	int fd = socket(AF_INET6, SOCK_STREAM, protocol);

	if (fd >= 0)
		set_int_option(fd, IPPROTO_IPV6, IPV6_V6ONLY, 0);
	return fd;
}

/* The same of UDP: where else it is bound is written elsewhere. */
static void datagrams(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(marks); i++) {
		int fd = new_datagram(AF_INET6), copy = dup(fd);

		assert_int_equal(mark_get(fd), MARK_NONE);
		assert_int_equal(mark_shown_datagram(fd), 0);
		assert_true(set_mark(fd, marks[i].mark));
		assert_int_equal(mark_get(copy), marks[i].mark);
		assert_int_equal(mark_shown(copy), marks[i].shown);
		assert_int_equal(mark_shown_datagram(copy), marks[i].shown);
		/* Multicast as it was: a UDP socket may have use for it. */
		assert_int_equal(int_option(fd, IPPROTO_IP, IP_MULTICAST_LOOP), 1);
		assert_true(mark_show(copy, !marks[i].shown));
		assert_int_equal(mark_shown_datagram(fd), !marks[i].shown);
		close(fd);
		close(copy);
	}
}

static void linger(int fd, int on, int seconds)
{
	struct linger linger = {on, seconds};

	assert_int_equal(setsockopt(fd, SOL_SOCKET, SO_LINGER, &linger, sizeof linger), 0);
}

/* A socket of the program's own that has the option is no widened one of TCP,
 * and one of TCP that lingered once no promoted one. */
static void each_protocol_has_its_own(void **state)
{
	int datagram = new_datagram(AF_INET6), stream = new_socket(AF_INET6);

	(void)state;
	set_int_option(datagram, IPPROTO_IP, IP_MULTICAST_LOOP, 0);
	set_int_option(datagram, SOL_SOCKET, SO_NO_CHECK, 1);
	linger(stream, 1, 3);
	linger(stream, 0, 3);
	linger(datagram, 1, 3);
	linger(datagram, 0, 3);
	assert_int_equal(mark_get(datagram), MARK_NONE);
	assert_int_equal(mark_get(stream), MARK_NONE);
	assert_false(mark_lingers(datagram) || mark_lingers(stream));
	close(datagram);
	close(stream);
}

/* What the program does with SO_LINGER, which means nothing to UDP, and what it is told. */
static void lingering(void **state)
{
	static const struct linger wanted[] = {{1, 5}, {0, 5}, {0, 0}};
	int fd = new_datagram(AF_INET6), plain = new_datagram(AF_INET6);

	(void)state;
	assert_true(set_mark(fd, MARK_PROMOTED));
	for (size_t i = 0; i < COUNT(wanted); i++)
		for (int marked = 0; marked < 2; marked++) {
			struct linger told = {9, 9};
			socklen_t length = sizeof told;
			int at = marked ? fd : plain;

			assert_int_equal(
			    call_setsockopt(at, SOL_SOCKET, SO_LINGER, &wanted[i], sizeof wanted[i], setsockopt),
			    0);
			assert_int_equal(call_getsockopt(at, SOL_SOCKET, SO_LINGER, &told, &length, getsockopt), 0);
			assert_int_equal(told.l_onoff, marked ? 0 : wanted[i].l_onoff);
			assert_int_equal(told.l_linger, marked ? 0 : 5);
		}
	assert_int_equal(call_setsockopt(fd, SOL_SOCKET, SO_LINGER, &wanted[0], 4, setsockopt), -1);
	assert_int_equal(mark_get(fd), MARK_PROMOTED);
	close(fd);
	close(plain);
}

/* What the program does with IP_MULTICAST_LOOP, which means nothing to TCP: the mark stays, and a
 * socket of the program's own gets none. */
static void looping(void **state)
{
	(void)state;
	for (int value = 0; value < 2; value++) {
		int own[] = {new_socket(AF_INET6), new_socket(AF_INET)};
		int datagram = new_datagram(AF_INET);

		for (size_t i = 0; i < COUNT(marks); i++) {
			int fd = new_dual(0);

			assert_true(set_mark(fd, marks[i].mark));
			assert_int_equal(
			    call_setsockopt(fd, IPPROTO_IP, IP_MULTICAST_LOOP, &value, sizeof value, setsockopt),
			    0);
			assert_int_equal(mark_get(fd), marks[i].mark);
			assert_false(is_kept(fd));
			close(fd);
		}
		for (size_t i = 0; i < COUNT(own); i++) {
			assert_int_equal(
			    call_setsockopt(own[i], IPPROTO_IP, IP_MULTICAST_LOOP, &value, 1, setsockopt), 0);
			assert_int_equal(mark_get(own[i]), MARK_NONE);
			assert_false(is_kept(own[i]));
			assert_int_equal(
			    call_setsockopt(own[i], IPPROTO_IP, IP_MULTICAST_LOOP, &value, 0, setsockopt), -1);
			assert_int_equal(errno, EINVAL);
			close(own[i]);
		}
		call_setsockopt(datagram, IPPROTO_IP, IP_MULTICAST_LOOP, &value, sizeof value, setsockopt);
		assert_int_equal(int_option(datagram, IPPROTO_IP, IP_MULTICAST_LOOP), value);
		close(datagram);
	}
}

/* -1 for whatever is no AF_INET6 socket, accepted connections as mark_shown. */
static void shown_as_ipv4(void **state)
{
	int others[] = {new_datagram(AF_INET), new_datagram(AF_UNIX), new_socket(AF_INET), -1};
	int stream = new_dual(0);

	(void)state;
	for (size_t i = 0; i < COUNT(others); i++) {
		assert_int_equal(mark_shown_datagram(others[i]), -1);
		if (others[i] >= 0)
			close(others[i]);
	}
	assert_int_equal(mark_shown_datagram(stream), 0);
	assert_true(set_mark(stream, MARK_CONVERTED));
	assert_int_equal(mark_shown_datagram(stream), 1);
	close(stream);
}

static void unmarked(void **state)
{
	int in6 = new_socket(AF_INET6), in = new_socket(AF_INET), local = new_socket(AF_UNIX);

	(void)state;
	assert_int_equal(mark_get(in6), MARK_NONE);
	assert_int_equal(mark_shown(in6), 0);
	assert_int_equal(mark_shown(in), -1);
	assert_int_equal(mark_shown(local), -1);
	assert_int_equal(mark_shown(-1), -1);
	assert_int_equal(mark_get(in), MARK_NONE);
	assert_int_equal(mark_get(local), MARK_NONE);
	assert_false(set_mark(in, MARK_CONVERTED));
	assert_false(set_mark(local, MARK_PROMOTED));
	assert_false(set_mark(-1, MARK_WIDENED));
	assert_int_equal(close(in6) | close(in) | close(local), 0);
}

static void set_and_get(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(marks); i++) {
		int fd = new_dual(0), copy = dup(fd);

		assert_true(set_mark(fd, marks[i].mark));
		assert_int_equal(mark_get(fd), marks[i].mark);
		assert_int_equal(mark_get(copy), marks[i].mark);
		assert_int_equal(mark_shown(copy), marks[i].shown);
		assert_true(mark_show(copy, !marks[i].shown));
		assert_int_equal(mark_shown(fd), !marks[i].shown);
		close(fd);
		close(copy);
	}
}

/* What LISTENER accepts from a client of FAMILY over PROTOCOL. */
static int accept_from(int listener, int family, int protocol)
{
	struct sockaddr_storage to;
	socklen_t length = fill_address(&to, family, true, port_of(listener));
	int client = socket(family, SOCK_STREAM, protocol), fd;

	assert_int_equal(connect(client, (struct sockaddr *)&to, length), 0);
	assert_true(is_readable(listener, WAIT_MS));
	fd = accept(listener, NULL, NULL);
	assert_true(fd >= 0);
	close(client);
	return fd;
}

static void check_inherited(int protocol)
{
	/* MPTCP has no room for more than one bit. */
	for (size_t i = 0; i < (protocol == 0 ? COUNT(marks) : 1); i++) {
		int listener = new_dual(protocol);

		assert_int_equal(try_bind(listener, AF_INET6, 0), 0);
		if (i % 2)
			assert_int_equal(listen(listener, 5), 0);
		assert_true(set_mark(listener, marks[i].mark));
		if (!(i % 2))
			assert_int_equal(listen(listener, 5), 0);
		for (int family = 0; family < 2; family++) {
			int fd = accept_from(listener, family ? AF_INET6 : AF_INET, protocol);

			assert_int_equal(domain_of(fd), AF_INET6);
			assert_int_equal(mark_shown(fd), marks[i].shown);
			close(fd);
		}
		assert_int_equal(mark_get(listener), marks[i].mark);
		close(listener);
	}
}

static void inherited(void **state)
{
	(void)state;
	check_inherited(0);
}

static void inherited_over_mptcp(void **state)
{
	int fd;

	(void)state;
	if (lacks_mptcp())
		skip();
	fd = new_dual(IPPROTO_MPTCP);
	assert_int_equal(mark_get(fd), MARK_NONE);
	assert_false(set_mark(fd, MARK_PROMOTED));
	assert_false(set_mark(fd, MARK_WIDENED));
	close(fd);
	check_inherited(IPPROTO_MPTCP);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(unmarked),
	    cmocka_unit_test(set_and_get),
	    cmocka_unit_test(inherited),
	    cmocka_unit_test(inherited_over_mptcp),
	    cmocka_unit_test(datagrams),
	    cmocka_unit_test(lingering),
	    cmocka_unit_test(each_protocol_has_its_own),
	    cmocka_unit_test(shown_as_ipv4),
	    cmocka_unit_test(looping),
	};

	setenv("DUALBIND_ALLOW", "*/any", 1);
	return cmocka_run_group_tests_name("mark", tests, private_network, NULL);
}
