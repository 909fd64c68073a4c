/* SPDX-License-Identifier: MIT */
/* AF_INET6 sockets that are bound to ::ffff:0.0.0.0, the wildcard address of IPv4:
 * rules for 0.0.0.0 cover them, and their peers are shown as they are. */
#define _GNU_SOURCE
#include "preloaded.h"
#include "base/sys.h"

#include <errno.h>
#include <linux/in6.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

enum { PORT = 8080, FORBIDDEN = 8081, WIDE = 8090 };

static const struct in6_addr any_mapped = {{{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 0, 0, 0, 0}}};
static const struct in6_addr loopback_mapped = {{{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 127, 0, 0, 1}}};

static int new_socket6(int type, bool v6only)
{
	int fd = socket(AF_INET6, type, 0);

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &(int){v6only}, sizeof(int)), 0);
	return fd;
}

static int bind6(int fd, struct in6_addr address, uint16_t port)
{
	struct sockaddr_in6 local = ipv6(address, port);

	return bind(fd, (struct sockaddr *)&local, sizeof local);
}

static int bind4(int fd, uint16_t port)
{
	struct sockaddr_in local = ipv4(INADDR_ANY, port);

	return bind(fd, (struct sockaddr *)&local, sizeof local);
}

static int listening_mapped(uint16_t port)
{
	int fd = new_socket6(SOCK_STREAM, false);

	ck_assert_int_eq(bind6(fd, any_mapped, port), 0);
	ck_assert_int_eq(listen(fd, 5), 0);
	return fd;
}

/* The address to which the kernel has bound it, past the hooks. */
static bool is_bound_to(int fd, struct in6_addr address)
{
	struct sockaddr_in6 name;
	socklen_t length = sizeof name;

	return sys_call(SYS_getsockname, fd, &name, &length) == 0 && IN6_ARE_ADDR_EQUAL(&name.sin6_addr, &address);
}

/* Each of its bytes, in rooms of every length. */
static void check_own_name(int fd, uint16_t port)
{
	struct sockaddr_in6 expected = ipv6(any_mapped, port), name;

	for (socklen_t room = 0; room <= sizeof name; room++) {
		socklen_t length = room;

		memset(&name, 0xee, sizeof name);
		ck_assert_int_eq(getsockname(fd, (struct sockaddr *)&name, &length), 0);
		ck_assert_uint_eq(length, sizeof name);
		ck_assert_mem_eq(&name, &expected, room);
	}
}

static struct sockaddr_in6 accepted_from(int listener)
{
	struct sockaddr_in6 peer;
	socklen_t length = sizeof peer;
	int fd = accept(listener, (struct sockaddr *)&peer, &length);

	ck_assert_int_ge(fd, 0);
	ck_assert_uint_eq(length, sizeof peer);
	ck_assert_int_eq(kernel_option(fd, SOL_SOCKET, SO_DOMAIN), AF_INET6);
	return peer;
}

START_TEST(serves_both_families)
{
	int fd = listening_mapped(PORT), on = -1;
	socklen_t length = sizeof on;
	struct in6_addr client = client_address();
	struct sockaddr_in6 peer;

	ck_assert(is_bound_to(fd, in6addr_any));
	check_own_name(fd, PORT);
	ck_assert_int_eq(getsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, &length), 0);
	ck_assert_int_eq(on, 0);
	connected4(PORT);
	peer = accepted_from(fd);
	ck_assert(IN6_ARE_ADDR_EQUAL(&peer.sin6_addr, &loopback_mapped));
	connected6(client, PORT);
	peer = accepted_from(fd);
	ck_assert(IN6_ARE_ADDR_EQUAL(&peer.sin6_addr, &client));
}
END_TEST

START_TEST(port_chosen_by_the_kernel)
{
	int fd = listening_mapped(0);
	struct sockaddr_in6 name;
	socklen_t length = sizeof name;

	ck_assert_int_eq(getsockname(fd, (struct sockaddr *)&name, &length), 0);
	ck_assert(IN6_ARE_ADDR_EQUAL(&name.sin6_addr, &any_mapped));
	ck_assert_int_ge(connected6(in6addr_loopback, ntohs(name.sin6_port)), 0);
}
END_TEST

START_TEST(datagrams)
{
	struct sockaddr_in6 to = ipv6(in6addr_loopback, PORT), from;
	struct sockaddr_in to4 = ipv4(INADDR_LOOPBACK, PORT);
	int fd = new_socket6(SOCK_DGRAM, false), six = socket(AF_INET6, SOCK_DGRAM, 0);
	int four = socket(AF_INET, SOCK_DGRAM, 0);
	socklen_t length = sizeof from;
	char byte = 0;

	ck_assert_int_eq(bind6(fd, any_mapped, PORT), 0);
	check_own_name(fd, PORT);
	ck_assert_int_eq(sendto(four, "4", 1, 0, (struct sockaddr *)&to4, sizeof to4), 1);
	ck_assert_int_eq(recvfrom(fd, &byte, 1, 0, (struct sockaddr *)&from, &length), 1);
	ck_assert(IN6_ARE_ADDR_EQUAL(&from.sin6_addr, &loopback_mapped));
	ck_assert_int_eq(sendto(six, "6", 1, 0, (struct sockaddr *)&to, sizeof to), 1);
	ck_assert_int_eq(recvfrom(fd, &byte, 1, 0, (struct sockaddr *)&from, &length), 1);
	ck_assert(IN6_ARE_ADDR_EQUAL(&from.sin6_addr, &in6addr_loopback));
	ck_assert_int_eq(sendto(fd, "r", 1, 0, (struct sockaddr *)&from, length), 1);
	ck_assert_int_eq(read(six, &byte, 1), 1);
}
END_TEST

