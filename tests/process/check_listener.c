/* SPDX-License-Identifier: MIT */
/* Which sockets become dual-stack, when, and which do not. */
#define _GNU_SOURCE
#include "preloaded.h"
#include "base/sys.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

enum { PORT = 8080, WIDE = 8090, LOOPBACK = 9000 };

static int domain_of(int fd)
{
	return kernel_option(fd, SOL_SOCKET, SO_DOMAIN);
}

static int tcp4(void)
{
	return socket(AF_INET, SOCK_STREAM, 0);
}

static int bind4(int fd, uint32_t address, uint16_t port)
{
	struct sockaddr_in local = ipv4(address, port);

	return bind(fd, (struct sockaddr *)&local, sizeof local);
}

static int bind6(int fd, const struct in6_addr *address, uint16_t port)
{
	struct sockaddr_in6 local = ipv6(*address, port);

	return bind(fd, (struct sockaddr *)&local, sizeof local);
}

static int tcp6_only(void)
{
	int fd = socket(AF_INET6, SOCK_STREAM, 0);

	ck_assert_int_eq(setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &(int){1}, sizeof(int)), 0);
	return fd;
}

static uint16_t port_of(int fd)
{
	struct sockaddr_in name;
	socklen_t length = sizeof name;

	ck_assert_int_eq(getsockname(fd, (struct sockaddr *)&name, &length), 0);
	return ntohs(name.sin_port);
}

START_TEST(port_chosen_by_the_kernel)
{
	int fd = tcp4();
	uint16_t port;

	ck_assert_int_eq(bind4(fd, INADDR_ANY, 0), 0);
	ck_assert_int_eq(domain_of(fd), AF_INET);
	port = port_of(fd);
	ck_assert_int_eq(listen(fd, 5), 0);
	ck_assert_int_eq(domain_of(fd), AF_INET6);
	ck_assert_uint_eq(port_of(fd), port);
	ck_assert_int_ge(connected6(in6addr_loopback, port), 0);
	ck_assert_int_ge(connected4(port), 0);
}
END_TEST

START_TEST(bound_by_listen)
{
	int fd = tcp4();

	errno = 77;
	ck_assert_int_eq(listen(fd, 5), 0);
	ck_assert_int_eq(errno, 77);
	ck_assert_int_eq(domain_of(fd), AF_INET6);
	ck_assert_int_ge(connected6(in6addr_loopback, port_of(fd)), 0);
}
END_TEST

START_TEST(bound_before_the_library_was_there)
{
	struct sockaddr_in local = ipv4(INADDR_ANY, PORT);
	int fd = tcp4();

	ck_assert_int_eq(sys_call(SYS_bind, fd, &local, sizeof local), 0);
	ck_assert_int_eq(listen(fd, 5), 0);
	ck_assert_int_eq(domain_of(fd), AF_INET6);
	ck_assert_int_ge(connected6(in6addr_loopback, PORT), 0);
}
END_TEST

START_TEST(unspecified_family_is_ipv4)
{
	struct sockaddr_in local = ipv4(INADDR_ANY, PORT);
	int fd = tcp4();

	local.sin_family = AF_UNSPEC;
	ck_assert_int_eq(bind(fd, (struct sockaddr *)&local, sizeof local), 0);
	ck_assert_int_eq(domain_of(fd), AF_INET6);
}
END_TEST

START_TEST(a_listener_is_not_replaced)
{
	struct sockaddr_in local = ipv4(INADDR_ANY, PORT);
	int fd = tcp4(), client, connection;

	ck_assert_int_eq(sys_call(SYS_bind, fd, &local, sizeof local), 0);
	ck_assert_int_eq(sys_call(SYS_listen, fd, 5), 0);
	client = connected4(PORT);
	ck_assert_int_eq(listen(fd, 9), 0);
	ck_assert_int_eq(domain_of(fd), AF_INET);
	connection = accept(fd, NULL, NULL);
	ck_assert_int_eq(write(connection, "x", 1), 1);
	ck_assert_int_eq(read(client, &local, 1), 1);
}
END_TEST

