/* SPDX-License-Identifier: MIT */
/* What must not happen to a server, or to others, through its UDP sockets. */
#define _GNU_SOURCE
#include "datagrams.h"
#include "base/sys.h"

#include <errno.h>
#include <linux/net_tstamp.h>
#include <net/if.h>
#include <poll.h>
#include <pthread.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* Others at ports that no rule covers, one of which a rule forbids. */
enum { CHOSEN = 8500, FORBIDDEN = 9100, LOCAL = 8600 };

static struct sockaddr_in heard_client(int fd, enum whence whence)
{
	int asking = client(whence, CLIENT);

	ask(asking, whence, "query");
	close(asking);
	return heard(fd, "query");
}

static void expect_unreachable(int fd, const struct sockaddr_in *to)
{
	struct msghdr message = {.msg_name = (void *)(uintptr_t)to,
				 .msg_namelen = sizeof *to,
				 .msg_iov = &(struct iovec){(void *)(uintptr_t) "x", 1},
				 .msg_iovlen = 1};
	struct mmsghdr messages = {.msg_hdr = message};

	errno = 0;
	ck_assert_int_eq(sendto(fd, "x", 1, 0, (const struct sockaddr *)to, sizeof *to), -1);
	ck_assert_int_eq(errno, ENETUNREACH);
	ck_assert_int_eq(sendmsg(fd, &message, 0), -1);
	ck_assert_int_eq(errno, ENETUNREACH);
	ck_assert_int_eq(sendmmsg(fd, &messages, 1, 0), -1);
	ck_assert_int_eq(errno, ENETUNREACH);
	ck_assert_int_eq(is_converted(fd), false);
}

/* A socket that must not become IPv6 refuses, instead of sending the datagram to
 * the synthetic address over IPv4. */
START_TEST(what_must_not_become_ipv6_says_unreachable)
{
	static const struct {
		uint32_t address;
		uint16_t port;
	} locals[] = {{INADDR_ANY, CHOSEN}, {INADDR_ANY, FORBIDDEN}, {INADDR_LOOPBACK, 0}};
	int fd = server(SERVER), other = server_unbound();
	struct sockaddr_in to = heard_client(fd, FROM_ELSEWHERE6);

	ck_assert_int_eq(bind_to(other, ipv4(locals[_i].address, locals[_i].port)), 0);
	expect_unreachable(other, &to);
}
END_TEST

/* Another process or thread would go on with the old socket. */
START_TEST(shared_socket_does_not_become_ipv6)
{
	int fd = server(SERVER), other = server_unbound(), gate[2];
	struct sockaddr_in to = heard_client(fd, FROM_ELSEWHERE6);
	pid_t child;

	ck_assert_int_eq(pipe(gate), 0);
	ck_assert_int_eq(bind_to(other, ipv4(INADDR_ANY, 0)), 0);
	child = fork();
	if (child == 0) {
		close(gate[1]);
		_exit(read(gate[0], &(char){0}, 1) == 0 ? 0 : 1);
	}
	expect_unreachable(other, &to);
	close(gate[1]);
	ck_assert_int_eq(waitpid(child, NULL, 0), child);
	reply(other, &to, "reply");
	ck_assert_int_eq(is_converted(other), true);
}
END_TEST

static void *sleep_in_poll(void *watched)
{
	return (void *)(intptr_t)poll(watched, 1, 20000);
}

START_TEST(watched_socket_does_not_become_ipv6)
{
	int fd = server(SERVER), other = server_unbound(), asking = client(FROM_IPV4, CLIENT + 1);
	struct pollfd watched = {.fd = other, .events = POLLIN};
	struct sockaddr_in to = heard_client(fd, FROM_ELSEWHERE6);
	pthread_t thread;
	void *ready;

	ck_assert_int_eq(bind_to(other, ipv4(INADDR_ANY, 0)), 0);
	ck_assert_int_eq(pthread_create(&thread, NULL, sleep_in_poll, &watched), 0);
	poll(NULL, 0, 200); /* let it fall asleep */
	expect_unreachable(other, &to);
	ask_at(asking, FROM_IPV4, ntohs(name_of(other, false).sin_port), "wake up");
	ck_assert_int_eq(pthread_join(thread, &ready), 0);
	ck_assert_int_eq((int)(intptr_t)ready, 1);
}
END_TEST

