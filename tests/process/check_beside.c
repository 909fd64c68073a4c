/* SPDX-License-Identifier: MIT */
/*
 * A server at 0.0.0.0 that has a socket of its own at ::1 besides, or the other way round: each has its
 * own clients, natively, and ours has those of all other IPv6 addresses too. Nothing that lets them be beside
 * each other is left.
 */
#define _GNU_SOURCE
#include "preloaded.h"

#include <errno.h>
#include <net/if.h>
#include <poll.h>
#include <pthread.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

enum { PORT = 8080, NATIVE_PORT = 7000 };

/* A run, in bits: what is made first, what has SO_REUSEADDR, and when they listen. */
enum { SIX_FIRST = 1, REUSES = 2, IN_TURN = 4, SIX_LISTENS_FIRST = 8, DATAGRAMS = 16, RUNS = 32 };

static int of_family(int family, int run)
{
	int fd = socket(family, run & DATAGRAMS ? SOCK_DGRAM : SOCK_STREAM, 0);

	ck_assert_int_ge(fd, 0);
	if (run & REUSES)
		ck_assert_int_eq(setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &(int){1}, sizeof(int)), 0);
	return fd;
}

static int try_bind(int fd, struct in6_addr address)
{
	struct sockaddr_in6 local = ipv6(address, PORT);

	return bind(fd, (struct sockaddr *)&local, sizeof local);
}

static int try_bind4(int fd, uint32_t address)
{
	struct sockaddr_in local = ipv4(address, PORT);

	return bind(fd, (struct sockaddr *)&local, sizeof local);
}

static void bind_it(int fd, bool six)
{
	ck_assert_int_eq(six ? try_bind(fd, in6addr_loopback) : try_bind4(fd, INADDR_ANY), 0);
}

static void make_both(int *four, int *six, int run)
{
	bool listens = (run & DATAGRAMS) == 0, in_turn = (run & IN_TURN) != 0;
	int fds[2] = {of_family(AF_INET, run), of_family(AF_INET6, run)}, first = run & SIX_FIRST ? 1 : 0;

	bind_it(fds[first], first);
	if (listens && in_turn)
		ck_assert_int_eq(listen(fds[first], 5), 0);
	bind_it(fds[!first], !first);
	if (listens && in_turn)
		ck_assert_int_eq(listen(fds[!first], 5), 0);
	first = run & SIX_LISTENS_FIRST ? 1 : 0;
	if (listens && !in_turn)
		ck_assert_int_eq(listen(fds[first], 5) | listen(fds[!first], 5), 0);
	*four = fds[0];
	*six = fds[1];
}

/* Neither option is left on either. */
static void check_options(int fd, int run)
{
	ck_assert_int_eq(kernel_option(fd, SOL_SOCKET, SO_REUSEADDR), (run & REUSES) != 0);
	ck_assert_int_eq(kernel_option(fd, SOL_SOCKET, SO_REUSEPORT), 0);
}

static bool has_client(int fd, int milliseconds)
{
	struct pollfd watched = {.fd = fd, .events = POLLIN};

	return poll(&watched, 1, milliseconds) == 1;
}

static int send_to(const struct sockaddr *to, socklen_t length)
{
	int fd = socket(to->sa_family, SOCK_DGRAM, 0);

	ck_assert_int_eq(sendto(fd, "x", 1, 0, to, length), 1);
	return fd;
}

/* A client of HIS is not OTHERS'. */
static void serves(int his, int others, bool datagrams, const struct in6_addr *address)
{
	struct sockaddr_in6 to6 = ipv6(address != NULL ? *address : in6addr_any, PORT);
	struct sockaddr_in to4 = ipv4(INADDR_LOOPBACK, PORT);
	char byte;
	int client;

	if (datagrams)
		client = address != NULL ? send_to((struct sockaddr *)&to6, sizeof to6)
					 : send_to((struct sockaddr *)&to4, sizeof to4);
	else
		client = address != NULL ? connected6(*address, PORT) : connected4(PORT);
	ck_assert_int_ge(client, 0);
	ck_assert(has_client(his, 5000) && !has_client(others, 0));
	if (datagrams)
		ck_assert_int_eq(recv(his, &byte, 1, 0), 1);
	else
		close(accept(his, NULL, NULL));
	close(client);
}