START_TEST(what_is_no_wildcard_listener)
{
	int udp = socket(AF_INET, SOCK_DGRAM, 0), specific = tcp4(), client = tcp4(), server;
	struct sockaddr_in remote;

	ck_assert_int_eq(bind4(udp, INADDR_ANY, PORT), 0);
	ck_assert_int_eq(domain_of(udp), AF_INET);
	ck_assert_int_eq(bind4(specific, INADDR_LOOPBACK, PORT), 0);
	ck_assert_int_eq(domain_of(specific), AF_INET);
	server = listening(INADDR_LOOPBACK, PORT + 1);
	remote = ipv4(INADDR_LOOPBACK, PORT + 1);
	ck_assert_int_eq(bind4(client, INADDR_ANY, 0), 0);
	ck_assert_int_eq(connect(client, (struct sockaddr *)&remote, sizeof remote), 0);
	ck_assert_int_eq(domain_of(client), AF_INET);
	ck_assert_int_eq(domain_of(server), AF_INET);
}
END_TEST

/* bind and listen refuse what they refuse natively. */
START_TEST(errors_are_native)
{
	int twice = tcp4(), taken = listening(INADDR_ANY, PORT + 2), loser = tcp4(), before = count_descriptors();
	struct sockaddr_in local = ipv4(INADDR_ANY, PORT + 3);

	ck_assert_int_eq(bind4(twice, INADDR_LOOPBACK, 0), 0);
	ck_assert_int_eq(bind4(twice, INADDR_ANY, PORT), -1);
	ck_assert_int_eq(errno, EINVAL);
	ck_assert_int_eq(bind4(taken, INADDR_ANY, PORT), -1);
	ck_assert_int_eq(errno, EINVAL);
	ck_assert_int_eq(bind4(loser, INADDR_ANY, PORT + 2), -1);
	ck_assert_int_eq(errno, EADDRINUSE);
	ck_assert_int_eq(domain_of(loser), AF_INET);
	ck_assert_int_eq(bind(loser, (struct sockaddr *)&local, 15), -1);
	ck_assert_int_eq(errno, EINVAL);
	ck_assert_int_eq(bind(loser, NULL, sizeof local), -1);
	ck_assert_int_eq(errno, EFAULT);
	ck_assert_int_eq(bind(-1, (struct sockaddr *)&local, sizeof local), -1);
	ck_assert_int_eq(errno, EBADF);
	ck_assert_int_eq(listen(-1, 5), -1);
	ck_assert_int_eq(errno, EBADF);
	ck_assert_int_eq(count_descriptors(), before);
}
END_TEST

static int member(uint16_t port)
{
	int fd = tcp4();

	ck_assert_int_eq(setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &(int){1}, sizeof(int)), 0);
	ck_assert_int_eq(bind4(fd, INADDR_ANY, port), 0);
	return fd;
}

/* No rule is known for the first one when it is bound. */
START_TEST(group_at_a_port_of_the_kernels_choice)
{
	int fds[3] = {member(0)};
	uint16_t port = port_of(fds[0]);

	for (int i = 1; i < 3; i++)
		fds[i] = member(port);
	for (int i = 0; i < 3; i++) {
		ck_assert_int_eq(listen(fds[i], 5), 0);
		ck_assert_int_eq(domain_of(fds[i]), AF_INET6);
		ck_assert_uint_eq(port_of(fds[i]), port);
		ck_assert_int_eq(kernel_option(fds[i], SOL_SOCKET, SO_REUSEPORT), 1);
	}
	ck_assert_int_ge(connected6(in6addr_loopback, port), 0);
	ck_assert_int_ge(connected4(port), 0);
}
END_TEST

