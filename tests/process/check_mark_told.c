/* SPDX-License-Identifier: MIT */
/* The options by which `dualbind ps` knows a converted socket (mark_told.h): the program sees what it has set itself,
 * before bind(2) and after, on what is accepted, and on a socket that has yielded; and they change nothing. */
#define _GNU_SOURCE
#include "preloaded.h"
#include "base/sys.h"

#include <errno.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifndef IPPROTO_MPTCP
#define IPPROTO_MPTCP 262
#endif
#ifndef IP_BIND_ADDRESS_NO_PORT
#define IP_BIND_ADDRESS_NO_PORT 24
#endif
#ifndef IP_RECVERR_RFC4884
#define IP_RECVERR_RFC4884 26
#endif
#ifndef IPV6_RECVERR_RFC4884
#define IPV6_RECVERR_RFC4884 31
#endif

enum { PORT = 8080, KINDS = 3 };

static const struct kind {
	int type, protocol, told; /* by which option */
} kinds[KINDS] = {
    {SOCK_STREAM, 0, IP_RECVERR_RFC4884},
    {SOCK_DGRAM, 0, IP_BIND_ADDRESS_NO_PORT},
    {SOCK_STREAM, IPPROTO_MPTCP, IP_BIND_ADDRESS_NO_PORT},
};

/* MPTCP has taken the option since Linux 6.8. */
static bool lacks_no_port_of_mptcp(void)
{
	int fd = socket(AF_INET6, SOCK_STREAM, IPPROTO_MPTCP);
	bool refused = setsockopt(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &(int){1}, sizeof(int)) != 0;

	close(fd);
	return lacks("IP_BIND_ADDRESS_NO_PORT of MPTCP", refused);
}

static bool is_lacking(const struct kind *kind)
{
	return kind->protocol == IPPROTO_MPTCP ? lacks_mptcp() || lacks_no_port_of_mptcp()
					       : lacks_option(IPPROTO_IP, IP_RECVERR_RFC4884, "IP_RECVERR_RFC4884");
}

static int option(int fd, int name)
{
	int value = 7;
	socklen_t length = sizeof value;

	ck_assert_int_eq(getsockopt(fd, IPPROTO_IP, name, &value, &length), 0);
	ck_assert_uint_eq(length, sizeof value);
	return value;
}

static void set(int fd, int name, int value)
{
	ck_assert_int_eq(setsockopt(fd, IPPROTO_IP, name, &value, sizeof value), 0);
}

static int new_socket(const struct kind *kind)
{
	int fd = socket(AF_INET, kind->type, kind->protocol);

	ck_assert_int_ge(fd, 0);
	return fd;
}

static void bind_to(int fd, uint32_t address, uint16_t port)
{
	struct sockaddr_in local = ipv4(address, port);

	ck_assert_int_eq(bind(fd, (struct sockaddr *)&local, sizeof local), 0);
}

static int port_of(int fd)
{
	struct sockaddr_in name;
	socklen_t length = sizeof name;

	ck_assert_int_eq(getsockname(fd, (struct sockaddr *)&name, &length), 0);
	return ntohs(name.sin_port);
}

/* A byte of it, too. */
static void check_no_port(int fd, int value)
{
	unsigned char byte = 7;
	socklen_t length = 1;

	ck_assert_int_eq(option(fd, IP_BIND_ADDRESS_NO_PORT), value);
	ck_assert_int_eq(getsockopt(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &byte, &length), 0);
	ck_assert_int_eq(byte, value);
}

