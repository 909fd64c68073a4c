/* SPDX-License-Identifier: MIT */
/* Swap: what the new socket has of the old one, flags and names included. */
#define _GNU_SOURCE
#include "sockets.h"
#include "socks.h"

#include "base/address.h"
#include "swap/swap.h"

#include <errno.h>
#include <signal.h>

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

static bool convert(int fd, uint16_t port)
{
	struct swap swap = {.v6only = false, .mark = MARK_CONVERTED};

	address_set_in6(&swap.local, &in6addr_any, port);
	return swap_fd(fd, &swap);
}

static void flags_are_kept(void **state)
{
	static const struct {
		int descriptor, status;
	} rows[] = {
	    {0, 0},          {FD_CLOEXEC, 0},
	    {0, O_NONBLOCK}, {FD_CLOEXEC, O_NONBLOCK | O_ASYNC},
	    {0, O_ASYNC},    {FD_CLOEXEC, O_NONBLOCK | O_APPEND | O_ASYNC},
	};

	(void)state;
	signal(SIGIO, SIG_IGN);
	for (size_t i = 0; i < COUNT(rows); i++) {
		int fd = new_socket(AF_INET), before;

		assert_int_equal(fcntl(fd, F_SETFD, rows[i].descriptor), 0);
		assert_int_equal(fcntl(fd, F_SETFL, rows[i].status), 0);
		before = fcntl(fd, F_GETFL);
		assert_true(convert(fd, free_port()));
		assert_int_equal(fcntl(fd, F_GETFD), rows[i].descriptor);
		assert_int_equal(fcntl(fd, F_GETFL), before);
		close(fd);
	}
}

static void options_are_kept(void **state)
{
	struct linger linger = {1, 7}, kept = {0, 0};
	socklen_t length = sizeof kept;
	int fd = new_socket(AF_INET);

	(void)state;
	set_int_option(fd, SOL_SOCKET, SO_KEEPALIVE, 1);
	assert_int_equal(setsockopt(fd, SOL_SOCKET, SO_LINGER, &linger, sizeof linger), 0);
	set_int_option(fd, IPPROTO_IP, IP_TOS, 0x20);
	assert_true(convert(fd, free_port()));
	assert_int_equal(int_option(fd, SOL_SOCKET, SO_KEEPALIVE), 1);
	assert_int_equal(getsockopt(fd, SOL_SOCKET, SO_LINGER, &kept, &length), 0);
	assert_memory_equal(&kept, &linger, sizeof linger);
	assert_int_equal(int_option(fd, IPPROTO_IP, IP_TOS), 0x20);
	assert_int_equal(int_option(fd, IPPROTO_IPV6, IPV6_TCLASS), 0x20);
	close(fd);
}

/* Signal-driven servers: the signal, its number, and the process to which it goes. */
static void owner_and_signal_are_kept(void **state)
{
	struct f_owner_ex owner = {F_OWNER_TID, getpid()}, kept = {0, 0};
	struct timespec patience = {WAIT_MS / 1000, 0};
	int fd = new_socket(AF_INET), client, wanted = SIGRTMIN + 3;
	uint16_t port = free_port();
	siginfo_t information;
	sigset_t set;

	(void)state;
	sigemptyset(&set);
	sigaddset(&set, wanted);
	assert_int_equal(sigprocmask(SIG_BLOCK, &set, NULL), 0);
	assert_int_equal(fcntl(fd, F_SETOWN_EX, &owner), 0);
	assert_int_equal(fcntl(fd, F_SETSIG, wanted), 0);
	assert_int_equal(fcntl(fd, F_SETFL, O_ASYNC | O_NONBLOCK), 0);
	assert_true(convert(fd, port));
	assert_int_equal(fcntl(fd, F_GETOWN_EX, &kept), 0);
	assert_int_equal(kept.type, owner.type);
	assert_int_equal(kept.pid, owner.pid);
	assert_int_equal(fcntl(fd, F_GETSIG), wanted);
	assert_int_equal(listen(fd, 5), 0);
	/* Whatever the unconnected socket has sent so far. */
	while (sigtimedwait(&set, &information, &(struct timespec){0, 0}) > 0)
		;
	client = connect_to(AF_INET6, port);
	assert_true(client >= 0);
	assert_int_equal(sigtimedwait(&set, &information, &patience), wanted);
	assert_int_equal(information.si_fd, fd);
	close(client);
	close(fd);
}

