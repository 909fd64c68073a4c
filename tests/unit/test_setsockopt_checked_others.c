/* SPDX-License-Identifier: MIT */
/* A kernel that says 0 and does nothing: sockets in epoll, and those to be kept. */
#define _GNU_SOURCE
#include "forgets.h"
#include "sockets.h"
#include "socks.h"

#include "base/address.h"
#include "swap/epoll_refs.h"
#include "swap/sockopt_copy.h"
#include "swap/swap.h"

#include <errno.h>
#include <linux/in6.h>
#include <sys/epoll.h>

static const struct forgets registrations = {.registrations = true};

static bool convert(int fd)
{
	struct swap swap = {.mark = MARK_CONVERTED};

	address_set_in6(&swap.local, &in6addr_any, free_port());
	return swap_fd(fd, &swap);
}

static bool watch(int epfd, int operation, int fd)
{
	struct epoll_event event = {.events = EPOLLIN, .data.u64 = 7};

	epoll_refs_note(operation, fd);
	return epoll_ctl(epfd, operation, fd, &event) == 0;
}

/* For an instance that shows no registration the program's own calls count, by any of its numbers. */
static void untold_registrations(void **state)
{
	enum { NEVER, WATCHED, BY_ANOTHER_NUMBER, TAKEN_OUT, OTHERS };

	(void)state;
	for (int i = NEVER; i <= OTHERS; i++) {
		int other = socket(AF_INET, i == OTHERS ? SOCK_STREAM : SOCK_DGRAM, 0);
		int fd = new_socket(AF_INET), second = dup(fd), epfd = epoll_create1(0);
		bool watched = i == WATCHED || i == BY_ANOTHER_NUMBER;
		ino_t inode = inode_of(fd);
		unsigned before;

		if (i != NEVER)
			assert_true(watch(epfd, EPOLL_CTL_ADD,
					  i == BY_ANOTHER_NUMBER ? second
					  : i == OTHERS          ? other
								 : fd));
		if (i == TAKEN_OUT)
			assert_true(watch(epfd, EPOLL_CTL_DEL, fd));
		before = open_descriptors();
		forgets_start(&registrations);
		assert_int_equal(convert(fd), !watched);
		forgets_start(NULL);
		if (watched)
			assert_int_equal(errno, EUNTOLD);
		assert_int_equal(open_descriptors(), before);
		assert_int_equal(inode_of(fd) == inode, watched);
		assert_int_equal(watch(epfd, EPOLL_CTL_DEL, i == BY_ANOTHER_NUMBER ? second : fd), watched);
		epoll_refs_note(EPOLL_CTL_DEL, other);
		assert_int_equal(close(epfd) | close(fd) | close(second) | close(other), 0);
	}
	/* What there is no room for may be. */
	assert_true(epoll_refs_are_noted(4096) && epoll_refs_are_noted(-1) && !epoll_refs_are_noted(4095));
	epoll_refs_note(EPOLL_CTL_ADD, 4095);
	assert_true(epoll_refs_are_noted(4095));
	epoll_refs_note(EPOLL_CTL_MOD, 4095);
	epoll_refs_note(EPOLL_CTL_ADD, 4096);
	epoll_refs_note(EPOLL_CTL_ADD, -1);
	epoll_refs_note(EPOLL_CTL_DEL, 4095);
	assert_false(epoll_refs_are_noted(4095));
}

/* An empty one is none of those. */
static void an_empty_instance(void **state)
{
	int fd = new_socket(AF_INET), epfd = epoll_create1(0);
	unsigned before = open_descriptors();

	(void)state;
	assert_true(convert(fd));
	assert_int_equal(open_descriptors(), before);
	close(epfd);
	close(fd);
}

/* A socket that is to hear of its own groups alone would hear of others' IPv6 groups. */
static void groups_of_others(void **state)
{
	for (int refused = 0; refused < 2; refused++)
		for (int all = 0; all < 2; all++) {
			const struct forgets forgets = {
			    IPPROTO_IPV6, {IPV6_MULTICAST_ALL}, READS_THE_TRUTH, refused, 0, 0};
			int from = socket(AF_INET, SOCK_DGRAM, 0), to = socket(AF_INET6, SOCK_DGRAM, 0);

			set_int_option(from, IPPROTO_IP, IP_MULTICAST_ALL, all);
			forgets_start(&forgets);
			assert_int_equal(copy_options(from, to), all);
			forgets_start(NULL);
			close(from);
			close(to);
		}
	(void)state;
}

/* What cannot be read back would be lost, so nothing is swapped from then on. Last:
 * it stays so for the process. */
static void what_cannot_be_kept(void **state)
{
	static const struct forgets forgets = {IPPROTO_IP, {IP_MULTICAST_LOOP}, READS_THE_TRUTH, 0, 0, 0};
	int fd = new_socket(AF_INET), other = new_socket(AF_INET);

	(void)state;
	forgets_start(&forgets);
	mark_keep(fd);
	forgets_start(NULL);
	assert_true(is_kept(fd));
	assert_false(convert(fd));
	assert_int_equal(errno, ENOKEY);
	assert_false(convert(other));
	close(fd);
	close(other);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(untold_registrations),
	    cmocka_unit_test(an_empty_instance),
	    cmocka_unit_test(groups_of_others),
	    cmocka_unit_test(what_cannot_be_kept),
	};

	return cmocka_run_group_tests_name("a kernel that forgets: epoll, kept sockets", tests, private_network,
					   NULL);
}