static void serve_each(int four, int six, bool datagrams)
{
	struct in6_addr elsewhere = client_address();

	ck_assert_int_eq(kernel_option(four, SOL_SOCKET, SO_DOMAIN), AF_INET6);
	serves(four, six, datagrams, NULL);
	serves(four, six, datagrams, &elsewhere);
	serves(six, four, datagrams, &in6addr_loopback);
}

START_TEST(each_has_its_own)
{
	int four, six;

	make_both(&four, &six, _i);
	check_options(four, _i);
	check_options(six, _i);
	serve_each(four, six, _i & DATAGRAMS);
}
END_TEST

/* Another program of the same user. FAMILY's wildcard address, or ::1. */
static int stranger(int family, bool loopback, int option)
{
	int fd = socket(family, SOCK_STREAM, 0);
	struct sockaddr_in6 six = ipv6(loopback ? in6addr_loopback : in6addr_any, PORT);
	struct sockaddr_in four = ipv4(INADDR_ANY, PORT);
	const struct sockaddr *local = (struct sockaddr *)&six;
	socklen_t length = sizeof six;

	if (family == AF_INET) {
		local = (struct sockaddr *)&four;
		length = sizeof four;
	}
	if (option != 0)
		setsockopt(fd, SOL_SOCKET, option, &(int){1}, sizeof(int));
	return bind(fd, local, length) == 0 && listen(fd, 5) == 0 ? fd : -1;
}

/* A socket that can bind at the specific address even so gets no client. */
START_TEST(a_stranger_at_the_same_address)
{
	int four, six, ready[2], go[2];

	make_both(&four, &six, _i * REUSES);
	ck_assert_int_eq(pipe(ready) | pipe(go), 0);
	if (fork() == 0) {
		close(four);
		close(six);
		close(go[1]);
		stranger(AF_INET6, true, SO_REUSEPORT);
		_exit(write(ready[1], "", 1) != 1 || read(go[0], &(char){0}, 1) != 0);
	}
	ck_assert_int_eq(read(ready[0], &(char){0}, 1), 1);
	for (int i = 0; i < 40; i++)
		serves(six, four, false, &in6addr_loopback);
	close(go[1]);
	wait(NULL);
}
END_TEST

/* A child cannot hold what its parent has: else it would be the program. */
static int in_another_program(int (*run)(void))
{
	int status;

	if (fork() == 0) {
		for (int fd = 3; fd < 64; fd++)
			close(fd);
		_exit(run());
	}
	wait(&status);
	return WEXITSTATUS(status);
}

static int strangers_that_fail(void)
{
	return stranger(AF_INET, false, 0) >= 0 || stranger(AF_INET6, false, 0) >= 0 ||
	       stranger(AF_INET6, true, 0) >= 0 || stranger(AF_INET, false, SO_REUSEADDR) >= 0 ||
	       stranger(AF_INET6, true, SO_REUSEADDR) >= 0;
}

static int strangers_with_reuse_port(void)
{
	return stranger(AF_INET6, false, SO_REUSEPORT) >= 0 || stranger(AF_INET, false, SO_REUSEPORT) >= 0;
}

/* A listener at ADDRESS that no rule concerns, bound with SO_REUSEPORT. */
static int native_listener(struct in6_addr address)
{
	struct sockaddr_in6 local = ipv6(address, NATIVE_PORT);
	int fd = of_family(AF_INET6, 0);

	ck_assert_int_eq(setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &(int){1}, sizeof(int)), 0);
	ck_assert_int_eq(bind(fd, (struct sockaddr *)&local, sizeof local) | listen(fd, 5), 0);
	return fd;
}

