/* SPDX-License-Identifier: MIT */
/* What a program that listens on 0.0.0.0 sees of its connections. */
#define _GNU_SOURCE
#include "preloaded.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/un.h>
#include <unistd.h>

enum { PORT = 8080 };

static void ck_in(const void *address, uint32_t wanted)
{
	const struct sockaddr_in *in = address;

	ck_assert_int_eq(in->sin_family, AF_INET);
	ck_assert_uint_eq(ntohl(in->sin_addr.s_addr), wanted);
}

START_TEST(listener_looks_ipv4)
{
	int fd = listening(INADDR_ANY, PORT), domain = -1;
	struct sockaddr_storage name = {0};
	socklen_t length = sizeof name, size = sizeof domain;

	ck_assert_int_eq(kernel_option(fd, SOL_SOCKET, SO_DOMAIN), AF_INET6);
	ck_assert_int_eq(getsockname(fd, (struct sockaddr *)&name, &length), 0);
	ck_assert_uint_eq(length, sizeof(struct sockaddr_in));
	ck_in(&name, INADDR_ANY);
	ck_assert_int_eq(getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &domain, &size), 0);
	ck_assert_int_eq(domain, AF_INET);
}
END_TEST

START_TEST(ipv4_client_is_a_real_ipv4_socket)
{
	int fd = listening(INADDR_ANY, PORT), client = connected4(PORT), connection;
	struct sockaddr_storage peer;
	socklen_t length = sizeof peer;

	errno = 77;
	connection = accept4(fd, (struct sockaddr *)&peer, &length, SOCK_CLOEXEC);
	ck_assert_int_ge(connection, 0);
	ck_assert_int_eq(errno, 77);
	ck_assert_uint_eq(length, sizeof(struct sockaddr_in));
	ck_in(&peer, INADDR_LOOPBACK);
	ck_assert_int_eq(kernel_option(connection, SOL_SOCKET, SO_DOMAIN), AF_INET);
	ck_assert_int_eq(write(client, "x", 1), 1);
	ck_assert_int_eq(read(connection, &length, 1), 1);
}
END_TEST

START_TEST(ipv4_client_without_an_address_buffer)
{
	int fd = listening(INADDR_ANY, PORT), client = connected4(PORT), connection = accept(fd, NULL, NULL);

	ck_assert_int_ge(connection, 0);
	ck_assert_int_eq(kernel_option(connection, SOL_SOCKET, SO_DOMAIN), AF_INET);
	close(client);
}
END_TEST

/* The client's FIN came before accept: the kernel no longer changes the
 * socket's family, so its names are presented. */
START_TEST(ipv4_client_that_has_sent_all)
{
	int fd = listening(INADDR_ANY, PORT), client = connected4(PORT), connection;
	struct sockaddr_in name;
	socklen_t length = sizeof name;

	shutdown(client, SHUT_WR);
	poll(NULL, 0, 50);
	connection = accept(fd, (struct sockaddr *)&name, &length);
	ck_in(&name, INADDR_LOOPBACK);
	ck_assert_int_eq(kernel_option(connection, SOL_SOCKET, SO_DOMAIN), AF_INET6);
	ck_assert_int_eq(getpeername(connection, (struct sockaddr *)&name, &length), 0);
	ck_in(&name, INADDR_LOOPBACK);
	ck_assert_int_eq(getsockname(connection, (struct sockaddr *)&name, &length), 0);
	ck_in(&name, INADDR_LOOPBACK);
}
END_TEST

