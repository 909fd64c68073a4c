/* SPDX-License-Identifier: MIT */
/* What a thread polls, as it is in memory. */
#define _GNU_SOURCE
#include "sockets.h"

#include "process/polled.h"

#include <poll.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/select.h>

enum { MANY = 1000 };

static uint64_t at(const void *memory)
{
	return (uintptr_t)memory;
}

static void lists(void **state)
{
	int fd = new_socket(AF_INET), copy = dup(fd), other = new_socket(AF_INET);
	struct polled polled = {fd, inode_of(fd)};
	struct pollfd *list = calloc(MANY, sizeof *list);

	(void)state;
	assert_non_null(list);
	for (int i = 0; i < MANY; i++)
		list[i].fd = i % 2 ? other : -1;
	assert_false(polled_by_poll(&polled, at(list), 0));
	assert_false(polled_by_poll(&polled, at(list), MANY));
	list[MANY - 1].fd = fd;
	assert_true(polled_by_poll(&polled, at(list), MANY));
	assert_false(polled_by_poll(&polled, at(list), MANY - 1));
	list[MANY - 1].fd = copy;
	assert_true(polled_by_poll(&polled, at(list), MANY));
	free(list);
	close(fd);
	close(copy);
	close(other);
}

static void sets(void **state)
{
	int fd = new_socket(AF_INET), high = fcntl(fd, F_DUPFD_CLOEXEC, 700), other = new_socket(AF_INET);
	struct polled polled = {fd, inode_of(fd)};
	fd_set some, none;
	uint64_t read[3] = {at(&some), 0, 0}, write[3] = {0, at(&some), at(&none)}, nothing[3] = {0, 0, 0};

	(void)state;
	FD_ZERO(&none);
	FD_ZERO(&some);
	FD_SET(other, &some);
	assert_false(polled_by_select(&polled, FD_SETSIZE, nothing));
	assert_false(polled_by_select(&polled, FD_SETSIZE, read));
	FD_SET(high, &some);
	assert_true(polled_by_select(&polled, FD_SETSIZE, read));
	assert_true(polled_by_select(&polled, (uint64_t)high + 1, write));
	assert_false(polled_by_select(&polled, (uint64_t)high, read));
	FD_CLR(high, &some);
	FD_SET(fd, &some);
	assert_true(polled_by_select(&polled, (uint64_t)fd + 1, read));
	assert_false(polled_by_select(&polled, (uint64_t)fd, read));
	close(fd);
	close(high);
	close(other);
}

/* It may be waited for where that is not to be had. */
static void memory_that_is_gone(void **state)
{
	int fd = new_socket(AF_INET);
	struct polled polled = {fd, inode_of(fd)};
	void *gone = mmap(NULL, 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	uint64_t sets[3] = {0, at(gone), 0};
	unsigned before = open_descriptors();

	(void)state;
	assert_true(polled_by_poll(&polled, at(gone), 1));
	assert_true(polled_by_poll(&polled, 0, UINT64_MAX));
	assert_true(polled_by_poll(&polled, UINT64_MAX, 3));
	assert_true(polled_by_select(&polled, 10, sets));
	assert_true(polled_by_select(&polled, UINT64_MAX, sets));
	assert_int_equal(open_descriptors(), before);
	munmap(gone, 4096);
	close(fd);
}

static void one(void **state)
{
	int fd = new_socket(AF_INET), copy = dup(fd), other = new_socket(AF_INET);
	struct polled polled = {fd, inode_of(fd)};

	(void)state;
	assert_true(polled_is_it(&polled, fd));
	assert_true(polled_is_it(&polled, copy));
	assert_false(polled_is_it(&polled, other));
	assert_false(polled_is_it(&polled, -1));
	assert_false(polled_is_it(&polled, 9999));
	close(fd);
	close(copy);
	close(other);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(lists),
	    cmocka_unit_test(sets),
	    cmocka_unit_test(memory_that_is_gone),
	    cmocka_unit_test(one),
	};

	return cmocka_run_group_tests_name("polled", tests, private_network, NULL);
}
