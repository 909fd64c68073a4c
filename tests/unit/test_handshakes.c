/* Handshakes that are under way at a listener. */
#define _GNU_SOURCE
#include "datagrams.h"

#include "handshakes.h"

#include <errno.h>
#include <linux/filter.h>

static void lines(void **state)
{
	static const struct {
		const char *line;
		uint16_t port;
		bool is_one;
	} rows[] = {
	    {"   1: 0000000000000000FFFF00000100090A:1F90 0000000000000000FFFF00000200090A:15B3 03 "
	     "00000000:00000000 01:00000064 00000000     0        0 0 0 000000008f00b41b",
	     8080, true},
	    {"12345: 00000000000000000000000001000000:FFFF 00000000000000000000000001000000:0001 03 ", 65535, true},
	    /* A listener, a connection, other ports, the client's. */
	    {"   0: 00000000000000000000000000000000:1F90 00000000000000000000000000000000:0000 0A 00000000:", 8080,
	     false},
	    {"   1: 0000000000000000FFFF00000100090A:1F90 0000000000000000FFFF00000200090A:15B3 01 0", 8080, false},
	    {"   1: 0000000000000000FFFF00000100090A:1F90 0000000000000000FFFF00000200090A:15B3 03 0", 8081, false},
	    {"   1: 0000000000000000FFFF00000100090A:1F90 0000000000000000FFFF00000200090A:15B3 03 0", 5555, false},
	    {"  sl  local_address                         remote_address                        st tx_queue", 8080,
	     false},
	    /* Cut off. */
	    {"   1: 0000000000000000FFFF00000100090A:1F90 0000000000000000FFFF00000200090A:15B3 03", 8080, false},
	    {"   1: 0000000000000000FFFF00000100090A:1F90", 8080, false},
	    {"   1: 0000000000000000FFFF00000100090A:", 8080, false},
	    {"   1", 8080, false},
	    {"", 0, false},
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
		if (handshake_parse(rows[i].line, rows[i].port) != rows[i].is_one)
			fail_msg("row %zu", i);
}

static int listener(bool reuseport)
{
	int fd = socket(AF_INET6, SOCK_STREAM, 0);

	assert_return_code(setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &(int){reuseport}, sizeof(int)), errno);
	assert_return_code(listen(fd, 5), errno);
	return fd;
}

/* Who drops the answer to its SYN, and so never acknowledges it. */
static int deaf_client(int listener)
{
	static struct sock_filter none[] = {{BPF_RET | BPF_K, 0, 0, 0}};
	static const struct sock_fprog deaf = {1, none};
	struct sockaddr_in6 name = {.sin6_family = AF_INET6};
	socklen_t length = sizeof name;
	int fd = socket(AF_INET6, SOCK_STREAM | SOCK_NONBLOCK, 0);

	assert_return_code(setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &deaf, sizeof deaf), errno);
	assert_return_code(getsockname(listener, (struct sockaddr *)&name, &length), errno);
	name.sin6_addr = in6addr_loopback;
	assert_int_equal(connect(fd, (struct sockaddr *)&name, sizeof name), -1);
	assert_int_equal(errno, EINPROGRESS);
	return fd;
}

static void those_of_a_listener(void **state)
{
	int fd = listener(false), other = listener(false), client;

	(void)state;
	assert_false(handshakes_under_way(fd));
	client = deaf_client(fd);
	assert_true(handshakes_under_way(fd));
	assert_false(handshakes_under_way(other));
	assert_false(handshakes_under_way(client));
	close(client);
	close(other);
	close(fd);
}

static void of_a_group_nothing_is_said(void **state)
{
	int fd = listener(true), client = deaf_client(fd);

	(void)state;
	assert_false(handshakes_under_way(fd));
	close(client);
	close(fd);
}

static void what_does_not_listen_has_none(void **state)
{
	int stream = socket(AF_INET6, SOCK_STREAM, 0), datagram = socket(AF_INET6, SOCK_DGRAM, 0);

	(void)state;
	assert_false(handshakes_under_way(stream));
	assert_false(handshakes_under_way(datagram));
	assert_false(handshakes_under_way(-1));
	close(stream);
	close(datagram);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(lines),
	    cmocka_unit_test(those_of_a_listener),
	    cmocka_unit_test(of_a_group_nothing_is_said),
	    cmocka_unit_test(what_does_not_listen_has_none),
	};

	return cmocka_run_group_tests_name("handshakes", tests, private_network, NULL);
}