/* What waits in its queue would be lost. */
START_TEST(socket_with_a_datagram_does_not_become_ipv6)
{
	int fd = server(SERVER), other = server_unbound(), asking = client(FROM_IPV4, CLIENT + 1);
	struct sockaddr_in to = heard_client(fd, FROM_ELSEWHERE6);

	ck_assert_int_eq(bind_to(other, ipv4(INADDR_ANY, 0)), 0);
	ask_at(asking, FROM_IPV4, ntohs(name_of(other, false).sin_port), "waits");
	expect_unreachable(other, &to);
	hear(other, FROM_IPV4, CLIENT + 1, "waits");
	reply(other, &to, "reply");
	ck_assert_int_eq(is_converted(other), true);
}
END_TEST

/* One that has become IPv6 gives way like any other. */
START_TEST(own_ipv6_socket_is_bound_beside_what_became_ipv6)
{
	int fd = server(SERVER), other = server_unbound(), own = socket(AF_INET6, SOCK_DGRAM, 0);
	struct sockaddr_in to = heard_client(fd, FROM_ELSEWHERE6);
	struct sockaddr_in6 any = ipv6(in6addr_any, 0);

	reply(other, &to, "reply");
	ck_assert_int_eq(is_converted(other), true);
	any.sin6_port = name_of(other, false).sin_port;
	ck_assert_int_eq(setsockopt(own, IPPROTO_IPV6, IPV6_V6ONLY, &(int){1}, sizeof(int)), 0);
	ck_assert_int_eq(bind(own, (struct sockaddr *)&any, sizeof any), 0);
	ck_assert_int_eq(is_converted(other), false);
}
END_TEST

/* Otherwise a local user who may bind [::1]:PORT could get what a program sends
 * to a service at 127.0.0.1:PORT. */
START_TEST(ipv6_loopback_takes_nothing_from_an_ipv4_service)
{
	struct sockaddr_in at = ipv4(INADDR_LOOPBACK, LOCAL), seen;
	int fd = server(SERVER), service = server_unbound(), calling = server_unbound();
	int thief = client(FROM_LOOPBACK6, LOCAL);

	ck_assert_int_eq(bind_to(service, at), 0);
	ask(thief, FROM_LOOPBACK6, "query");
	seen = heard(fd, "query");
	ck_assert_uint_ne(seen.sin_addr.s_addr, htonl(INADDR_LOOPBACK));
	reply(fd, &seen, "to the thief, who asked");
	answered(thief, FROM_LOOPBACK6, "to the thief, who asked");

	reply(fd, &at, "from the server");
	ck_assert_int_eq(received(service, "from the server"), 1);
	if (_i == 0) {
		reply(calling, &at, "from another");
	} else {
		ck_assert_int_eq(connect_to(calling, &at), 0);
		ck_assert_int_eq(send(calling, "from another", 12, 0), 12);
	}
	ck_assert_int_eq(received(service, "from another"), 1);
	unanswered(thief);
}
END_TEST

/* The service came after the client that had the port of ::1. */
START_TEST(late_ipv4_service_is_reached)
{
	struct sockaddr_in at = ipv4(INADDR_LOOPBACK, CLIENT);
	int fd = server(SERVER), service = server_unbound(), calling = server_unbound();

	heard_client(fd, FROM_LOOPBACK6);
	ck_assert_int_eq(bind_to(service, at), 0);
	reply(calling, &at, "from another");
	ck_assert_int_eq(received(service, "from another"), 1);
}
END_TEST

/* SIP servers and the like hear in one process and answer in another. */
START_TEST(sibling_answers_whom_it_has_not_heard)
{
	int fd = server(SERVER), asking = client(FROM_ELSEWHERE6, CLIENT), gate[2];
	struct sockaddr_in to;
	pid_t child;

	ck_assert_int_eq(pipe(gate), 0);
	child = fork();
	if (child == 0) {
		if (read(gate[0], &to, sizeof to) == sizeof to)
			reply(fd, &to, "from the sibling");
		_exit(0);
	}
	ask(asking, FROM_ELSEWHERE6, "query");
	to = heard(fd, "query");
	ck_assert_int_eq(write(gate[1], &to, sizeof to), sizeof to);
	answered(asking, FROM_ELSEWHERE6, "from the sibling");
	ck_assert_int_eq(waitpid(child, NULL, 0), child);
}
END_TEST

/* An IPv4 peer's own address may lie in the pool. */
START_TEST(ipv4_peer_from_the_pool_is_answered)
{
	struct sockaddr_in own = ipv4(0xf0090909, CLIENT), seen;
	int fd = server(SERVER), asking = socket(AF_INET, SOCK_DGRAM, 0);

	run_command("ip address add 240.9.9.9/32 dev lo");
	ck_assert_int_eq(sys_call(SYS_bind, asking, &own, sizeof own), 0);
	ask(asking, FROM_IPV4, "query");
	seen = heard(fd, "query");
	same_address(&seen, &own);
	reply(fd, &seen, "reply");
	ck_assert_int_eq(received(asking, "reply"), 1);
}
END_TEST

