/* SPDX-License-Identifier: MIT */
/* Swap: which socket is under the descriptor afterwards, and which one has the port. */
#define _GNU_SOURCE
#include "sockets.h"
#include "socks.h"

#include "base/address.h"
#include "socket/sock.h"
#include "swap/swap.h"

#include <errno.h>

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

static bool convert(int fd, uint16_t port)
{
	struct swap swap = {.v6only = false, .mark = MARK_CONVERTED};

	address_set_in6(&swap.local, &in6addr_any, port);
	return swap_fd(fd, &swap);
}

static bool yield(int fd, uint16_t port)
{
	struct swap swap = {.v6only = true, .mark = MARK_NONE};

	address_set_in(&swap.local, htonl(INADDR_ANY), port);
	return swap_fd(fd, &swap);
}

/* Whether another program could take the port beside FD. It has done what the
 * program itself allowed with SO_REUSEADDR or SO_REUSEPORT, or more. */
static bool stranger_binds(int family, uint16_t port, int reuse)
{
	int fd = new_socket(family);
	int done;

	if (reuse != 0)
		set_int_option(fd, SOL_SOCKET, reuse, 1);
	done = try_bind(fd, family, port);
	if (done != 0)
		assert_int_equal(errno, EADDRINUSE);
	close(fd);
	return done == 0;
}

enum stage { UNBOUND, BOUND, LISTENING };

struct variant {
	enum stage stage;
	int reuse_address, reuse_port;
};

static const struct variant variants[] = {
    {UNBOUND, 0, 0}, {UNBOUND, 1, 0},   {UNBOUND, 0, 1},   {BOUND, 0, 0},     {BOUND, 1, 0},     {BOUND, 0, 1},
    {BOUND, 1, 1},   {LISTENING, 0, 0}, {LISTENING, 1, 0}, {LISTENING, 0, 1}, {LISTENING, 1, 1},
};

static int make_socket(const struct variant *variant, uint16_t port)
{
	int fd = new_socket(AF_INET);

	set_int_option(fd, SOL_SOCKET, SO_REUSEADDR, variant->reuse_address);
	set_int_option(fd, SOL_SOCKET, SO_REUSEPORT, variant->reuse_port);
	if (variant->stage >= BOUND)
		assert_int_equal(try_bind(fd, AF_INET, port), 0);
	if (variant->stage == LISTENING)
		assert_int_equal(listen(fd, 17), 0);
	return fd;
}

static int backlog_of(int fd)
{
	struct sock sock;

	return sock_read(fd, &sock) ? sock.backlog : -1;
}

static void check_listener(int fd, const struct variant *variant, uint16_t port, int family)
{
	assert_int_equal(domain_of(fd), family);
	assert_int_equal(port_of(fd), port);
	assert_int_equal(int_option(fd, SOL_SOCKET, SO_REUSEADDR), variant->reuse_address);
	assert_int_equal(int_option(fd, SOL_SOCKET, SO_REUSEPORT), variant->reuse_port);
	assert_int_equal(int_option(fd, SOL_SOCKET, SO_ACCEPTCONN), variant->stage == LISTENING);
	if (variant->stage == LISTENING)
		assert_int_equal(backlog_of(fd), 17);
	else
		assert_int_equal(listen(fd, 17), 0);
	assert_true(serves(fd, AF_INET));
	assert_int_equal(serves(fd, AF_INET6), family == AF_INET6);
	assert_false(stranger_binds(AF_INET, port, 0));
	assert_false(stranger_binds(AF_INET, port, SO_REUSEADDR));
	/*
	 * The port is shared only where the program itself shares it. One hole
	 * is the kernel's: a listener was bound beside a listener, so the port
	 * remembers that SO_REUSEPORT was once allowed there, and the same user
	 * may use it until a socket without it is bound to the port.
	 */
	if (variant->stage == LISTENING && !variant->reuse_port)
		return;
	assert_int_equal(stranger_binds(AF_INET, port, SO_REUSEPORT), variant->reuse_port);
	if (family == AF_INET6)
		assert_int_equal(stranger_binds(AF_INET6, port, SO_REUSEPORT), variant->reuse_port);
}