/* Reset before accept, and a buffer too small for an IPv6 address. */
START_TEST(ipv4_client_that_has_gone)
{
	int fd = listening(INADDR_ANY, PORT), client = connected4(PORT), connection;
	struct sockaddr_in name = {0};
	socklen_t length = sizeof name;

	setsockopt(client, SOL_SOCKET, SO_LINGER, &(struct linger){1, 0}, sizeof(struct linger));
	close(client);
	poll(NULL, 0, 50);
	connection = accept(fd, (struct sockaddr *)&name, &length);
	ck_assert_int_ge(connection, 0);
	ck_assert_uint_eq(length, sizeof name);
	ck_in(&name, INADDR_LOOPBACK);
	ck_assert_int_eq(getpeername(connection, (struct sockaddr *)&name, &length), -1);
	ck_assert_int_eq(errno, ENOTCONN);
}
END_TEST

START_TEST(ipv6_loopback_client_is_127_0_0_1)
{
	int fd = listening(INADDR_ANY, PORT), client = connected6(in6addr_loopback, PORT), connection;
	struct sockaddr_in peer, local;
	socklen_t length = sizeof peer;

	connection = accept(fd, (struct sockaddr *)&peer, &length);
	ck_in(&peer, INADDR_LOOPBACK);
	ck_assert_int_eq(kernel_option(connection, SOL_SOCKET, SO_DOMAIN), AF_INET6);
	ck_assert_int_eq(getpeername(connection, (struct sockaddr *)&local, &length), 0);
	ck_assert_int_eq(memcmp(&peer, &local, sizeof peer), 0);
	ck_assert_int_eq(getsockname(connection, (struct sockaddr *)&local, &length), 0);
	ck_in(&local, INADDR_LOOPBACK);
	ck_assert_uint_eq(ntohs(local.sin_port), PORT);
	close(client);
}
END_TEST

static const socklen_t lengths[] = {0, 1, 2, 15, 16, 27, 28, 128};

/* The same bytes and lengths as from an AF_INET socket: what fits is written,
 * the true length told, and nothing past the buffer touched. */
START_TEST(short_buffers_are_cut_as_by_the_kernel)
{
	int fd = listening(INADDR_ANY, PORT), native = listening(INADDR_ANY, PORT + 100);
	int client = connected6(in6addr_loopback, PORT), connection = accept(fd, NULL, NULL);
	int client4 = connected4(PORT + 100), connection4 = accept(native, NULL, NULL);
	unsigned char seen[160], wanted[160];
	socklen_t seen_length = lengths[_i], wanted_length = lengths[_i];

	ck_assert_int_eq(kernel_option(native, SOL_SOCKET, SO_DOMAIN), AF_INET);
	memset(seen, 0xaa, sizeof seen);
	memset(wanted, 0xaa, sizeof wanted);
	ck_assert_int_eq(getpeername(connection, (struct sockaddr *)seen, &seen_length), 0);
	ck_assert_int_eq(getpeername(connection4, (struct sockaddr *)wanted, &wanted_length), 0);
	ck_assert_uint_eq(seen_length, wanted_length);
	if (lengths[_i] >= 4) /* the client's port differs */
		memcpy(wanted + 2, seen + 2, 2);
	else if (lengths[_i] == 3)
		wanted[2] = seen[2];
	if (lengths[_i] >= 28) /* an AF_INET6 address was written there first */
		memset(wanted + 16, 0, 28 - 16);
	ck_assert_mem_eq(seen, wanted, sizeof seen);
	close(client);
	close(client4);
}
END_TEST

START_TEST(short_buffers_at_accept)
{
	int fd = listening(INADDR_ANY, PORT), client = connected6(in6addr_loopback, PORT), connection;
	unsigned char seen[160];
	socklen_t length = lengths[_i];

	memset(seen, 0xaa, sizeof seen);
	connection = accept(fd, (struct sockaddr *)seen, &length);
	ck_assert_int_ge(connection, 0);
	ck_assert_uint_eq(length, sizeof(struct sockaddr_in));
	if (lengths[_i] >= sizeof(struct sockaddr_in))
		ck_in(seen, INADDR_LOOPBACK);
	for (size_t i = lengths[_i] < 28 ? lengths[_i] : 28; i < sizeof seen; i++)
		ck_assert_uint_eq(seen[i], 0xaa);
	close(client);
}
END_TEST

