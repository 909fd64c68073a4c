/* SPDX-License-Identifier: MIT */
/* bindresvport(3): glibc binds by itself, past bind(2). */
#define _GNU_SOURCE
#include "preloaded.h"

#include <errno.h>
#include <linux/capability.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>

enum { LOWEST = 512, FORBIDDEN = 600 };

static int domain_of(int fd)
{
	return kernel_option(fd, SOL_SOCKET, SO_DOMAIN);
}

static uint16_t port_of(int fd)
{
	struct sockaddr_in name = {0};
	socklen_t length = sizeof name;

	ck_assert_int_eq(getsockname(fd, (struct sockaddr *)&name, &length), 0);
	ck_assert_int_eq(name.sin_family, AF_INET);
	ck_assert_uint_eq(name.sin_addr.s_addr, htonl(INADDR_ANY));
	return ntohs(name.sin_port);
}

static int bound(int type)
{
	struct sockaddr_in local = ipv4(INADDR_ANY, 0);
	int fd = socket(AF_INET, type, 0);

	ck_assert_int_eq(bindresvport(fd, &local), 0);
	ck_assert_uint_eq(port_of(fd), ntohs(local.sin_port));
	ck_assert_uint_ge(port_of(fd), LOWEST);
	ck_assert_uint_lt(port_of(fd), IPPORT_RESERVED);
	return fd;
}

START_TEST(datagrams)
{
	int fd = bound(SOCK_DGRAM), client = socket(AF_INET6, SOCK_DGRAM, 0);
	struct sockaddr_in6 local = ipv6(client_address(), 0), server = ipv6(client_address(), port_of(fd));
	struct sockaddr_in peer;
	socklen_t length = sizeof peer;
	char byte = 'q';

	ck_assert_int_eq(domain_of(fd), AF_INET6);
	ck_assert_int_eq(bind(client, (struct sockaddr *)&local, sizeof local), 0);
	ck_assert_int_eq(connect(client, (struct sockaddr *)&server, sizeof server), 0);
	ck_assert_int_eq(send(client, &byte, 1, 0), 1);
	ck_assert_int_eq(recvfrom(fd, &byte, 1, 0, (struct sockaddr *)&peer, &length), 1);
	ck_assert_int_eq(peer.sin_family, AF_INET);
	ck_assert_uint_eq(ntohl(peer.sin_addr.s_addr), CLIENT_SHOWN);
	ck_assert_int_eq(sendto(fd, &byte, 1, 0, (struct sockaddr *)&peer, length), 1);
	ck_assert_int_eq(recv(client, &byte, 1, 0), 1);
}
END_TEST

START_TEST(any_port_without_an_address)
{
	int fd = socket(AF_INET, SOCK_DGRAM, 0);

	ck_assert_int_eq(bindresvport(fd, NULL), 0);
	ck_assert_uint_ge(port_of(fd), LOWEST);
	ck_assert_int_eq(domain_of(fd), AF_INET6);
}
END_TEST

/* It may be a client's. */
START_TEST(stream_waits_for_listen)
{
	int fd = bound(SOCK_STREAM);

	ck_assert_int_eq(domain_of(fd), AF_INET);
	ck_assert_int_eq(listen(fd, 5), 0);
	ck_assert_int_eq(domain_of(fd), AF_INET6);
	close(connected6(in6addr_loopback, port_of(fd)));
}
END_TEST

/* The number of the last socket that bind(2) did not convert is remembered. */
START_TEST(stream_at_a_number_that_was_bound_before)
{
	struct sockaddr_un path = {.sun_family = AF_UNIX, .sun_path = "\0dualbind-test"};
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	ck_assert_int_eq(bind(fd, (struct sockaddr *)&path, 20), 0);
	close(fd);
	ck_assert_int_eq(bound(SOCK_STREAM), fd);
	ck_assert_int_eq(listen(fd, 5), 0);
	ck_assert_int_eq(domain_of(fd), AF_INET6);
}
END_TEST

START_TEST(another_address_is_left)
{
	struct sockaddr_in local = ipv4(INADDR_LOOPBACK, 0);
	int fd = socket(AF_INET, SOCK_DGRAM, 0);

	ck_assert_int_eq(bindresvport(fd, &local), 0);
	ck_assert_int_eq(domain_of(fd), AF_INET);
}
END_TEST

/* First those from 600 on, then those below. */
START_TEST(each_port_once_and_rules_count)
{
	int fd, converted = 0, left = 0;

	for (fd = bound(SOCK_DGRAM);; fd = socket(AF_INET, SOCK_DGRAM, 0)) {
		if (converted + left > 0 && bindresvport(fd, NULL) != 0)
			break;
		ck_assert_int_eq(domain_of(fd), port_of(fd) == FORBIDDEN ? AF_INET : AF_INET6);
		*(port_of(fd) == FORBIDDEN ? &left : &converted) += 1;
	}
	ck_assert_int_eq(errno, EADDRINUSE);
	ck_assert_int_eq(left, 1);
	ck_assert_int_eq(converted, IPPORT_RESERVED - LOWEST - 1);
}
END_TEST

START_TEST(errors_are_its_own)
{
	struct sockaddr_in local = {.sin_family = AF_INET6};
	struct __user_cap_header_struct of = {.version = _LINUX_CAPABILITY_VERSION_3};
	struct __user_cap_data_struct none[_LINUX_CAPABILITY_U32S_3] = {{0}};
	int fd = bound(SOCK_DGRAM);

	ck_assert_int_eq(bindresvport(fd, &local), -1);
	ck_assert_int_eq(errno, EAFNOSUPPORT);
	ck_assert_int_eq(bindresvport(fd, NULL), -1);
	ck_assert_int_eq(errno, EINVAL);
	ck_assert_int_eq(bindresvport(-1, NULL), -1);
	ck_assert_int_eq(errno, EBADF);
	fd = socket(AF_INET, SOCK_DGRAM, 0);
	ck_assert_int_eq(syscall(SYS_capset, &of, none), 0);
	ck_assert_int_eq(bindresvport(fd, NULL), -1);
	ck_assert_int_eq(errno, EACCES);
}
END_TEST

int main(int argc, char **argv)
{
	const struct preloaded_test tests[] = {
	    {datagrams, 1},
	    {any_port_without_an_address, 1},
	    {stream_waits_for_listen, 1},
	    {stream_at_a_number_that_was_bound_before, 1},
	    {another_address_is_left, 1},
	    {each_port_once_and_rules_count, 1},
	    {errors_are_its_own, 1},
	};

	(void)argc;
	return preloaded_main(argv, "*/any !600", "ipv4", tests, sizeof tests / sizeof tests[0]);
}