/* One that another process has too stays, and so does its group. */
START_TEST(group_whose_first_one_is_shared)
{
	int first = member(0), second, hold[2];
	pid_t child;

	ck_assert_int_eq(pipe(hold), 0);
	child = fork();
	if (child == 0) {
		close(hold[1]);
		_exit((int)read(hold[0], &(char){0}, 1));
	}
	second = member(port_of(first));
	ck_assert_int_eq(listen(first, 5) | listen(second, 5), 0);
	ck_assert_int_eq(domain_of(first), AF_INET);
	ck_assert_int_eq(domain_of(second), AF_INET);
	close(hold[1]);
	ck_assert_int_eq(waitpid(child, NULL, 0), child);
}
END_TEST

START_TEST(reuseport_group)
{
	int fds[3];

	for (int i = 0; i < 3; i++) {
		fds[i] = tcp4();
		setsockopt(fds[i], SOL_SOCKET, SO_REUSEPORT, &(int){1}, sizeof(int));
		ck_assert_int_eq(bind4(fds[i], INADDR_ANY, PORT), 0);
		ck_assert_int_eq(listen(fds[i], 5), 0);
		ck_assert_int_eq(domain_of(fds[i]), AF_INET6);
		ck_assert_int_eq(kernel_option(fds[i], SOL_SOCKET, SO_REUSEPORT), 1);
	}
}
END_TEST

START_TEST(own_ipv6_listener_is_widened)
{
	int at_bind = tcp6_only(), at_listen = tcp6_only();
	uint16_t port;

	ck_assert_int_eq(bind6(at_bind, &in6addr_any, WIDE), 0);
	ck_assert_int_eq(listen(at_bind, 5), 0);
	ck_assert_int_ge(connected4(WIDE), 0);
	ck_assert_int_ge(connected6(in6addr_loopback, WIDE), 0);

	ck_assert_int_eq(bind6(at_listen, &in6addr_any, 0), 0);
	port = port_of(at_listen);
	ck_assert_int_eq(listen(at_listen, 5), 0);
	ck_assert_int_eq(kernel_option(at_listen, IPPROTO_IPV6, IPV6_V6ONLY), 0);
	ck_assert_int_ge(connected4(port), 0);
}
END_TEST

/* The rule widens; then the program binds IPv4 too, and gets its own back. */
START_TEST(widened_listener_makes_way)
{
	int six = tcp6_only(), four = tcp4();

	ck_assert_int_eq(bind6(six, &in6addr_any, WIDE), 0);
	ck_assert_int_eq(kernel_option(six, IPPROTO_IPV6, IPV6_V6ONLY), 0);
	ck_assert_int_eq(listen(six, 5), 0);
	ck_assert_int_eq(bind4(four, INADDR_ANY, WIDE), 0);
	ck_assert_int_eq(kernel_option(six, IPPROTO_IPV6, IPV6_V6ONLY), 1);
	ck_assert_int_eq(domain_of(four), AF_INET);
	ck_assert_int_eq(listen(four, 5), 0);
	ck_assert_int_ge(connected6(in6addr_loopback, WIDE), 0);
	ck_assert_int_ge(connected4(WIDE), 0);
}
END_TEST

START_TEST(ipv6_only_listener_beside_ipv4_is_not_widened)
{
	int six = tcp6_only(), four = tcp4();

	ck_assert_int_eq(bind4(four, INADDR_ANY, WIDE), 0);
	ck_assert_int_eq(bind6(six, &in6addr_any, WIDE), 0);
	ck_assert_int_eq(kernel_option(six, IPPROTO_IPV6, IPV6_V6ONLY), 1);
}
END_TEST

START_TEST(promoted_listener_makes_way)
{
	int four = listening(INADDR_LOOPBACK, LOOPBACK), six = tcp6_only();
	struct sockaddr_in name;
	socklen_t length = sizeof name;

	ck_assert_int_eq(domain_of(four), AF_INET6);
	ck_assert_int_eq(bind6(six, &in6addr_any, LOOPBACK), 0);
	ck_assert_int_eq(listen(six, 5), 0);
	ck_assert_int_eq(domain_of(four), AF_INET);
	ck_assert_int_eq(sys_call(SYS_getsockname, four, &name, &length), 0);
	ck_assert_uint_eq(ntohl(name.sin_addr.s_addr), INADDR_LOOPBACK);
	ck_assert_int_ge(connected4(LOOPBACK), 0);
	ck_assert_int_ge(connected6(in6addr_loopback, LOOPBACK), 0);
}
END_TEST