START_TEST(what_is_set_before_and_after)
{
	const struct kind *kind = &kinds[_i / 2];
	int own = _i % 2, fd;

	if (is_lacking(kind))
		return;
	fd = new_socket(kind);
	set(fd, IP_BIND_ADDRESS_NO_PORT, own);
	bind_to(fd, INADDR_ANY, PORT);
	ck_assert_int_eq(kernel_option(fd, SOL_SOCKET, SO_DOMAIN), AF_INET6);
	ck_assert_int_eq(kernel_option(fd, IPPROTO_IP, kind->told), 1);
	check_no_port(fd, own);
	for (int value = 1; value >= 0; value--) {
		set(fd, IP_BIND_ADDRESS_NO_PORT, value);
		check_no_port(fd, value);
		ck_assert_int_eq(kernel_option(fd, IPPROTO_IP, kind->told), 1);
	}
	set(fd, IP_BIND_ADDRESS_NO_PORT, 1);
	ck_assert_int_eq(setsockopt(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, NULL, sizeof own), -1);
	ck_assert_int_eq(errno, EFAULT);
	check_no_port(fd, 1);
	ck_assert_int_eq(setsockopt(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &own, 0), 0);
	check_no_port(fd, 0);
	/* SO_LINGER, where that is noted, means nothing to UDP alone. */
	set(fd, IP_BIND_ADDRESS_NO_PORT, 1);
	if (kind->type == SOCK_STREAM) {
		struct linger linger = {1, 3}, told = {0, 0};
		socklen_t length = sizeof told;

		ck_assert_int_eq(setsockopt(fd, SOL_SOCKET, SO_LINGER, &linger, sizeof linger), 0);
		ck_assert_int_eq(getsockopt(fd, SOL_SOCKET, SO_LINGER, &told, &length), 0);
		ck_assert_mem_eq(&told, &linger, sizeof told);
	}
}
END_TEST

/* On TCP it reads as 0; on a UDP socket it does what the program wants. */
START_TEST(rfc4884)
{
	const struct kind *kind = &kinds[_i];
	int fd;

	if (is_lacking(kind))
		return;
	fd = new_socket(kind);
	bind_to(fd, INADDR_ANY, PORT);
	ck_assert_int_eq(option(fd, IP_RECVERR_RFC4884), 0);
	set(fd, IP_RECVERR_RFC4884, 1);
	ck_assert_int_eq(option(fd, IP_RECVERR_RFC4884), kind->type == SOCK_DGRAM);
	set(fd, IP_RECVERR_RFC4884, 0);
	ck_assert_int_eq(option(fd, IP_RECVERR_RFC4884), 0);
}
END_TEST

/* Of UDP, promoted: it is not to do anything, which it would beside IP_RECVERR. */
START_TEST(rfc4884_of_a_promoted_one)
{
	int fd;

	if (is_lacking(&kinds[1]))
		return;
	fd = new_socket(&kinds[1]);
	if (_i == 1)
		set(fd, IP_RECVERR, 1);
	bind_to(fd, INADDR_LOOPBACK, PORT);
	ck_assert_int_eq(kernel_option(fd, SOL_SOCKET, SO_DOMAIN), AF_INET6);
	ck_assert_int_eq(kernel_option(fd, IPPROTO_IP, IP_RECVERR_RFC4884), _i == 0);
	ck_assert_int_eq(option(fd, IP_RECVERR_RFC4884), 0);
	set(fd, IP_RECVERR, 1);
	ck_assert_int_eq(kernel_option(fd, IPPROTO_IP, IP_RECVERR_RFC4884), 0);
	set(fd, IP_RECVERR_RFC4884, 1);
	for (int errors = 0; errors < 2; errors++) {
		set(fd, IP_RECVERR, errors);
		ck_assert_int_eq(option(fd, IP_RECVERR_RFC4884), 1);
	}
	set(fd, IP_RECVERR_RFC4884, 0);
	ck_assert_int_eq(kernel_option(fd, IPPROTO_IP, IP_RECVERR_RFC4884), 0);
	set(fd, IP_RECVERR, 0);
	ck_assert_int_eq(kernel_option(fd, IPPROTO_IP, IP_RECVERR_RFC4884), 1);
	ck_assert_int_eq(option(fd, IP_RECVERR_RFC4884), 0);
}
END_TEST

