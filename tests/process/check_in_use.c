/* SPDX-License-Identifier: MIT */
/* Sockets that others hold, wait at, or are queued at: a swap must not leave
 * anybody behind, and the program's calls succeed as natively. */
#define _GNU_SOURCE
#include "preloaded.h"

#include <errno.h>
#include <linux/filter.h>
#include <poll.h>
#include <pthread.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

enum { PORT = 8080 };

static int bind4(int fd, uint16_t port)
{
	struct sockaddr_in local = ipv4(INADDR_ANY, port);

	return bind(fd, (struct sockaddr *)&local, sizeof local);
}

/* The program's own IPv6 listener at the port, as most bind it. */
static void serve_ipv6_too(int six)
{
	struct sockaddr_in6 local = ipv6(in6addr_any, PORT);

	ck_assert_int_eq(setsockopt(six, IPPROTO_IPV6, IPV6_V6ONLY, &(int){1}, sizeof(int)), 0);
	ck_assert_int_eq(bind(six, (struct sockaddr *)&local, sizeof local), 0);
	ck_assert_int_eq(listen(six, 5), 0);
}

static int listening_without_reuse(void)
{
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	ck_assert_int_eq(bind4(fd, PORT), 0);
	ck_assert_int_eq(listen(fd, 5), 0);
	ck_assert_int_eq(kernel_option(fd, SOL_SOCKET, SO_DOMAIN), AF_INET6);
	return fd;
}

START_TEST(forked_between_bind_and_listen)
{
	int fd = socket(AF_INET, SOCK_STREAM, 0), hold[2], status;
	char byte;

	ck_assert_int_eq(bind4(fd, 0), 0);
	ck_assert_int_eq(pipe(hold), 0);
	if (fork() == 0) {
		close(hold[1]);
		_exit(listen(fd, 5) != 0 || read(hold[0], &byte, 1) != 0);
	}
	ck_assert_int_eq(listen(fd, 5), 0);
	close(hold[1]);
	wait(&status);
	ck_assert_int_eq(status, 0);
}
END_TEST

START_TEST(bound_by_a_child)
{
	int fd = socket(AF_INET, SOCK_STREAM, 0), status;
	struct sockaddr_in name;
	socklen_t length = sizeof name;

	if (fork() == 0)
		_exit(bind4(fd, PORT) != 0);
	wait(&status);
	ck_assert_int_eq(status, 0);
	ck_assert_int_eq(listen(fd, 5), 0);
	ck_assert_int_eq(getsockname(fd, (struct sockaddr *)&name, &length), 0);
	ck_assert_uint_eq(ntohs(name.sin_port), PORT);
	ck_assert_int_ge(connected6(in6addr_loopback, PORT), 0);
}
END_TEST

static void *wait_in_accept(void *listener)
{
	return (void *)(intptr_t)accept(*(int *)listener, NULL, NULL);
}

static void *wait_in_poll(void *listener)
{
	struct pollfd watched = {.fd = *(int *)listener, .events = POLLIN};

	poll(&watched, 1, -1);
	return wait_in_accept(listener);
}

START_TEST(a_thread_waits_there)
{
	int fd = listening_without_reuse();
	void *(*const ways[])(void *) = {wait_in_accept, wait_in_poll};
	void *connection;
	pthread_t thread;

	pthread_create(&thread, NULL, ways[_i], &fd);
	poll(NULL, 0, 100);
	serve_ipv6_too(socket(AF_INET6, SOCK_STREAM, 0));
	ck_assert_int_ge(connected4(PORT), 0);
	pthread_join(thread, &connection);
	ck_assert_int_ge((int)(intptr_t)connection, 0);
}
END_TEST

START_TEST(a_connection_is_queued)
{
	int fd = listening(INADDR_ANY, PORT), client = connected4(PORT), connection;
	char byte = 'x';

	serve_ipv6_too(socket(AF_INET6, SOCK_STREAM, 0));
	connection = accept(fd, NULL, NULL);
	ck_assert_int_ge(connection, 0);
	ck_assert_int_eq(write(client, &byte, 1), 1);
	ck_assert_int_eq(read(connection, &byte, 1), 1);
}
END_TEST

/* Natively two sockets cannot share the port, and nothing is prepared for it. */
START_TEST(the_other_is_dual_stack_itself)
{
	int fd = listening_without_reuse(), client = connected4(PORT), six = socket(AF_INET6, SOCK_STREAM, 0);
	struct sockaddr_in6 local = ipv6(in6addr_any, PORT);

	ck_assert_int_eq(bind(six, (struct sockaddr *)&local, sizeof local), -1);
	ck_assert_int_eq(errno, EADDRINUSE);
	ck_assert_int_eq(kernel_option(fd, SOL_SOCKET, SO_REUSEPORT), 0);
	ck_assert_int_ge(accept(fd, NULL, NULL), 0);
	close(client);
}
END_TEST

static int accepted_family(int listener)
{
	struct sockaddr_storage peer;
	socklen_t length = sizeof peer;
	int fd = accept(listener, (struct sockaddr *)&peer, &length);

	ck_assert_int_ge(fd, 0);
	close(fd);
	return peer.ss_family;
}

/* But for SO_REUSEPORT, which lets them: then IPv4 is 0.0.0.0's alone, and IPv6 is
 * of the socket that was bound for it (haproxy, reloaded with a "bind :::80" besides). */