START_TEST(options_answer_as_on_ipv4)
{
	int fd = listening(INADDR_ANY, PORT), native = listening(INADDR_ANY, PORT + 100);
	int fds[] = {fd, native}, errors[2][2], value = 1;
	socklen_t length = sizeof value;

	for (int i = 0; i < 2; i++) {
		ck_assert_int_eq(setsockopt(fds[i], IPPROTO_IPV6, IPV6_V6ONLY, &value, sizeof value), -1);
		errors[i][0] = errno;
		ck_assert_int_eq(getsockopt(fds[i], IPPROTO_IPV6, IPV6_V6ONLY, &value, &length), -1);
		errors[i][1] = errno;
	}
	ck_assert_mem_eq(errors[0], errors[1], sizeof errors[0]);
	ck_assert_int_eq(kernel_option(fd, IPPROTO_IPV6, IPV6_V6ONLY), 0);

	ck_assert_int_eq(setsockopt(fd, IPPROTO_IP, IP_TOS, &(int){0x48}, sizeof(int)), 0);
	ck_assert_int_eq(kernel_option(fd, IPPROTO_IP, IP_TOS), 0x48);
	ck_assert_int_eq(kernel_option(fd, IPPROTO_IPV6, IPV6_TCLASS), 0x48);
	ck_assert_int_eq(setsockopt(fd, IPPROTO_IP, IP_TTL, &(unsigned char){9}, 1), 0);
	ck_assert_int_eq(kernel_option(fd, IPPROTO_IPV6, IPV6_UNICAST_HOPS), 9);
}
END_TEST

/* A client that binds a fixed port first, as FTP's active mode does. */
START_TEST(connect_from_a_converted_socket)
{
	int server = listening(INADDR_LOOPBACK, 7000), fd = socket(AF_INET, SOCK_STREAM, 0);
	struct sockaddr_in local = ipv4(INADDR_ANY, PORT), remote = ipv4(INADDR_LOOPBACK, 7000), name;
	socklen_t length = sizeof name;

	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &(int){1}, sizeof(int));
	ck_assert_int_eq(bind(fd, (struct sockaddr *)&local, sizeof local), 0);
	ck_assert_int_eq(kernel_option(fd, SOL_SOCKET, SO_DOMAIN), AF_INET6);
	ck_assert_int_eq(connect(fd, (struct sockaddr *)&remote, sizeof remote), 0);
	ck_assert_int_eq(getpeername(fd, (struct sockaddr *)&name, &length), 0);
	ck_in(&name, INADDR_LOOPBACK);
	ck_assert_int_eq(accept(server, (struct sockaddr *)&name, &length) >= 0, 1);
	ck_assert_uint_eq(ntohs(name.sin_port), PORT);
}
END_TEST

START_TEST(promoted_listener_keeps_its_name)
{
	int fd = listening(INADDR_LOOPBACK, 9000);
	struct sockaddr_in name;
	socklen_t length = sizeof name;

	ck_assert_int_eq(kernel_option(fd, SOL_SOCKET, SO_DOMAIN), AF_INET6);
	ck_assert_int_eq(getsockname(fd, (struct sockaddr *)&name, &length), 0);
	ck_in(&name, INADDR_LOOPBACK);
	ck_assert_int_ge(connected6(in6addr_loopback, 9000), 0);
}
END_TEST

