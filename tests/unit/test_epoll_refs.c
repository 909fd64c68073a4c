/* SPDX-License-Identifier: MIT */
/* epoll registrations: reading what the kernel tells of them, out and in again. */
#define _GNU_SOURCE
#include "sockets.h"

#include "swap/epoll_refs.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/eventfd.h>

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

static void lines(void **state)
{
	static const struct {
		const char *line;
		int fd;
		uint32_t events;
		uint64_t data;
		ino_t inode;
	} rows[] = {
	    {"tfd:        5 events:       19 data:                5  pos:0 ino:6d87 sdev:9", 5, 0x19, 5, 0x6d87},
	    {"tfd:        5 events:       19 data:                5", 5, 0x19, 5, 0},
	    {"tfd: 1023 events: c000001f data: fedcba9876543210  pos:0 ino:0 sdev:9", 1023, 0xc000001f,
	     UINT64_C(0xfedcba9876543210), 0},
	    {"tfd:\t12 events:\t80000001 data:\tffffffffffffffff pos:7 ino:ffffffff sdev:a", 12, 0x80000001,
	     UINT64_MAX, 0xffffffff},
	    {"tfd:        5 events:       19 data:                5  pos:0 ino: sdev:9", 5, 0x19, 5, 0},
	};
	static const char *const others[] = {
	    "",
	    "pos:\t0",
	    "flags:\t02000002",
	    "mnt_id:\t15",
	    "ino:\t1041",
	    "tfd:",
	    "tfd:        x events:       19 data:                5",
	    "tfd:        5",
	    "tfd:        5 events:",
	    "tfd:        5 events:       19",
	    "tfd:        5 events:       19 data:",
	    "tfd: 99999999999 events: 1 data: 1",
	    " tfd: 5 events: 19 data: 5",
	    "eventfd-count:                0",
	};
	struct epoll_ref one;
	ino_t inode;

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		assert_true(epoll_refs_parse(rows[i].line, &one, &inode));
		assert_int_equal(one.fd, rows[i].fd);
		assert_int_equal(one.event.events, rows[i].events);
		assert_int_equal(one.event.data.u64, rows[i].data);
		assert_int_equal(inode, rows[i].inode);
	}
	for (size_t i = 0; i < COUNT(others); i++)
		if (epoll_refs_parse(others[i], &one, &inode))
			fail_msg("\"%s\" was taken", others[i]);
}

static void garbage_lines(void **state)
{
	static const char words[][8] = {"tfd:", "events:", "data:", "ino:", " ", "\t", "1f", "0", "z", "9999999"};

	(void)state;
	srandom(20240229);
	for (int round = 0; round < 100000; round++) {
		struct epoll_ref one;
		char line[128] = "";
		ino_t inode;

		for (long left = random() % 12; left > 0; left--)
			strcat(line, words[(size_t)random() % COUNT(words)]);
		if (epoll_refs_parse(line, &one, &inode))
			assert_true(one.fd >= 0);
	}
}

static int watch(int epfd, int fd, uint32_t events, uint64_t data)
{
	struct epoll_event event = {.events = events, .data.u64 = data};

	return epoll_ctl(epfd, EPOLL_CTL_ADD, fd, &event);
}