START_TEST(the_other_is_dual_stack_and_shares)
{
	int four = socket(AF_INET, SOCK_STREAM, 0), six = socket(AF_INET6, SOCK_STREAM, 0), hold[2];
	struct sockaddr_in6 local = ipv6(in6addr_any, PORT);
	char byte;

	setsockopt(four, SOL_SOCKET, SO_REUSEPORT, &(int){1}, sizeof(int));
	setsockopt(six, SOL_SOCKET, SO_REUSEPORT, &(int){1}, sizeof(int));
	ck_assert_int_eq(bind4(four, PORT), 0);
	ck_assert_int_eq(listen(four, 20), 0);
	ck_assert_int_eq(pipe(hold), 0);
	if (fork() == 0) {
		close(hold[1]);
		_exit(read(hold[0], &byte, 1) != 0);
	}
	ck_assert_int_eq(bind(six, (struct sockaddr *)&local, sizeof local), 0);
	ck_assert_int_eq(listen(six, 20), 0);
	ck_assert_int_eq(kernel_option(four, SOL_SOCKET, SO_DOMAIN), AF_INET6);
	for (int i = 0; i < 20; i++) {
		struct pollfd watched[] = {{.fd = four, .events = POLLIN}, {.fd = six, .events = POLLIN}};

		ck_assert_int_ge(connected4(PORT), 0);
		ck_assert_int_eq(poll(watched, 2, 5000), 1);
		ck_assert_int_ne(watched[0].revents, 0);
		ck_assert_int_eq(accepted_family(four), AF_INET);
		ck_assert_int_ge(connected6(in6addr_loopback, PORT), 0);
		ck_assert_int_eq(poll(watched, 2, 5000), 1);
		ck_assert_int_ne(watched[1].revents, 0);
		ck_assert_int_eq(accepted_family(six), AF_INET6);
	}
	/* Whichever is left has all clients. */
	close(_i == 0 ? six : four);
	close(hold[1]);
	wait(NULL);
	for (int i = 0; i < 10; i++) {
		ck_assert_int_ge(connected4(PORT), 0);
		ck_assert_int_eq(accepted_family(_i == 0 ? four : six), _i == 0 ? AF_INET : AF_INET6);
		ck_assert_int_ge(connected6(in6addr_loopback, PORT), 0);
		ck_assert_int_eq(accepted_family(_i == 0 ? four : six), _i == 0 ? AF_INET : AF_INET6);
	}
}
END_TEST

START_TEST(a_connection_is_open)
{
	int fd = listening_without_reuse(), client = connected4(PORT);

	ck_assert_int_ge(accept(fd, NULL, NULL), 0);
	serve_ipv6_too(socket(AF_INET6, SOCK_STREAM, 0));
	ck_assert_int_ge(connected4(PORT), 0);
	close(client);
}
END_TEST

START_TEST(no_descriptor_is_free)
{
	int fd = listening_without_reuse(), six = socket(AF_INET6, SOCK_STREAM, 0);
	struct rlimit before, limit;

	ck_assert_int_eq(getrlimit(RLIMIT_NOFILE, &before), 0);
	limit = (struct rlimit){(rlim_t)six + 1, before.rlim_max};
	ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &limit), 0);
	serve_ipv6_too(six);
	ck_assert_int_eq(kernel_option(fd, SOL_SOCKET, SO_DOMAIN), AF_INET6);
	/* A sanitizer opens files when the program ends. */
	ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &before), 0);
}
END_TEST

/* A program on the group cannot be read back: the group stays as it is. */
START_TEST(reuseport_program)
{
	static struct sock_filter second[] = {{BPF_RET | BPF_K, 0, 0, 1}};
	static const struct sock_fprog program = {1, second};
	int fds[2], connection;

	for (int i = 0; i < 2; i++) {
		fds[i] = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
		setsockopt(fds[i], SOL_SOCKET, SO_REUSEPORT, &(int){1}, sizeof(int));
	}
	ck_assert_int_eq(setsockopt(fds[0], SOL_SOCKET, SO_ATTACH_REUSEPORT_CBPF, &program, sizeof program), 0);
	for (int i = 0; i < 2; i++) {
		ck_assert_int_eq(bind4(fds[i], PORT), 0);
		ck_assert_int_eq(listen(fds[i], 20), 0);
		ck_assert_int_eq(kernel_option(fds[i], SOL_SOCKET, SO_DOMAIN), AF_INET);
	}
	for (int i = 0; i < 10; i++) {
		ck_assert_int_ge(connected4(PORT), 0);
		connection = accept(fds[1], NULL, NULL);
		ck_assert_int_ge(connection, 0);
	}
}
END_TEST

int main(int argc, char **argv)
{
	const struct preloaded_test tests[] = {
	    {forked_between_bind_and_listen, 1},
	    {bound_by_a_child, 1},
	    {a_thread_waits_there, 2},
	    {a_connection_is_queued, 1},
	    {the_other_is_dual_stack_itself, 1},
	    {the_other_is_dual_stack_and_shares, 2},
	    {a_connection_is_open, 1},
	    {no_descriptor_is_free, 1},
	    {reuseport_program, 1},
	};

	(void)argc;
	return preloaded_main(argv, "*", "ipv4", tests, sizeof tests / sizeof tests[0]);
}
