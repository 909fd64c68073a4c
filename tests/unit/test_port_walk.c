/* SPDX-License-Identifier: MIT */
/* What a process has at a port, and what refers to one of its sockets. */
#define _GNU_SOURCE
#include "listeners.h"

#include "bind/port_walk.h"

#include <sys/epoll.h>

static uint16_t port;

static int begin(void **state)
{
	(void)state;
	port = free_port();
	return 0;
}

static bool end_at_once(void *context, const struct sock *sock)
{
	unsigned *count = context;

	(void)sock;
	++*count;
	return false;
}

static bool go_on(void *context, const struct sock *sock)
{
	unsigned *count = context;

	assert_int_equal(address_port(&sock->local), port);
	++*count;
	return true;
}

static void a_walk(void **state)
{
	int one = listening_in_group(AF_INET, port), other = listening_in_group(AF_INET, port);
	unsigned count = 0;

	(void)state;
	port_walk(TRANSPORT_TCP, port, go_on, &count, NULL, false);
	assert_int_equal(count, 2);
	port_walk(TRANSPORT_UDP, port, go_on, &count, NULL, false);
	assert_int_equal(count, 2);
	count = 0;
	port_walk(TRANSPORT_TCP, port, end_at_once, &count, NULL, false);
	assert_int_equal(count, 1);
	close(one);
	close(other);
}

/* What it was asked for besides: the own numbers, and each epoll instance. */
static void what_refers_to_one(void **state)
{
	int fd = new_socket(AF_INET), copy = dup(fd), other = new_socket(AF_INET), epfd = epoll_create1(0);
	struct ref_list refs;
	struct sock sock;
	unsigned count = 0;

	(void)state;
	assert_true(sock_read(fd, &sock));
	ref_list_begin(&refs, &sock);
	port_walk(TRANSPORT_TCP, port, go_on, &count, &refs, false);
	assert_int_equal(count, 0);
	assert_true(refs.whole);
	assert_int_equal(refs.count, 2);
	for (size_t i = 0; i < refs.count; i++)
		assert_int_equal(refs.each[i].number, refs.each[i].kind == DESCRIPTOR_EPOLL ? epfd : copy);
	close(epfd);
	close(other);
	close(copy);
	close(fd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup(a_walk, begin),
	    cmocka_unit_test_setup(what_refers_to_one, begin),
	};

	return cmocka_run_group_tests(tests, private_network, NULL);
}