/* 0.0.0.0 and 127.0.0.1 are in each other's way natively too: a promoted listener
 * that is in use, and so does not yield, has no room for 0.0.0.0 beside it. */
START_TEST(promoted_listener_in_use)
{
	int four = listening(INADDR_LOOPBACK, LOOPBACK), other = tcp4(), hold[2];
	char byte;

	ck_assert_int_eq(domain_of(four), AF_INET6);
	ck_assert_int_eq(pipe(hold), 0);
	if (fork() == 0) {
		close(hold[1]);
		_exit(read(hold[0], &byte, 1) != 0);
	}
	ck_assert_int_eq(bind4(other, INADDR_ANY, LOOPBACK), -1);
	ck_assert_int_eq(errno, EADDRINUSE);
	ck_assert_int_eq(kernel_option(four, SOL_SOCKET, SO_REUSEPORT), 0);
	close(hold[1]);
	wait(NULL);
}
END_TEST

/* Another process has [::]:PORT, both with SO_REUSEADDR: bind cannot see it,
 * listen can. Natively IPv4 is free, and so it must be here. */
START_TEST(stranger_found_at_listen)
{
	int four = tcp4(), six, ready[2], status;
	pid_t stranger;
	char byte = 'x';

	ck_assert_int_eq(pipe(ready), 0);
	setsockopt(four, SOL_SOCKET, SO_REUSEADDR, &(int){1}, sizeof(int));
	ck_assert_int_eq(bind4(four, INADDR_ANY, PORT), 0);
	ck_assert_int_eq(domain_of(four), AF_INET6);
	stranger = fork();
	if (stranger == 0) {
		close(four);
		six = tcp6_only();
		setsockopt(six, SOL_SOCKET, SO_REUSEADDR, &(int){1}, sizeof(int));
		if (bind6(six, &in6addr_any, PORT) != 0 || listen(six, 5) != 0)
			byte = '!';
		status = write(ready[1], &byte, 1) != 1;
		pause();
		_exit(status);
	}
	ck_assert_int_eq(read(ready[0], &byte, 1), 1);
	ck_assert_int_eq(byte, 'x');
	errno = 77;
	ck_assert_int_eq(listen(four, 5), 0);
	ck_assert_int_eq(errno, 77);
	ck_assert_int_eq(domain_of(four), AF_INET);
	ck_assert_int_ge(connected4(PORT), 0);
	kill(stranger, SIGKILL);
	waitpid(stranger, &status, 0);
}
END_TEST

int main(int argc, char **argv)
{
	const struct preloaded_test tests[] = {
	    {port_chosen_by_the_kernel, 1},
	    {bound_by_listen, 1},
	    {bound_before_the_library_was_there, 1},
	    {unspecified_family_is_ipv4, 1},
	    {a_listener_is_not_replaced, 1},
	    {what_is_no_wildcard_listener, 1},
	    {errors_are_native, 1},
	    {reuseport_group, 1},
	    {group_at_a_port_of_the_kernels_choice, 1},
	    {group_whose_first_one_is_shared, 1},
	    {own_ipv6_listener_is_widened, 1},
	    {widened_listener_makes_way, 1},
	    {ipv6_only_listener_beside_ipv4_is_not_widened, 1},
	    {promoted_listener_makes_way, 1},
	    {promoted_listener_in_use, 1},
	    {stranger_found_at_listen, 1},
	};

	(void)argc;
	return preloaded_main(argv, "* [::]:8090 [::]:32768-60999 127.0.0.1:9000", "ipv4", tests,
			      sizeof tests / sizeof tests[0]);
}
