/* SPDX-License-Identifier: MIT */
/* Swap: epoll goes on watching, with the same events and data. */
#define _GNU_SOURCE
#include "sockets.h"
#include "socks.h"

#include "base/address.h"
#include "swap/epoll_refs.h"
#include "swap/swap.h"

#include <errno.h>
#include <sys/epoll.h>

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

static const uint64_t wide = UINT64_C(0xfedcba9876543210);

static int new_epoll(void)
{
	int epfd = epoll_create1(0);

	assert_true(epfd >= 0);
	return epfd;
}

static void watch(int epfd, int fd, uint32_t events, uint64_t data)
{
	struct epoll_event event = {.events = events, .data.u64 = data};

	assert_int_equal(epoll_ctl(epfd, EPOLL_CTL_ADD, fd, &event), 0);
}

/* Convert, listen, and send a client. */
static int convert_and_connect(int fd)
{
	uint16_t port = free_port();
	struct swap swap = {.v6only = false, .mark = MARK_CONVERTED};
	int client;

	address_set_in6(&swap.local, &in6addr_any, port);
	assert_true(swap_fd(fd, &swap));
	assert_int_equal(listen(fd, 5), 0);
	client = connect_to(AF_INET6, port);
	assert_true(client >= 0);
	assert_true(is_readable(fd, WAIT_MS));
	return client;
}

static void drop_client(int fd, int client)
{
	close(accept(fd, NULL, NULL));
	close(client);
}

/* The next event that is no hang-up, which an unconnected socket always has. */
static uint64_t next_event(int epfd, int patience)
{
	struct epoll_event event;

	while (epoll_wait(epfd, &event, 1, patience) == 1)
		if (event.events & EPOLLIN)
			return event.data.u64;
	return 0;
}

static void each_kind_of_registration(void **state)
{
	static const uint32_t kinds[] = {
	    EPOLLIN,
	    EPOLLIN | EPOLLET,
	    EPOLLIN | EPOLLONESHOT,
	    EPOLLIN | EPOLLRDHUP | EPOLLPRI | EPOLLET,
	    EPOLLIN | EPOLLEXCLUSIVE,
	    EPOLLIN | EPOLLET | EPOLLEXCLUSIVE,
	};

	(void)state;
	for (size_t i = 0; i < COUNT(kinds); i++) {
		int epfd = new_epoll(), fd = new_socket(AF_INET), client;
		struct epoll_event change = {.events = EPOLLIN, .data.u64 = 1};

		watch(epfd, fd, kinds[i], wide + i);
		client = convert_and_connect(fd);
		assert_int_equal(next_event(epfd, WAIT_MS), wide + i);
		/* Level-triggered alone tells again. */
		assert_int_equal(next_event(epfd, 0) != 0, !(kinds[i] & (EPOLLET | EPOLLONESHOT)));
		if (!(kinds[i] & EPOLLEXCLUSIVE))
			assert_int_equal(epoll_ctl(epfd, EPOLL_CTL_MOD, fd, &change), 0);
		assert_int_equal(epoll_ctl(epfd, EPOLL_CTL_DEL, fd, NULL), 0);
		drop_client(fd, client);
		close(fd);
		close(epfd);
	}
}

static void instances_and_duplicates(void **state)
{
	int first = new_epoll(), second = new_epoll(), fd = new_socket(AF_INET), copy = dup(fd);
	int stranger = new_socket(AF_INET), client;

	(void)state;
	assert_int_equal(listen(stranger, 1), 0);
	watch(first, stranger, EPOLLIN, 9);
	watch(first, copy, EPOLLIN | EPOLLONESHOT, 1);
	watch(second, fd, EPOLLIN | EPOLLONESHOT, 2);
	watch(first, fd, EPOLLIN | EPOLLONESHOT, 4);
	client = convert_and_connect(fd);
	/* In whatever order. */
	assert_int_equal(next_event(first, WAIT_MS) + next_event(first, WAIT_MS), 1 + 4);
	assert_int_equal(next_event(first, 0), 0);
	assert_int_equal(next_event(second, WAIT_MS), 2);
	assert_int_equal(next_event(second, 0), 0);
	assert_int_equal(epoll_ctl(first, EPOLL_CTL_DEL, stranger, NULL), 0);
	drop_client(fd, client);
	close(copy);
	close(fd);
	close(stranger);
	close(first);
	close(second);
}

