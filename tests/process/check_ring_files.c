/* SPDX-License-Identifier: MIT */
/* Programs that give sockets to io_uring(7) as registered files: a ring goes on with the socket
 * that it has, whatever is put under the socket's number. */
#define _GNU_SOURCE
#include "ring_server.h"

#include <unistd.h>

START_TEST(listener_registered_before_bind)
{
	int fd = socket(AF_INET, SOCK_STREAM, 0);
	struct ring ring;

	if (lacks_rings(&ring))
		return;
	ck_assert_int_eq(ring_register(&ring, &fd, 1), 0);
	bind_any(fd);
	ck_assert_int_eq(listen(fd, 5), 0);
	for (int i = 0; i < 2; i++) {
		start_accept(&ring, 0, true);
		ck_assert_int_ge(connected4(PORT), 0);
		ck_assert_int_ge(ring_wait(&ring), 0);
	}
	ck_assert_int_eq(family_of(fd), AF_INET);
}
END_TEST

START_TEST(receiver_registered_before_bind)
{
	int fd = socket(AF_INET, SOCK_DGRAM, 0), client = socket(AF_INET, SOCK_DGRAM, 0);
	struct io_uring_sqe receive = operation(IORING_OP_RECV, 0, true);
	struct sockaddr_in to = ipv4(INADDR_LOOPBACK, PORT);
	struct ring ring;
	char byte;

	if (lacks_rings(&ring))
		return;
	ck_assert_int_eq(ring_register(&ring, &fd, 1), 0);
	bind_any(fd);
	receive.addr = (uintptr_t)&byte;
	receive.len = 1;
	ck_assert_int_eq(ring_submit(&ring, &receive), 0);
	ck_assert_int_eq(sendto(client, "x", 1, 0, (struct sockaddr *)&to, sizeof to), 1);
	ck_assert_int_eq(ring_wait(&ring), 1);
	ck_assert_int_eq(family_of(fd), AF_INET);
}
END_TEST

/* libuv's are such: for files, and for epoll_ctl. */
START_TEST(ring_without_the_listener)
{
	struct ring ring;
	int fd, file = STDIN_FILENO;

	if (lacks_rings(&ring))
		return;
	if (_i == 1)
		ck_assert_int_eq(ring_register(&ring, &file, 1), 0);
	fd = listening(INADDR_ANY, PORT);
	ck_assert_int_eq(family_of(fd), AF_INET6);
	ck_assert_int_ge(connected6(in6addr_loopback, PORT), 0);
}
END_TEST

/* It is converted then, and stays so when the program comes to bind :: too. */
START_TEST(registered_after_bind)
{
	int fd = listening(INADDR_ANY, PORT);
	struct ring ring;

	if (lacks_rings(&ring))
		return;
	ck_assert_int_eq(ring_register(&ring, &fd, 1), 0);
	serve_ipv6_too();
	ck_assert_int_eq(family_of(fd), AF_INET6);
	start_accept(&ring, 0, true);
	ck_assert_int_ge(connected4(PORT), 0);
	ck_assert_int_ge(ring_wait(&ring), 0);
}
END_TEST

int main(int argc, char **argv)
{
	const struct preloaded_test tests[] = {
	    {listener_registered_before_bind, 1},
	    {receiver_registered_before_bind, 1},
	    {ring_without_the_listener, 2},
	    {registered_after_bind, 1},
	};

	(void)argc;
	return preloaded_main(argv, "8080/any", "ipv4", tests, sizeof tests / sizeof tests[0]);
}
