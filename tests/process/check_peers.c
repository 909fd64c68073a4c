/* SPDX-License-Identifier: MIT */
/* IPv6 clients from elsewhere, shown by synthetic addresses, and the way back. */
#define _GNU_SOURCE
#include "preloaded.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

enum { PORT = 8080, BACK = 7002 };

static struct sockaddr_in accepted_peer(int listener, int *connection)
{
	struct sockaddr_in peer = {0};
	socklen_t length = sizeof peer;

	*connection = accept(listener, (struct sockaddr *)&peer, &length);
	ck_assert_int_ge(*connection, 0);
	ck_assert_uint_eq(length, sizeof peer);
	return peer;
}

START_TEST(shown_alike_by_every_call)
{
	int fd = listening(INADDR_ANY, PORT), connection;
	int client = connected6(client_address(), PORT);
	struct sockaddr_in peer = accepted_peer(fd, &connection), name, local;
	struct sockaddr_in6 real;
	socklen_t length = sizeof name;

	ck_assert_int_eq(peer.sin_family, AF_INET);
	ck_assert_uint_eq(ntohl(peer.sin_addr.s_addr), CLIENT_SHOWN);
	ck_assert_int_eq(getpeername(connection, (struct sockaddr *)&name, &length), 0);
	ck_assert_mem_eq(&name, &peer, sizeof name);
	ck_assert_int_eq(getsockname(connection, (struct sockaddr *)&local, &length), 0);
	ck_assert_uint_eq(local.sin_addr.s_addr, peer.sin_addr.s_addr);
	ck_assert_uint_eq(ntohs(local.sin_port), PORT);
	length = sizeof real;
	ck_assert_int_eq(getsockname(client, (struct sockaddr *)&real, &length), 0);
	ck_assert_uint_eq(real.sin6_port, peer.sin_port);
}
END_TEST

/* FTP's active mode, ident: the server connects to the client's address. */
static void connect_back(uint16_t from_port)
{
	struct sockaddr_in6 local = ipv6(client_address(), BACK), seen;
	int fd = listening(INADDR_ANY, PORT), connection, back = socket(AF_INET, SOCK_STREAM, 0);
	int client = connected6(client_address(), PORT), at_client = socket(AF_INET6, SOCK_STREAM, 0);
	struct sockaddr_in peer = accepted_peer(fd, &connection), name, bound = ipv4(INADDR_ANY, from_port);
	socklen_t length = sizeof seen;

	ck_assert_int_eq(bind(at_client, (struct sockaddr *)&local, sizeof local), 0);
	ck_assert_int_eq(listen(at_client, 1), 0);
	setsockopt(back, SOL_SOCKET, SO_REUSEADDR, &(int){1}, sizeof(int));
	if (from_port != 0)
		ck_assert_int_eq(bind(back, (struct sockaddr *)&bound, sizeof bound), 0);
	peer.sin_port = htons(BACK);
	errno = 77;
	ck_assert_int_eq(connect(back, (struct sockaddr *)&peer, sizeof peer), 0);
	ck_assert_int_eq(errno, 77);
	ck_assert_int_ge(accept(at_client, (struct sockaddr *)&seen, &length), 0);
	if (from_port != 0)
		ck_assert_uint_eq(ntohs(seen.sin6_port), from_port);
	length = sizeof name;
	ck_assert_int_eq(getpeername(back, (struct sockaddr *)&name, &length), 0);
	ck_assert_mem_eq(&name, &peer, sizeof name);
	close(client);
}

START_TEST(connect_back_from_any_port)
{
	connect_back(0);
}
END_TEST

START_TEST(connect_back_from_an_allowed_port)
{
	connect_back(8020);
}
END_TEST

START_TEST(connect_back_from_another_port)
{
	connect_back(20);
}
END_TEST

START_TEST(synthetic_address_of_nobody)
{
	struct sockaddr_in nobody = ipv4(0xf1020304, 80);
	int shimmed = socket(AF_INET, SOCK_STREAM, 0);

	ck_assert_int_eq(connect(shimmed, (struct sockaddr *)&nobody, sizeof nobody), -1);
	ck_assert_int_eq(errno, ENETUNREACH);
	ck_assert_int_eq(kernel_option(shimmed, SOL_SOCKET, SO_DOMAIN), AF_INET);
}
END_TEST

int main(int argc, char **argv)
{
	const struct preloaded_test tests[] = {
	    {shown_alike_by_every_call, 1},         {connect_back_from_any_port, 1},
	    {connect_back_from_an_allowed_port, 1}, {connect_back_from_another_port, 1},
	    {synthetic_address_of_nobody, 1},
	};

	(void)argc;
	return preloaded_main(argv, "8000-8999", "ipv4", tests, sizeof tests / sizeof tests[0]);
}
