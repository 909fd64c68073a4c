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

int main(int argc, char **argv)
{
	const struct preloaded_test tests[] = {
	    {key_set_before_bind, 1},
	    {key_set_on_the_listener, 1},
	};

	(void)argc;
	return preloaded_main(argv, "8080", "ipv4", tests, sizeof tests / sizeof tests[0]);
}