START_TEST(other_sockets_are_untouched)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX, .sun_path = "\0dualbind-test"}, peer;
	int server = socket(AF_UNIX, SOCK_STREAM, 0), client = socket(AF_UNIX, SOCK_STREAM, 0), own6, connection;
	struct sockaddr_in6 any6 = {.sin6_family = AF_INET6, .sin6_port = htons(7001)}, name;
	socklen_t length = sizeof peer;

	ck_assert_int_eq(bind(server, (struct sockaddr *)&address, 20), 0);
	ck_assert_int_eq(listen(server, 1), 0);
	ck_assert_int_eq(connect(client, (struct sockaddr *)&address, 20), 0);
	ck_assert_int_ge(accept(server, (struct sockaddr *)&peer, &length), 0);
	ck_assert_uint_eq(length, 2);

	own6 = socket(AF_INET6, SOCK_STREAM, 0);
	ck_assert_int_eq(bind(own6, (struct sockaddr *)&any6, sizeof any6), 0);
	ck_assert_int_eq(listen(own6, 1), 0);
	client = connected4(7001);
	length = sizeof name;
	connection = accept(own6, (struct sockaddr *)&name, &length);
	ck_assert_int_eq(kernel_option(connection, SOL_SOCKET, SO_DOMAIN), AF_INET6);
	ck_assert(IN6_IS_ADDR_V4MAPPED(&name.sin6_addr));
	close(client);
}
END_TEST

START_TEST(mptcp_stays_mptcp)
{
	enum { PROTOCOL_MPTCP = 262 };
	struct sockaddr_in local = ipv4(INADDR_ANY, PORT), name;
	int fd = socket(AF_INET, SOCK_STREAM, PROTOCOL_MPTCP), client, connection;
	socklen_t length = sizeof name;

	if (lacks_mptcp())
		return;
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &(int){1}, sizeof(int));
	ck_assert_int_eq(bind(fd, (struct sockaddr *)&local, sizeof local), 0);
	ck_assert_int_eq(listen(fd, 1), 0);
	ck_assert_int_eq(kernel_option(fd, SOL_SOCKET, SO_DOMAIN), AF_INET6);
	ck_assert_int_eq(kernel_option(fd, SOL_SOCKET, SO_PROTOCOL), PROTOCOL_MPTCP);
	for (int plain = 0; plain < 2; plain++) {
		struct sockaddr_in6 remote = ipv6(in6addr_loopback, PORT);

		client = socket(AF_INET6, SOCK_STREAM, plain ? 0 : PROTOCOL_MPTCP);
		ck_assert_int_eq(connect(client, (struct sockaddr *)&remote, sizeof remote), 0);
		connection = accept(fd, (struct sockaddr *)&name, &length);
		ck_in(&name, INADDR_LOOPBACK);
		ck_assert_int_eq(getpeername(connection, (struct sockaddr *)&name, &length), 0);
		ck_in(&name, INADDR_LOOPBACK);
	}
	client = connected4(PORT);
	connection = accept(fd, (struct sockaddr *)&name, &length);
	ck_in(&name, INADDR_LOOPBACK);
	ck_assert_int_eq(kernel_option(connection, SOL_SOCKET, SO_DOMAIN), AF_INET);
}
END_TEST

int main(int argc, char **argv)
{
	const int sizes = sizeof lengths / sizeof lengths[0];
	const struct preloaded_test tests[] = {
	    {listener_looks_ipv4, 1},
	    {ipv4_client_is_a_real_ipv4_socket, 1},
	    {ipv4_client_without_an_address_buffer, 1},
	    {ipv4_client_that_has_sent_all, 1},
	    {ipv4_client_that_has_gone, 1},
	    {ipv6_loopback_client_is_127_0_0_1, 1},
	    {short_buffers_are_cut_as_by_the_kernel, sizes},
	    {short_buffers_at_accept, sizes},
	    {options_answer_as_on_ipv4, 1},
	    {connect_from_a_converted_socket, 1},
	    {promoted_listener_keeps_its_name, 1},
	    {other_sockets_are_untouched, 1},
	    {mptcp_stays_mptcp, 1},
	};

	(void)argc;
	return preloaded_main(argv, "8080 127.0.0.1:9000", "ipv4", tests, sizeof tests / sizeof tests[0]);
}