/* It is set before bind(2), with IP_RECVERR or without, and is carried over; also back, when the socket yields. */
START_TEST(rfc4884_that_is_promoted)
{
	struct sockaddr_in6 local = ipv6(in6addr_any, PORT);
	int fd, six;

	if (is_lacking(&kinds[1]))
		return;
	fd = new_socket(&kinds[1]);
	set(fd, IP_RECVERR, _i);
	set(fd, IP_RECVERR_RFC4884, 1);
	bind_to(fd, INADDR_LOOPBACK, PORT);
	ck_assert_int_eq(kernel_option(fd, SOL_SOCKET, SO_DOMAIN), AF_INET6);
	ck_assert_int_eq(option(fd, IP_RECVERR_RFC4884), 1);
	ck_assert_int_eq(kernel_option(fd, IPPROTO_IP, IP_RECVERR_RFC4884), 1);
	ck_assert_int_eq(kernel_option(fd, IPPROTO_IPV6, IPV6_RECVERR_RFC4884), 1);
	six = socket(AF_INET6, SOCK_DGRAM, 0);
	setsockopt(six, IPPROTO_IPV6, IPV6_V6ONLY, &(int){1}, sizeof(int));
	ck_assert_int_eq(bind(six, (struct sockaddr *)&local, sizeof local), 0);
	ck_assert_int_eq(kernel_option(fd, SOL_SOCKET, SO_DOMAIN), AF_INET);
	ck_assert_int_eq(kernel_option(fd, IPPROTO_IP, IP_RECVERR_RFC4884), 1);
}
END_TEST

/* To MPTCP it means something. */
START_TEST(linger_that_is_on)
{
	struct linger linger = {1, 3}, told = {0, 0};
	socklen_t length = sizeof told;
	int fd;

	if (is_lacking(&kinds[2]))
		return;
	fd = new_socket(&kinds[2]);
	ck_assert_int_eq(setsockopt(fd, SOL_SOCKET, SO_LINGER, &linger, sizeof linger), 0);
	if (_i == 0)
		set(fd, IP_BIND_ADDRESS_NO_PORT, 1);
	bind_to(fd, INADDR_ANY, PORT);
	ck_assert_int_eq(kernel_option(fd, SOL_SOCKET, SO_DOMAIN), AF_INET6);
	if (_i == 1)
		set(fd, IP_BIND_ADDRESS_NO_PORT, 1);
	ck_assert_int_eq(getsockopt(fd, SOL_SOCKET, SO_LINGER, &told, &length), 0);
	ck_assert_mem_eq(&told, &linger, sizeof told);
}
END_TEST

/* Natively they have what their listener has. */
START_TEST(accepted)
{
	const struct kind *kind = &kinds[_i / 2 == 0 ? 0 : 2];
	int listener, fds[2], own = _i % 2;

	if (is_lacking(kind))
		return;
	listener = new_socket(kind);
	set(listener, IP_BIND_ADDRESS_NO_PORT, own);
	bind_to(listener, INADDR_ANY, PORT);
	ck_assert_int_eq(listen(listener, 4), 0);
	for (int i = 0; i < 2; i++) {
		if (i == 0)
			connected4(PORT);
		else
			connected6(client_address(), PORT);
		fds[i] = accept(listener, NULL, NULL);
		ck_assert_int_ge(fds[i], 0);
		/* A connection of plain TCP that an MPTCP listener has accepted has its options. */
		if (kind->protocol == 0) {
			check_no_port(fds[i], own);
			ck_assert_int_eq(option(fds[i], IP_RECVERR_RFC4884), 0);
		}
	}
	check_no_port(listener, own);
}
END_TEST

/* The program binds the other family there too. */
START_TEST(yielded)
{
	const struct kind *kind = &kinds[_i / 2];
	struct sockaddr_in6 local = ipv6(in6addr_any, PORT);
	int fd, six, own = _i % 2;

	if (is_lacking(kind))
		return;
	fd = new_socket(kind);
	set(fd, IP_BIND_ADDRESS_NO_PORT, own);
	bind_to(fd, INADDR_ANY, PORT);
	ck_assert_int_eq(kernel_option(fd, SOL_SOCKET, SO_DOMAIN), AF_INET6);
	six = socket(AF_INET6, kind->type, kind->protocol);
	setsockopt(six, IPPROTO_IPV6, IPV6_V6ONLY, &(int){1}, sizeof(int));
	ck_assert_int_eq(bind(six, (struct sockaddr *)&local, sizeof local), 0);
	ck_assert_int_eq(kernel_option(fd, SOL_SOCKET, SO_DOMAIN), AF_INET);
	ck_assert_int_eq(kernel_option(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT), own);
	if (kind->protocol == 0)
		ck_assert_int_eq(kernel_option(fd, IPPROTO_IP, IP_RECVERR_RFC4884), 0);
}
END_TEST