/* IP_MULTICAST_ALL 0, set before bind or after: only the groups that this socket has joined. Where
 * the kernel cannot be told so for IPv6, a socket that is not bound yet stays one of IPv4. */
static const struct {
	int all;
	bool later;
} hearings[] = {{0, false}, {1, false}, {0, true}};

START_TEST(groups_of_others_are_not_heard)
{
	const int all = hearings[_i].all;
	int fd = server_unbound(), sender = socket(AF_INET6, SOCK_DGRAM, 0);
	struct sockaddr_in6 all_nodes = ipv6((struct in6_addr){{{0xff, 2, [15] = 1}}}, SERVER);

	add_veth("one", "other");
	all_nodes.sin6_scope_id = if_nametoindex("one");
	if (!hearings[_i].later)
		ck_assert_int_eq(setsockopt(fd, IPPROTO_IP, IP_MULTICAST_ALL, &all, sizeof all), 0);
	ck_assert_int_eq(bind_to(fd, ipv4(INADDR_ANY, SERVER)), 0);
	if (hearings[_i].later)
		ck_assert_int_eq(setsockopt(fd, IPPROTO_IP, IP_MULTICAST_ALL, &all, sizeof all), 0);
	/* The link's own address is tentative at first. */
	for (int tries = 0; sys_call(SYS_sendto, sender, "x", 1L, 0, &all_nodes, sizeof all_nodes) != 1; tries++) {
		ck_assert_int_lt(tries, 500);
		poll(NULL, 0, 10);
	}
	if (all != 0 || (hearings[_i].later && lacks_multicast_all()))
		heard(fd, "x");
	else
		unanswered(fd);
}
END_TEST

/* The kernel cannot; it must not look like a success, or like no such errno. */
START_TEST(connected_to_ipv4_it_sends_to_no_ipv6_client)
{
	int fd = server(SERVER), asking = client(FROM_IPV4, CLIENT);
	struct sockaddr_in far = heard_client(fd, FROM_ELSEWHERE6), near;

	ask(asking, FROM_IPV4, "query");
	near = heard(fd, "query");
	ck_assert_int_eq(connect_to(fd, &near), 0);
	ck_assert_int_eq(sendto(fd, "x", 1, 0, (struct sockaddr *)&far, sizeof far), -1);
	ck_assert_int_eq(errno, ENETUNREACH);
	ck_assert_int_eq(send(fd, "reply", 5, 0), 5);
	answered(asking, FROM_IPV4, "reply");
}
END_TEST

/* Pacing servers set it before they bind. */
START_TEST(transmit_time_is_carried)
{
	struct sock_txtime wanted = {.clockid = CLOCK_MONOTONIC}, seen = {0};
	socklen_t length = sizeof seen;
	int fd = server_unbound();

	if (lacks_option(SOL_SOCKET, SO_TXTIME, "SO_TXTIME"))
		return;
	ck_assert_int_eq(setsockopt(fd, SOL_SOCKET, SO_TXTIME, &wanted, sizeof wanted), 0);
	ck_assert_int_eq(bind_to(fd, ipv4(INADDR_ANY, SERVER)), 0);
	ck_assert_int_eq(is_converted(fd), true);
	ck_assert_int_eq(getsockopt(fd, SOL_SOCKET, SO_TXTIME, &seen, &length), 0);
	ck_assert_int_eq(seen.clockid, wanted.clockid);
}
END_TEST

int main(int argc, char **argv)
{
	const struct preloaded_test tests[] = {
	    {what_must_not_become_ipv6_says_unreachable, 3},
	    {shared_socket_does_not_become_ipv6, 1},
	    {watched_socket_does_not_become_ipv6, 1},
	    {socket_with_a_datagram_does_not_become_ipv6, 1},
	    {own_ipv6_socket_is_bound_beside_what_became_ipv6, 1},
	    {ipv6_loopback_takes_nothing_from_an_ipv4_service, 2},
	    {late_ipv4_service_is_reached, 1},
	    {sibling_answers_whom_it_has_not_heard, 1},
	    {ipv4_peer_from_the_pool_is_answered, 1},
	    {groups_of_others_are_not_heard, 3},
	    {connected_to_ipv4_it_sends_to_no_ipv6_client, 1},
	    {transmit_time_is_carried, 1},
	};

	(void)argc;
	return preloaded_main(argv, "9000-9100/udp !9100/udp", "ipv4", tests, sizeof tests / sizeof tests[0]);
}