/* Natively: a port that was bound with SO_REUSEPORT is refused once its sockets have it no more. */
static bool lacks_cleared_reuse_port(void)
{
	struct sockaddr_in6 wildcard = ipv6(in6addr_any, NATIVE_PORT);
	int one = native_listener(client_address()), two, three = of_family(AF_INET6, 0);
	bool accepted;

	setsockopt(one, SOL_SOCKET, SO_REUSEPORT, &(int){0}, sizeof(int));
	two = native_listener(in6addr_loopback);
	setsockopt(two, SOL_SOCKET, SO_REUSEPORT, &(int){0}, sizeof(int));
	setsockopt(three, SOL_SOCKET, SO_REUSEPORT, &(int){1}, sizeof(int));
	accepted = bind(three, (struct sockaddr *)&wildcard, sizeof wildcard) == 0;
	close(one);
	close(two);
	close(three);
	return lacks("refusal of a port whose SO_REUSEPORT was cleared", accepted);
}

/* Natively: [::] with SO_REUSEPORT listens first, and ::1 has its own clients all the same. */
static bool lacks_specific_first(void)
{
	int any = native_listener(in6addr_any), loopback = native_listener(in6addr_loopback), client;
	bool its_own;

	client = connected6(in6addr_loopback, NATIVE_PORT);
	its_own = has_client(loopback, 200);
	close(client);
	close(any);
	close(loopback);
	return lacks("clients for a specific address beside [::] with SO_REUSEPORT", !its_own);
}

/* 0.0.0.0 is bound and listens first, as redis and nginx do it by these words. */
START_TEST(strangers_are_refused)
{
	int four, six, let_in;

	make_both(&four, &six, _i * REUSES);
	ck_assert_int_eq(in_another_program(strangers_that_fail), 0);
	serve_each(four, six, false);
	let_in = in_another_program(strangers_with_reuse_port);
	if (let_in == 1 && _i == 0 && lacks_cleared_reuse_port())
		return;
	ck_assert_int_eq(let_in, 0);
	serve_each(four, six, false);
}
END_TEST

/* Of those that are there already. */
START_TEST(many_of_its_own)
{
	int four = of_family(AF_INET, 0), two[2];

	for (int i = 0; i < 2; i++) {
		struct in6_addr address = i == 0 ? in6addr_loopback : client_address();

		two[i] = of_family(AF_INET6, 0);
		ck_assert_int_eq(try_bind(two[i], address) | listen(two[i], 5), 0);
	}
	ck_assert_int_eq(try_bind4(four, INADDR_ANY) | listen(four, 5), 0);
	ck_assert_int_eq(kernel_option(four, SOL_SOCKET, SO_DOMAIN), AF_INET6);
	for (int i = 0; i < 2; i++) {
		struct in6_addr address = i == 0 ? in6addr_loopback : client_address();

		check_options(two[i], 0);
		serves(two[i], four, false, &address);
	}
	serves(four, two[0], false, NULL);
}
END_TEST

/* More than are given the options at once: all is as without the library. */
START_TEST(too_many_of_its_own)
{
	int four = of_family(AF_INET, 0), six[65];

	for (int i = 0; i < 65; i++) {
		struct in6_addr address = IN6ADDR_LOOPBACK_INIT;

		address.s6_addr[15] = (unsigned char)(i + 1);
		six[i] = of_family(AF_INET6, 0);
		ck_assert_int_eq(setsockopt(six[i], IPPROTO_IPV6, IPV6_FREEBIND, &(int){1}, sizeof(int)), 0);
		ck_assert_int_eq(try_bind(six[i], address) | listen(six[i], 5), 0);
	}
	ck_assert_int_eq(try_bind4(four, INADDR_ANY) | listen(four, 5), 0);
	ck_assert_int_eq(kernel_option(four, SOL_SOCKET, SO_DOMAIN), AF_INET);
	check_options(four, 0);
	for (int i = 0; i < 65; i++)
		check_options(six[i], 0);
}
END_TEST