START_TEST(refused_as_natively)
{
	int only = new_socket6(SOCK_STREAM, true), fd, six, four;

	ck_assert_int_eq(bind6(only, any_mapped, PORT), -1);
	ck_assert_int_eq(errno, EINVAL);
	fd = listening_mapped(PORT);
	four = socket(AF_INET, SOCK_STREAM, 0);
	ck_assert_int_eq(bind4(four, PORT), -1);
	ck_assert_int_eq(errno, EADDRINUSE);
	six = new_socket6(SOCK_STREAM, false);
	ck_assert_int_eq(bind6(six, any_mapped, PORT), -1);
	ck_assert_int_eq(errno, EADDRINUSE);
	ck_assert(is_bound_to(fd, in6addr_any));
	/* Has made way, in vain, as a converted one does. */
	ck_assert_int_eq(bind6(six, in6addr_any, PORT), -1);
	ck_assert_int_eq(errno, EADDRINUSE);
	ck_assert_int_ge(connected4(PORT), 0);
}
END_TEST

START_TEST(left_alone)
{
	int forbidden = listening_mapped(FORBIDDEN), loopback = new_socket6(SOCK_STREAM, false);
	int beside = new_socket6(SOCK_STREAM, true), fd;

	ck_assert(is_bound_to(forbidden, any_mapped));
	ck_assert_int_eq(bind6(loopback, loopback_mapped, PORT), 0);
	ck_assert(is_bound_to(loopback, loopback_mapped));
	close(loopback);
	/* The program serves IPv6 by itself. */
	ck_assert_int_eq(bind6(beside, in6addr_any, PORT), 0);
	fd = listening_mapped(PORT);
	ck_assert(is_bound_to(fd, any_mapped));
}
END_TEST

START_TEST(makes_way)
{
	int fd = listening_mapped(PORT), six = new_socket6(SOCK_STREAM, true);

	ck_assert_int_eq(bind6(six, in6addr_any, PORT), 0);
	ck_assert_int_eq(listen(six, 5), 0);
	ck_assert(is_bound_to(fd, any_mapped));
	ck_assert_int_eq(kernel_option(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT), 0);
	ck_assert_int_eq(kernel_option(fd, IPPROTO_IP, IP_MULTICAST_LOOP), 1);
	connected4(PORT);
	accepted_from(fd);
	connected6(in6addr_loopback, PORT);
	accepted_from(six);
}
END_TEST

START_TEST(datagrams_make_way)
{
	int fd = new_socket6(SOCK_DGRAM, false), six = new_socket6(SOCK_DGRAM, true);

	ck_assert_int_eq(bind6(fd, any_mapped, PORT), 0);
	ck_assert(is_bound_to(fd, in6addr_any));
	ck_assert_int_eq(bind6(six, in6addr_any, PORT), 0);
	ck_assert(is_bound_to(fd, any_mapped));
}
END_TEST

/* Natively ::ffff:0.0.0.0 and an IPv6-only :: are not in each other's way. */
START_TEST(widened_listener_makes_way)
{
	int six = new_socket6(SOCK_STREAM, true), fd;

	ck_assert_int_eq(bind6(six, in6addr_any, WIDE), 0);
	ck_assert_int_eq(kernel_option(six, IPPROTO_IPV6, IPV6_V6ONLY), 0);
	fd = listening_mapped(WIDE);
	ck_assert_int_eq(kernel_option(six, IPPROTO_IPV6, IPV6_V6ONLY), 1);
	ck_assert(is_bound_to(fd, any_mapped));
}
END_TEST

START_TEST(in_use_it_stays)
{
	int fd = listening_mapped(PORT), six = new_socket6(SOCK_STREAM, true), hold[2];
	char byte;

	ck_assert_int_eq(pipe(hold), 0);
	if (fork() == 0) {
		close(hold[1]);
		_exit(read(hold[0], &byte, 1) != 0);
	}
	ck_assert_int_eq(bind6(six, in6addr_any, PORT), 0);
	ck_assert_int_eq(listen(six, 5), 0);
	ck_assert(is_bound_to(fd, in6addr_any));
	close(hold[1]);
	wait(NULL);
}
END_TEST

START_TEST(reuseport_group)
{
	int fds[2];

	for (int i = 0; i < 2; i++) {
		fds[i] = new_socket6(SOCK_STREAM, false);
		setsockopt(fds[i], SOL_SOCKET, SO_REUSEPORT, &(int){1}, sizeof(int));
		ck_assert_int_eq(bind6(fds[i], any_mapped, PORT), 0);
		ck_assert(is_bound_to(fds[i], in6addr_any));
	}
}
END_TEST

int main(int argc, char **argv)
{
	const struct preloaded_test tests[] = {
	    {serves_both_families, 1},
	    {port_chosen_by_the_kernel, 1},
	    {datagrams, 1},
	    {refused_as_natively, 1},
	    {left_alone, 1},
	    {makes_way, 1},
	    {datagrams_make_way, 1},
	    {widened_listener_makes_way, 1},
	    {in_use_it_stays, 1},
	    {reuseport_group, 1},
	};

	(void)argc;
	return preloaded_main(argv, "*/any !8081 [::]:8090", "ipv4", tests, sizeof tests / sizeof tests[0]);
}