/* Only what is ours, among everything else that an instance may hold. */
static void collects_one_socket(void **state)
{
	static struct epoll_refs all;
	int epfd = epoll_create1(0), inner = epoll_create1(0), counter = eventfd(0, 0);
	int fd = new_socket(AF_INET), copy = dup(fd), other = new_socket(AF_INET);
	unsigned before;

	(void)state;
	assert_int_equal(watch(epfd, inner, EPOLLIN, 1) | watch(epfd, counter, EPOLLIN, 2), 0);
	assert_int_equal(watch(epfd, other, EPOLLIN, 3), 0);
	assert_int_equal(watch(epfd, fd, EPOLLIN | EPOLLET, UINT64_MAX), 0);
	assert_int_equal(watch(epfd, copy, EPOLLOUT | EPOLLONESHOT, 1), 0);
	before = open_descriptors();
	all.count = 0;
	assert_true(epoll_refs_collect(&all, epfd, inode_of(fd)));
	assert_int_equal(open_descriptors(), before);
	assert_int_equal(all.count, 2);
	for (size_t i = 0; i < 2; i++) {
		bool is_copy = all.each[i].fd == copy;

		assert_int_equal(all.each[i].fd, is_copy ? copy : fd);
		assert_int_equal(all.each[i].epfd, epfd);
		assert_int_equal(all.each[i].event.data.u64, is_copy ? 1 : UINT64_MAX);
		assert_int_equal(all.each[i].event.events & ~(uint32_t)(EPOLLERR | EPOLLHUP),
				 is_copy ? EPOLLOUT | EPOLLONESHOT : EPOLLIN | EPOLLET);
	}
	assert_true(epoll_refs_remove(&all, fd));
	assert_int_equal(watch(epfd, fd, EPOLLIN, 1), 0);
	assert_int_equal(epoll_ctl(epfd, EPOLL_CTL_DEL, fd, NULL), 0);
	epoll_refs_add(&all, fd);
	assert_int_equal(watch(epfd, fd, EPOLLIN, 1), -1);
	assert_int_equal(errno, EEXIST);
	/* One cannot be taken out: the other comes back. */
	close(copy);
	assert_false(epoll_refs_remove(&all, fd));
	assert_int_equal(epoll_ctl(epfd, EPOLL_CTL_DEL, fd, NULL), 0);
	assert_int_equal(close(epfd) | close(inner) | close(counter) | close(fd) | close(other), 0);
}

static void many_lines(void **state)
{
	static struct epoll_refs all;
	static int copies[EPOLL_REFS_MAX + 1];
	int epfd = epoll_create1(0), fd = new_socket(AF_INET), others[200];

	(void)state;
	for (size_t i = 0; i < COUNT(others); i++) {
		others[i] = eventfd(0, 0);
		assert_int_equal(watch(epfd, others[i], EPOLLIN, UINT64_MAX), 0);
	}
	for (size_t i = 0; i < COUNT(copies); i++) {
		copies[i] = dup(fd);
		assert_int_equal(watch(epfd, copies[i], EPOLLIN, i), 0);
	}
	all.count = 0;
	assert_false(epoll_refs_collect(&all, epfd, inode_of(fd)));
	assert_int_equal(epoll_ctl(epfd, EPOLL_CTL_DEL, copies[0], NULL), 0);
	all.count = 0;
	assert_true(epoll_refs_collect(&all, epfd, inode_of(fd)));
	assert_int_equal(all.count, EPOLL_REFS_MAX);
	for (size_t i = 0; i < all.count; i++)
		assert_int_equal(all.each[i].fd, copies[all.each[i].event.data.u64]);
	assert_true(epoll_refs_remove(&all, fd));
	for (size_t i = 0; i < COUNT(copies); i++)
		close(copies[i]);
	for (size_t i = 0; i < COUNT(others); i++)
		close(others[i]);
	close(fd);
	close(epfd);
}

/* The number was closed, and is another socket now: the registration cannot be carried, so the socket stays. */
static void reused_number(void **state)
{
	static struct epoll_refs all;
	int epfd = epoll_create1(0), fd = new_socket(AF_INET), copy = dup(fd), other;

	(void)state;
	assert_int_equal(watch(epfd, copy, EPOLLIN, 1), 0);
	close(copy);
	other = new_socket(AF_INET);
	assert_int_equal(other, copy);
	assert_false(epoll_refs_collect(&all, epfd, inode_of(fd)));
	/* Like a descriptor that another thread has closed meanwhile. */
	assert_true(epoll_refs_collect(&all, 99999, inode_of(fd)));
	assert_int_equal(all.count, 0);
	assert_int_equal(close(other) | close(fd) | close(epfd), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(lines),      cmocka_unit_test(garbage_lines), cmocka_unit_test(collects_one_socket),
	    cmocka_unit_test(many_lines), cmocka_unit_test(reused_number),
	};

	return cmocka_run_group_tests_name("registrations", tests, NULL, NULL);
}