/* More of ours than that: they stay, and it is refused. */
START_TEST(beside_too_many_of_ours)
{
	int six = of_family(AF_INET6, 0), four[65];

	for (int i = 0; i < 65; i++) {
		four[i] = of_family(AF_INET, 0);
		ck_assert_int_eq(setsockopt(four[i], SOL_SOCKET, SO_REUSEPORT, &(int){1}, sizeof(int)), 0);
		ck_assert_int_eq(try_bind4(four[i], INADDR_ANY) | listen(four[i], 5), 0);
	}
	ck_assert_int_eq(try_bind(six, in6addr_loopback), -1);
	ck_assert_int_eq(errno, EADDRINUSE);
	check_options(six, 0);
	for (int i = 0; i < 65; i++) {
		ck_assert_int_eq(kernel_option(four[i], SOL_SOCKET, SO_DOMAIN), AF_INET6);
		ck_assert_int_eq(kernel_option(four[i], SOL_SOCKET, SO_REUSEADDR), 0);
		ck_assert_int_eq(kernel_option(four[i], SOL_SOCKET, SO_REUSEPORT), 1);
	}
	close(four[64]);
	ck_assert_int_eq(try_bind(six, in6addr_loopback) | listen(six, 5), 0);
}
END_TEST

/* Natively it fails. */
START_TEST(what_is_taken)
{
	int four = of_family(AF_INET, 0), six = of_family(AF_INET6, 0), again = of_family(AF_INET6, _i);

	ck_assert_int_eq(try_bind4(four, INADDR_ANY) | listen(four, 5), 0);
	ck_assert_int_eq(try_bind(six, in6addr_loopback) | listen(six, 5), 0);
	ck_assert_int_eq(try_bind(again, in6addr_loopback), -1);
	ck_assert_int_eq(errno, EADDRINUSE);
	check_options(again, _i);
	close(again);
	serve_each(four, six, false);
}
END_TEST

/* So does a second 0.0.0.0. */
START_TEST(what_is_ours)
{
	int six = of_family(AF_INET6, _i), four = of_family(AF_INET, _i), again = of_family(AF_INET, _i);

	ck_assert_int_eq(try_bind(six, in6addr_loopback) | listen(six, 5), 0);
	ck_assert_int_eq(try_bind4(four, INADDR_ANY) | listen(four, 5), 0);
	ck_assert_int_eq(try_bind4(again, INADDR_ANY), -1);
	ck_assert_int_eq(errno, EADDRINUSE);
	check_options(again, _i);
	close(again);
	serve_each(four, six, false);
}
END_TEST

/* With SO_REUSEADDR two bind, and one listens. */
START_TEST(what_listens_once)
{
	int four = of_family(AF_INET, REUSES), six = of_family(AF_INET6, REUSES),
	    again = of_family(AF_INET6, REUSES);

	ck_assert_int_eq(try_bind4(four, INADDR_ANY) | listen(four, 5), 0);
	ck_assert_int_eq(try_bind(six, in6addr_loopback) | try_bind(again, in6addr_loopback), 0);
	ck_assert_int_eq(listen(six, 5), 0);
	ck_assert_int_eq(listen(again, 5), -1);
	ck_assert_int_eq(errno, EADDRINUSE);
	close(again);
	serve_each(four, six, false);
}
END_TEST

/* :: for both families has no place beside 0.0.0.0, which then serves IPv6 as before. With SO_REUSEADDR
 * it has until one of them listens. */