static void dissolve(int fd)
{
	struct sockaddr nobody = {.sa_family = AF_UNSPEC};

	ck_assert_int_eq(connect(fd, &nobody, sizeof nobody), 0);
}

/* One that calls somebody, and is bound anew: the option would keep the port from being chosen. */
START_TEST(datagrams_that_connect)
{
	struct sockaddr_in to = ipv4(INADDR_LOOPBACK, 9);
	int fd = new_socket(&kinds[1]), port;

	bind_to(fd, INADDR_ANY, _i == 0 ? 0 : PORT);
	port = port_of(fd);
	ck_assert_int_ne(port, 0);
	ck_assert_int_eq(connect(fd, (struct sockaddr *)&to, sizeof to), 0);
	ck_assert_int_eq(port_of(fd), port);
	dissolve(fd);
	if (_i == 0) {
		bind_to(fd, INADDR_ANY, 0);
		ck_assert_int_ne(port_of(fd), 0);
	} else {
		ck_assert_int_eq(port_of(fd), PORT);
	}
}
END_TEST

/* A converted socket that turns out to be a client's. */
START_TEST(connections_from_it)
{
	const struct kind *kind = &kinds[_i == 0 ? 0 : 2];
	struct sockaddr_in to = ipv4(INADDR_LOOPBACK, PORT);
	int listener, fd, one;

	if (is_lacking(kind))
		return;
	listener = listening(INADDR_LOOPBACK, PORT);
	fd = new_socket(kind);
	bind_to(fd, INADDR_ANY, PORT + 1);
	ck_assert_int_eq(kernel_option(fd, SOL_SOCKET, SO_DOMAIN), AF_INET6);
	ck_assert_int_eq(connect(fd, (struct sockaddr *)&to, sizeof to), 0);
	ck_assert_int_eq(port_of(fd), PORT + 1);
	one = accept(listener, NULL, NULL);
	ck_assert_int_ge(one, 0);
	ck_assert_int_eq(write(one, "x", 1), 1);
	ck_assert_int_eq(read(fd, &(char){0}, 1), 1);
}
END_TEST

/* What a program does with sockets of its own is as natively. */
START_TEST(others)
{
	const struct kind *kind = &kinds[_i];
	int fd;

	if (is_lacking(kind))
		return;
	fd = new_socket(kind);
	for (int value = 1; value >= 0; value--) {
		set(fd, IP_BIND_ADDRESS_NO_PORT, value);
		check_no_port(fd, value);
		ck_assert_int_eq(kernel_option(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT), value);
	}
	set(fd, IP_BIND_ADDRESS_NO_PORT, 1);
	bind_to(fd, INADDR_LOOPBACK + 1, 0);
	check_no_port(fd, 1);
	ck_assert_int_eq(kernel_option(fd, SOL_SOCKET, SO_DOMAIN), AF_INET);
	if (kind->type == SOCK_STREAM)
		ck_assert_int_eq(port_of(fd), 0);
}
END_TEST

int main(int argc, char **argv)
{
	const struct preloaded_test tests[] = {
	    {what_is_set_before_and_after, 2 * KINDS},
	    {rfc4884, 2},
	    {rfc4884_of_a_promoted_one, 2},
	    {rfc4884_that_is_promoted, 2},
	    {linger_that_is_on, 2},
	    {accepted, 4},
	    {yielded, 2 * KINDS},
	    {datagrams_that_connect, 2},
	    {connections_from_it, 2},
	    {others, KINDS},
	};

	(void)argc;
	return preloaded_main(argv, "*/any 127.0.0.1:*/udp", "ipv4", tests, sizeof tests / sizeof tests[0]);
}