static void converts_at_every_stage(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(variants); i++) {
		uint16_t port = free_port();
		int fd = make_socket(&variants[i], port);
		unsigned before = open_descriptors();

		errno = 0;
		if (!convert(fd, port))
			fail_msg("variant %zu: errno %d", i, errno);
		assert_int_equal(open_descriptors(), before);
		assert_int_equal(int_option(fd, IPPROTO_IPV6, IPV6_V6ONLY), 0);
		assert_int_equal(mark_get(fd), MARK_CONVERTED);
		check_listener(fd, &variants[i], port, AF_INET6);
		close(fd);
	}
}

static void yields_at_every_stage(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(variants); i++) {
		uint16_t port = free_port();
		int fd = make_socket(&variants[i], port);
		unsigned before = open_descriptors();

		assert_true(convert(fd, port));
		if (!yield(fd, port))
			fail_msg("variant %zu: errno %d", i, errno);
		assert_int_equal(open_descriptors(), before);
		check_listener(fd, &variants[i], port, AF_INET);
		close(fd);
	}
}

/* What the program does next, and the reason for yielding. */
static void second_family_binds_after_yield(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(variants); i++) {
		uint16_t port = free_port();
		int fd = make_socket(&variants[i], port), own = new_socket(AF_INET6);

		set_int_option(own, IPPROTO_IPV6, IPV6_V6ONLY, 1);
		set_int_option(own, SOL_SOCKET, SO_REUSEADDR, variants[i].reuse_address);
		set_int_option(own, SOL_SOCKET, SO_REUSEPORT, variants[i].reuse_port);
		assert_true(convert(fd, port));
		assert_true(yield(fd, port));
		if (try_bind(own, AF_INET6, port) != 0)
			fail_msg("variant %zu: errno %d", i, errno);
		assert_int_equal(listen(own, 5), 0);
		assert_int_equal(listen(fd, 5), 0);
		assert_true(serves(own, AF_INET6));
		assert_true(serves(fd, AF_INET));
		close(own);
		close(fd);
	}
}

static void connections_outlive_a_yield(void **state)
{
	uint16_t port = free_port();
	int fd = make_socket(&variants[7], port), families[] = {AF_INET, AF_INET6};
	int client[2], server[2];
	char byte;

	(void)state;
	assert_true(convert(fd, port));
	for (int i = 0; i < 2; i++) {
		client[i] = connect_to(families[i], port);
		assert_true(client[i] >= 0);
		server[i] = accept(fd, NULL, NULL);
		assert_true(server[i] >= 0);
	}
	assert_true(yield(fd, port));
	for (int i = 0; i < 2; i++) {
		assert_int_equal(write(client[i], "c", 1), 1);
		assert_int_equal(read(server[i], &byte, 1), 1);
		assert_int_equal(write(server[i], "s", 1), 1);
		assert_int_equal(read(client[i], &byte, 1), 1);
		assert_int_equal(byte, 's');
	}
	assert_true(serves(fd, AF_INET));
	for (int i = 0; i < 2; i++)
		assert_int_equal(close(client[i]) | close(server[i]), 0);
	close(fd);
}

static void promotes_and_widens(void **state)
{
	uint16_t port = free_port();
	struct swap swap = {.mark = MARK_PROMOTED};
	int fd = new_socket(AF_INET);

	(void)state;
	address_set_in6(&swap.local, &in6addr_any, port);
	assert_true(swap_fd(fd, &swap));
	assert_int_equal(mark_get(fd), MARK_PROMOTED);
	assert_int_equal(listen(fd, 5), 0);
	assert_true(serves(fd, AF_INET6));
	close(fd);

	fd = new_socket(AF_INET6);
	swap.mark = MARK_WIDENED;
	set_int_option(fd, IPPROTO_IPV6, IPV6_V6ONLY, 1);
	assert_int_equal(try_bind(fd, AF_INET6, port), 0);
	assert_int_equal(listen(fd, 5), 0);
	assert_true(swap_fd(fd, &swap));
	assert_int_equal(mark_get(fd), MARK_WIDENED);
	assert_true(serves(fd, AF_INET));
	assert_true(serves(fd, AF_INET6));

	swap.v6only = true;
	swap.mark = MARK_NONE;
	assert_true(swap_fd(fd, &swap));
	assert_int_equal(mark_get(fd), MARK_NONE);
	assert_false(serves(fd, AF_INET));
	assert_true(serves(fd, AF_INET6));
	close(fd);
}