START_TEST(no_room_for_both_families)
{
	int four = of_family(AF_INET, _i), six = of_family(AF_INET6, _i);
	struct in6_addr elsewhere = client_address();

	ck_assert_int_eq(try_bind4(four, INADDR_ANY), 0);
	if (_i & IN_TURN)
		ck_assert_int_eq(listen(four, 5), 0);
	ck_assert_int_eq(try_bind(six, in6addr_any), (_i & REUSES) && !(_i & IN_TURN) ? 0 : -1);
	if (!(_i & IN_TURN))
		ck_assert_int_eq(listen(four, 5), 0);
	ck_assert_int_eq(listen(six, 5), (_i & REUSES) && !(_i & IN_TURN) ? -1 : 0);
	close(six);
	serves(four, -1, false, &elsewhere);
}
END_TEST

/* An IPv6-only :: can be bound beside 0.0.0.0, and not beside ::1: in the end no socket yields for it. */
START_TEST(a_bind_that_fails_after_all)
{
	int four = of_family(AF_INET, 0), six = of_family(AF_INET6, 0), any = of_family(AF_INET6, 0);

	ck_assert_int_eq(setsockopt(any, IPPROTO_IPV6, IPV6_V6ONLY, &(int){1}, sizeof(int)), 0);
	ck_assert_int_eq(try_bind4(four, INADDR_ANY) | listen(four, 5), 0);
	ck_assert_int_eq(try_bind(six, in6addr_loopback) | listen(six, 5), 0);
	ck_assert_int_eq(try_bind(any, in6addr_any), -1);
	ck_assert_int_eq(errno, EADDRINUSE);
	close(any);
	serve_each(four, six, false);
}
END_TEST

/* Workers share both, and one of them listens. */
START_TEST(listened_at_by_a_child)
{
	int four = of_family(AF_INET, _i), six = of_family(AF_INET6, _i), copy = dup(four), status;

	ck_assert_int_eq(try_bind4(four, INADDR_ANY), 0);
	ck_assert_int_eq(try_bind(six, in6addr_loopback), 0);
	for (int i = 0; i < 2; i++) {
		if (fork() == 0)
			_exit(listen(four, 5) != 0 || listen(six, 5) != 0);
		wait(&status);
		ck_assert_int_eq(status, 0);
	}
	check_options(copy, _i);
	check_options(six, _i);
	serve_each(four, six, false);
}
END_TEST

/* As in a reload: a child holds the listener, and a thread may wait there. */
START_TEST(added_to_one_in_use)
{
	int four = listening(INADDR_ANY, PORT), six = of_family(AF_INET6, 0), hold[2], reused;
	pid_t child;

	reused = kernel_option(four, SOL_SOCKET, SO_REUSEADDR);
	ck_assert_int_eq(pipe(hold), 0);
	child = fork();
	if (child == 0) {
		close(hold[1]);
		_exit((int)read(hold[0], &(char){0}, 1));
	}
	ck_assert_int_eq(try_bind(six, in6addr_loopback) | listen(six, 5), 0);
	ck_assert_int_eq(kernel_option(four, SOL_SOCKET, SO_REUSEPORT), 0);
	ck_assert_int_eq(kernel_option(four, SOL_SOCKET, SO_REUSEADDR), reused);
	serve_each(four, six, false);
	close(hold[1]);
	ck_assert_int_eq(waitpid(child, NULL, 0), child);
}
END_TEST

struct binder {
	pthread_barrier_t *start;
	struct in6_addr address;
	int fd, result;
};

static void *bind_at_once(void *argument)
{
	struct binder *binder = argument;

	pthread_barrier_wait(binder->start);
	binder->result = try_bind(binder->fd, binder->address) | listen(binder->fd, 5);
	return NULL;
}

/* Others of the same network. */
static struct in6_addr add_address(unsigned char last)
{
	struct {
		struct in6_addr address;
		uint32_t prefix_length;
		int index;
	} request = {client_address(), 128, (int)if_nametoindex("lo")};
	struct sockaddr_in6 local;
	int fd = socket(AF_INET6, SOCK_DGRAM, 0);