static void process_group_owner_is_kept(void **state)
{
	int fd = new_socket(AF_INET);

	(void)state;
	assert_int_equal(fcntl(fd, F_SETOWN, -getpgrp()), 0);
	assert_true(convert(fd, free_port()));
	assert_int_equal(fcntl(fd, F_GETOWN), -getpgrp());
	assert_int_equal(fcntl(fd, F_GETSIG), 0);
	close(fd);
}

/* Each number means the new socket, with its own close-on-exec flag. */
static void duplicates_follow(void **state)
{
	int fd = new_socket(AF_INET), other = new_socket(AF_INET);
	int plain = dup(fd), closing = fcntl(fd, F_DUPFD_CLOEXEC, 700), high = fcntl(fd, F_DUPFD, 800);
	ino_t untouched = inode_of(other), old = inode_of(fd), new;
	int numbers[] = {fd, plain, closing, high};
	unsigned before = open_descriptors();

	(void)state;
	/* Through a number that is neither the first nor the last. */
	assert_true(convert(closing, free_port()));
	assert_int_equal(open_descriptors(), before);
	new = inode_of(fd);
	assert_true(new != old);
	for (size_t i = 0; i < COUNT(numbers); i++) {
		assert_int_equal(inode_of(numbers[i]), new);
		assert_int_equal(fcntl(numbers[i], F_GETFD), numbers[i] == closing ? FD_CLOEXEC : 0);
		close(numbers[i]);
	}
	assert_int_equal(inode_of(other), untouched);
	close(other);
}

static void too_many_duplicates_are_refused(void **state)
{
	int fd = new_socket(AF_INET), copies[64];
	ino_t inode = inode_of(fd);
	unsigned before;

	(void)state;
	for (size_t i = 0; i < COUNT(copies); i++)
		copies[i] = dup(fd);
	before = open_descriptors();
	assert_false(convert(fd, free_port()));
	assert_int_equal(errno, E2BIG);
	assert_int_equal(open_descriptors(), before);
	for (size_t i = 0; i < COUNT(copies); i++) {
		assert_int_equal(inode_of(copies[i]), inode);
		close(copies[i]);
	}
	/* One fewer than before is the most that fits. */
	for (size_t i = 0; i < COUNT(copies) - 1; i++)
		copies[i] = dup(fd);
	assert_true(convert(fd, free_port()));
	for (size_t i = 0; i < COUNT(copies) - 1; i++) {
		assert_int_equal(inode_of(copies[i]), inode_of(fd));
		close(copies[i]);
	}
	close(fd);
}

static void mptcp_stays_mptcp(void **state)
{
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, IPPROTO_MPTCP);
	uint16_t port = free_port();
	struct swap back = {.v6only = true, .mark = MARK_NONE};

	(void)state;
	if (lacks_mptcp())
		skip();
	address_set_in(&back.local, htonl(INADDR_ANY), port);
	set_int_option(fd, SOL_SOCKET, SO_REUSEADDR, 1);
	set_int_option(fd, IPPROTO_TCP, TCP_NODELAY, 1);
	assert_true(convert(fd, port));
	assert_int_equal(int_option(fd, SOL_SOCKET, SO_PROTOCOL), IPPROTO_MPTCP);
	assert_int_equal(int_option(fd, SOL_SOCKET, SO_REUSEADDR), 1);
	assert_int_equal(int_option(fd, IPPROTO_TCP, TCP_NODELAY), 1);
	assert_int_equal(domain_of(fd), AF_INET6);
	assert_int_equal(mark_get(fd), MARK_CONVERTED);
	assert_int_equal(listen(fd, 5), 0);
	assert_true(serves(fd, AF_INET));
	assert_true(serves(fd, AF_INET6));
	assert_true(swap_fd(fd, &back));
	assert_int_equal(int_option(fd, SOL_SOCKET, SO_PROTOCOL), IPPROTO_MPTCP);
	assert_int_equal(domain_of(fd), AF_INET);
	assert_true(serves(fd, AF_INET));
	assert_false(serves(fd, AF_INET6));
	close(fd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(flags_are_kept),
	    cmocka_unit_test(options_are_kept),
	    cmocka_unit_test(owner_and_signal_are_kept),
	    cmocka_unit_test(process_group_owner_is_kept),
	    cmocka_unit_test(duplicates_follow),
	    cmocka_unit_test(too_many_duplicates_are_refused),
	    cmocka_unit_test(mptcp_stays_mptcp),
	};

	return cmocka_run_group_tests_name("swap: what is carried", tests, private_network, NULL);
}
