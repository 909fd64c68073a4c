/* SPDX-License-Identifier: MIT */
/* TCP-MD5 keys (RFC 2385), as BGP daemons set them: before bind they cannot be
 * carried to another socket, after it they must hold for IPv4 peers. */
#define _GNU_SOURCE
#include "preloaded.h"

#include <errno.h>
#include <linux/tcp.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

enum { PORT = 8080 };

static int set_key(int fd)
{
	struct tcp_md5sig key = {.tcpm_keylen = 6, .tcpm_key = "secret"};
	struct sockaddr_in peer = ipv4(INADDR_LOOPBACK, 0);

	memcpy(&key.tcpm_addr, &peer, sizeof peer);
	return setsockopt(fd, IPPROTO_TCP, TCP_MD5SIG, &key, sizeof key);
}

/* Whether a connection comes about: unsigned segments are dropped silently. */
static int reaches(int with_key)
{
	struct sockaddr_in remote = ipv4(INADDR_LOOPBACK, PORT);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
	struct pollfd watched = {.fd = fd, .events = POLLOUT};

	if (with_key)
		ck_assert_int_eq(set_key(fd), 0);
	connect(fd, (struct sockaddr *)&remote, sizeof remote);
	return poll(&watched, 1, 500) == 1 && watched.revents == POLLOUT;
}

START_TEST(key_set_before_bind)
{
	struct sockaddr_in local = ipv4(INADDR_ANY, PORT);
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	ck_assert_int_eq(set_key(fd), 0);
	ck_assert_int_eq(bind(fd, (struct sockaddr *)&local, sizeof local), 0);
	ck_assert_int_eq(listen(fd, 5), 0);
	ck_assert_int_eq(kernel_option(fd, SOL_SOCKET, SO_DOMAIN), AF_INET);
	ck_assert_int_eq(reaches(0), 0);
	ck_assert_int_eq(reaches(1), 1);
}
END_TEST

START_TEST(key_set_on_the_listener)
{
	int fd = listening(INADDR_ANY, PORT);

	ck_assert_int_eq(kernel_option(fd, SOL_SOCKET, SO_DOMAIN), AF_INET6);
	ck_assert_int_eq(set_key(fd), 0);
	ck_assert_int_eq(reaches(0), 0);
	ck_assert_int_eq(reaches(1), 1);
}
END_TEST

/* :: has its place beside it. */
START_TEST(a_listener_with_a_key_does_not_yield)
{
	int fd = listening(INADDR_ANY, PORT), six = socket(AF_INET6, SOCK_STREAM, 0);
	struct sockaddr_in6 local = ipv6(in6addr_any, PORT);

	ck_assert_int_eq(set_key(fd), 0);
	ck_assert_int_eq(setsockopt(six, IPPROTO_IPV6, IPV6_V6ONLY, &(int){1}, sizeof(int)), 0);
	ck_assert_int_eq(bind(six, (struct sockaddr *)&local, sizeof local) | listen(six, 5), 0);
	ck_assert_int_eq(reaches(0), 0);
	ck_assert_int_eq(reaches(1), 1);
}
END_TEST

/* [::] of IPv6 alone, to which IPv4 would come too. */
START_TEST(key_of_an_ipv6_socket)
{
	int fd = socket(AF_INET6, SOCK_STREAM, 0), other;
	struct sockaddr_in6 local = ipv6(in6addr_any, PORT);
	struct tcp_md5sig key = {.tcpm_keylen = 6, .tcpm_key = "secret"};
	struct sockaddr_in6 peer = ipv6(in6addr_loopback, 0);

	memcpy(&key.tcpm_addr, &peer, sizeof peer);
	ck_assert_int_eq(setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &(int){1}, sizeof(int)), 0);
	ck_assert_int_eq(setsockopt(fd, IPPROTO_TCP, TCP_MD5SIG, &key, sizeof key), 0);
	ck_assert_int_eq(bind(fd, (struct sockaddr *)&local, sizeof local) | listen(fd, 5), 0);
	local.sin6_addr = in6addr_loopback;
	other = socket(AF_INET6, SOCK_STREAM | SOCK_NONBLOCK, 0);
	connect(other, (struct sockaddr *)&local, sizeof local);
	ck_assert_int_eq(poll(&(struct pollfd){.fd = other, .events = POLLOUT}, 1, 500), 0);
}
END_TEST

int main(int argc, char **argv)
{
	const struct preloaded_test tests[] = {
	    {key_set_before_bind, 1},
	    {key_set_on_the_listener, 1},
	    {a_listener_with_a_key_does_not_yield, 1},
	    {key_of_an_ipv6_socket, 1},
	};

	(void)argc;
	return preloaded_main(argv, "8080 [::]:8080", "ipv4", tests, sizeof tests / sizeof tests[0]);
}