	request.address.s6_addr[15] = last;
	local = ipv6(request.address, 0);
	ck_assert(ioctl(fd, SIOCSIFADDR, &request) == 0 || errno == EEXIST);
	while (bind(fd, (struct sockaddr *)&local, sizeof local) != 0)
		poll(NULL, 0, 1);
	close(fd);
	return request.address;
}

/* Several threads at the same moment, each at an address of its own. */
START_TEST(threads_at_once)
{
	enum { ROUNDS = 100, AT_ONCE = 6 };
	struct in6_addr addresses[AT_ONCE];

	for (int i = 0; i < AT_ONCE; i++)
		addresses[i] = add_address((unsigned char)(16 + i));
	for (int round = 0; round < ROUNDS; round++) {
		struct binder binders[AT_ONCE];
		pthread_t threads[AT_ONCE];
		pthread_barrier_t start;
		int four = of_family(AF_INET, 0);

		ck_assert_int_eq(try_bind4(four, INADDR_ANY) | listen(four, 5), 0);
		pthread_barrier_init(&start, NULL, AT_ONCE);
		for (int i = 0; i < AT_ONCE; i++) {
			binders[i] = (struct binder){&start, addresses[i], of_family(AF_INET6, 0), -1};
			ck_assert_int_eq(pthread_create(&threads[i], NULL, bind_at_once, &binders[i]), 0);
		}
		for (int i = 0; i < AT_ONCE; i++) {
			ck_assert_int_eq(pthread_join(threads[i], NULL), 0);
			ck_assert_int_eq(binders[i].result, 0);
			check_options(binders[i].fd, 0);
			close(binders[i].fd);
		}
		check_options(four, 0);
		close(four);
		pthread_barrier_destroy(&start);
	}
}
END_TEST

/* SO_REUSEPORT, of one of them or of both, is the program's. */
START_TEST(an_option_of_its_own)
{
	int four = of_family(AF_INET, 0), six = of_family(AF_INET6, 0);

	if ((_i & 5) == 1 && lacks_specific_first())
		return;
	if (_i & 1)
		setsockopt(four, SOL_SOCKET, SO_REUSEPORT, &(int){1}, sizeof(int));
	if (_i & 2)
		setsockopt(six, SOL_SOCKET, SO_REUSEPORT, &(int){1}, sizeof(int));
	if (_i & 4)
		ck_assert_int_eq(try_bind(six, in6addr_loopback) | listen(six, 5), 0);
	ck_assert_int_eq(try_bind4(four, INADDR_ANY) | listen(four, 5), 0);
	if (!(_i & 4))
		ck_assert_int_eq(try_bind(six, in6addr_loopback) | listen(six, 5), 0);
	ck_assert_int_eq(kernel_option(four, SOL_SOCKET, SO_REUSEPORT), _i & 1);
	ck_assert_int_eq(kernel_option(six, SOL_SOCKET, SO_REUSEPORT), _i >> 1 & 1);
	serve_each(four, six, false);
}
END_TEST

int main(int argc, char **argv)
{
	const struct preloaded_test tests[] = {
	    {each_has_its_own, RUNS},
	    {strangers_are_refused, IN_TURN},
	    {a_stranger_at_the_same_address, IN_TURN},
	    {many_of_its_own, 1},
	    {too_many_of_its_own, 1},
	    {beside_too_many_of_ours, 1},
	    {what_is_taken, REUSES + 1},
	    {what_is_ours, REUSES + 1},
	    {what_listens_once, 1},
	    {no_room_for_both_families, IN_TURN + REUSES + 1},
	    {a_bind_that_fails_after_all, 1},
	    {listened_at_by_a_child, REUSES + 1},
	    {added_to_one_in_use, 1},
	    {threads_at_once, 1},
	    {an_option_of_its_own, 8},
	};

	(void)argc;
	return preloaded_main(argv, "8080/any", "ipv4", tests, sizeof tests / sizeof *tests);
}
