/* SPDX-License-Identifier: MIT */
/* DUALBIND_PEERS=native: an IPv6 client's connection is an AF_INET6 socket to
 * the program, in every respect; the listener and IPv4 clients stay AF_INET. */
#define _GNU_SOURCE
#include "preloaded.h"
#include "ring.h"

#include <arpa/inet.h>
#include <string.h>
#include <unistd.h>

enum { PORT = 8080 };

START_TEST(ipv6_client)
{
	int fd = listening(INADDR_ANY, PORT), client = connected6(client_address(), PORT), connection, value = -1;
	struct in6_addr real = client_address();
	struct sockaddr_in6 name;
	socklen_t length = sizeof name, size = sizeof value;

	connection = accept(fd, (struct sockaddr *)&name, &length);
	for (int i = 0; i < 3; i++) {
		ck_assert_uint_eq(length, sizeof name);
		ck_assert_int_eq(name.sin6_family, AF_INET6);
		ck_assert_mem_eq(&name.sin6_addr, &real, sizeof real);
		length = sizeof name;
		ck_assert_int_eq((i ? getsockname : getpeername)(connection, (struct sockaddr *)&name, &length), 0);
	}
	ck_assert_int_eq(getsockopt(connection, SOL_SOCKET, SO_DOMAIN, &value, &size), 0);
	ck_assert_int_eq(value, AF_INET6);
	ck_assert_int_eq(getsockopt(connection, IPPROTO_IPV6, IPV6_V6ONLY, &value, &size), 0);
	close(client);
}
END_TEST

START_TEST(ipv6_client_without_an_address_buffer)
{
	int fd = listening(INADDR_ANY, PORT), client = connected6(in6addr_loopback, PORT), connection;
	struct sockaddr_in6 name;
	socklen_t length = sizeof name;

	connection = accept(fd, NULL, NULL);
	ck_assert_int_eq(getpeername(connection, (struct sockaddr *)&name, &length), 0);
	ck_assert(IN6_IS_ADDR_LOOPBACK(&name.sin6_addr));
	close(client);
}
END_TEST

START_TEST(ipv4_client_and_listener)
{
	int fd = listening(INADDR_ANY, PORT), client = connected4(PORT), connection;
	struct sockaddr_in name;
	socklen_t length = sizeof name;

	connection = accept(fd, (struct sockaddr *)&name, &length);
	ck_assert_int_eq(name.sin_family, AF_INET);
	ck_assert_uint_eq(ntohl(name.sin_addr.s_addr), INADDR_LOOPBACK);
	ck_assert_int_eq(kernel_option(connection, SOL_SOCKET, SO_DOMAIN), AF_INET);
	ck_assert_int_eq(getsockname(fd, (struct sockaddr *)&name, &length), 0);
	ck_assert_int_eq(name.sin_family, AF_INET);
	ck_assert_uint_eq(ntohl(name.sin_addr.s_addr), INADDR_ANY);
	close(client);
}
END_TEST

/* A ring's operation with a bad pointer fails, and does no harm to the library, which looks at it before. */
START_TEST(receive_with_a_bad_pointer)
{
	struct sockaddr_in local = ipv4(INADDR_ANY, PORT);
	int fd = socket(AF_INET, SOCK_DGRAM, 0);
	struct io_uring_sqe entry;
	struct ring ring;
	const char *lack = ring_lack(&ring);

	if (lacks(lack, lack != NULL))
		return;
	ck_assert_int_eq(bind(fd, (struct sockaddr *)&local, sizeof local), 0);
	memset(&entry, 0, sizeof entry);
	entry.opcode = IORING_OP_RECVMSG;
	entry.fd = fd;
	entry.addr = 8;
	entry.len = 1;
	ck_assert_int_eq(ring_submit(&ring, &entry), 0);
	ck_assert_int_eq(ring_wait(&ring), -EFAULT);
	ck_assert_int_eq(kernel_option(fd, SOL_SOCKET, SO_DOMAIN), AF_INET6);
}
END_TEST

/* Like a server that starts again in its process: the program has no socket at the port. */
START_TEST(connection_that_was_reset)
{
	const struct linger at_once = {.l_onoff = 1};
	int fd = listening(INADDR_ANY, PORT), client = connected6(in6addr_loopback, PORT);
	int connection = accept(fd, NULL, NULL), again;

	ck_assert_int_eq(setsockopt(client, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once), 0);
	close(client);
	close(fd);
	again = listening(INADDR_ANY, PORT);
	ck_assert_int_eq(kernel_option(again, SOL_SOCKET, SO_DOMAIN), AF_INET6);
	ck_assert_int_eq(kernel_option(connection, SOL_SOCKET, SO_REUSEPORT), 0);
	client = connected6(in6addr_loopback, PORT);
	ck_assert_int_ge(client, 0);
	ck_assert_int_ge(accept(again, NULL, NULL), 0);
}
END_TEST

int main(int argc, char **argv)
{
	const struct preloaded_test tests[] = {
	    {ipv6_client, 1},
	    {ipv6_client_without_an_address_buffer, 1},
	    {ipv4_client_and_listener, 1},
	    {connection_that_was_reset, 1},
	    {receive_with_a_bad_pointer, 1},
	};

	(void)argc;
	return preloaded_main(argv, "8080/any", "native", tests, sizeof tests / sizeof tests[0]);
}