/* The old socket lives on in another process, here in flight to one: it must
 * not be left shareable. */
static void old_socket_is_not_left_shareable(void **state)
{
	uint16_t port = free_port();
	int fd = make_socket(&variants[7], port), pair[2], received;
	char control[CMSG_SPACE(sizeof(int))] = {0}, byte = 'x';
	struct iovec data = {&byte, 1};
	struct msghdr message = {
	    .msg_iov = &data, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control};
	struct cmsghdr *header = CMSG_FIRSTHDR(&message);

	(void)state;
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
	*header = (struct cmsghdr){CMSG_LEN(sizeof(int)), SOL_SOCKET, SCM_RIGHTS};
	memcpy(CMSG_DATA(header), &fd, sizeof fd);
	assert_int_equal(sendmsg(pair[0], &message, 0), 1);
	assert_true(convert(fd, port));
	assert_int_equal(recvmsg(pair[1], &message, 0), 1);
	memcpy(&received, CMSG_DATA(CMSG_FIRSTHDR(&message)), sizeof received);
	assert_int_equal(domain_of(received), AF_INET);
	assert_int_equal(int_option(received, SOL_SOCKET, SO_REUSEPORT), 0);
	assert_int_equal(int_option(fd, SOL_SOCKET, SO_REUSEPORT), 0);
	assert_false(stranger_binds(AF_INET, port, SO_REUSEADDR));
	close(received);
	assert_false(stranger_binds(AF_INET, port, SO_REUSEADDR));
	assert_true(serves(fd, AF_INET));
	close(fd);
	close(pair[0]);
	close(pair[1]);
}

/* A failure that the kernel gives by itself: the port is a stranger's. */
static void failure_changes_nothing(void **state)
{
	uint16_t port = free_port();
	int stranger = new_socket(AF_INET6), fd = new_socket(AF_INET);
	ino_t inode = inode_of(fd);
	unsigned before;

	(void)state;
	set_int_option(stranger, IPPROTO_IPV6, IPV6_V6ONLY, 1);
	assert_int_equal(try_bind(stranger, AF_INET6, port), 0);
	assert_int_equal(listen(stranger, 5), 0);
	assert_int_equal(try_bind(fd, AF_INET, port), 0);
	before = open_descriptors();
	assert_false(convert(fd, port));
	assert_int_equal(errno, EADDRINUSE);
	assert_int_equal(open_descriptors(), before);
	assert_int_equal(inode_of(fd), inode);
	assert_int_equal(int_option(fd, SOL_SOCKET, SO_REUSEPORT), 0);
	assert_int_equal(listen(fd, 5), 0);
	assert_true(serves(fd, AF_INET));
	close(fd);
	close(stranger);
}

/* Another thread has closed it since it was read, and may have opened another file. */
static void one_that_is_gone(void **state)
{
	struct swap swap = {.mark = MARK_CONVERTED};
	struct sock old;

	(void)state;
	for (int reused = 0; reused < 2; reused++) {
		int fd = new_socket(AF_INET);

		address_set_in6(&swap.local, &in6addr_any, free_port());
		assert_int_equal(try_bind(fd, AF_INET, address_port(&swap.local)), 0);
		assert_true(sock_read(fd, &old));
		swap.old = &old;
		assert_int_equal(reused ? dup2(STDIN_FILENO, fd) : close(fd), reused ? fd : 0);
		assert_false(swap_socket(&swap));
		assert_int_equal(errno, reused ? ENOTSOCK : EBADF);
		if (reused)
			close(fd);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(converts_at_every_stage),
	    cmocka_unit_test(yields_at_every_stage),
	    cmocka_unit_test(second_family_binds_after_yield),
	    cmocka_unit_test(connections_outlive_a_yield),
	    cmocka_unit_test(promotes_and_widens),
	    cmocka_unit_test(old_socket_is_not_left_shareable),
	    cmocka_unit_test(failure_changes_nothing),
	    cmocka_unit_test(one_that_is_gone),
	};

	return cmocka_run_group_tests_name("swap", tests, private_network, NULL);
}