/* One instance under two numbers holds each registration once. */
static void duplicated_instance(void **state)
{
	int epfd = new_epoll(), copy = dup(epfd), fd = new_socket(AF_INET), client;

	(void)state;
	watch(epfd, fd, EPOLLIN, wide);
	client = convert_and_connect(fd);
	assert_int_equal(next_event(copy, WAIT_MS), wide);
	assert_int_equal(epoll_ctl(epfd, EPOLL_CTL_DEL, fd, NULL), 0);
	drop_client(fd, client);
	close(fd);
	close(copy);
	close(epfd);
}

/* A registration whose number was closed, or is another socket's by now, while the socket lives: nobody
 * can move it, and its events would be lost. */
static void a_number_that_was_closed(void **state)
{
	(void)state;
	for (int reused = 0; reused < 2; reused++) {
		int epfd = new_epoll(), fd = new_socket(AF_INET), copy = dup(fd), other = -1;
		struct swap swap = {.mark = MARK_CONVERTED};
		struct epoll_event event;

		watch(epfd, copy, EPOLLIN | EPOLLOUT, 1);
		close(copy);
		if (reused)
			other = new_socket(AF_INET);
		address_set_in6(&swap.local, &in6addr_any, free_port());
		assert_false(swap_fd(fd, &swap));
		assert_int_equal(errno, E2BIG);
		assert_int_equal(domain_of(fd), AF_INET);
		assert_int_equal(epoll_wait(epfd, &event, 1, WAIT_MS), 1);
		assert_int_equal(event.data.u64, 1);
		if (reused)
			close(other);
		close(fd);
		close(epfd);
	}
}

static void too_many_are_refused(void **state)
{
	int fd = new_socket(AF_INET), epolls[EPOLL_REFS_MAX + 1], client;
	struct swap swap = {.v6only = false, .mark = MARK_CONVERTED};
	ino_t inode = inode_of(fd);
	unsigned before;

	(void)state;
	address_set_in6(&swap.local, &in6addr_any, free_port());
	for (size_t i = 0; i < COUNT(epolls); i++) {
		epolls[i] = new_epoll();
		watch(epolls[i], fd, EPOLLIN, i + 1);
	}
	before = open_descriptors();
	assert_false(swap_fd(fd, &swap));
	assert_int_equal(errno, E2BIG);
	assert_int_equal(open_descriptors(), before);
	assert_int_equal(inode_of(fd), inode);
	for (size_t i = 0; i < COUNT(epolls); i++) {
		struct epoll_event event = {.events = EPOLLIN, .data.u64 = i + 1};

		assert_int_equal(epoll_ctl(epolls[i], EPOLL_CTL_MOD, fd, &event), 0);
	}
	close(epolls[EPOLL_REFS_MAX]);
	client = convert_and_connect(fd);
	for (size_t i = 0; i < EPOLL_REFS_MAX; i++) {
		assert_int_equal(next_event(epolls[i], WAIT_MS), i + 1);
		close(epolls[i]);
	}
	drop_client(fd, client);
	close(fd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(each_kind_of_registration), cmocka_unit_test(instances_and_duplicates),
	    cmocka_unit_test(duplicated_instance),       cmocka_unit_test(a_number_that_was_closed),
	    cmocka_unit_test(too_many_are_refused),
	};

	return cmocka_run_group_tests_name("swap: epoll", tests, private_network, NULL);
}
