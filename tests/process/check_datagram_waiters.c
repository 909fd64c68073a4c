/* SPDX-License-Identifier: MIT */
/* A thread waits at a connected UDP socket while another gives it another peer, or none: it hears
 * what comes afterwards, as natively. */
#define _GNU_SOURCE
#include "datagrams.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <string.h>
#include <sys/select.h>
#include <unistd.h>

struct waiter {
	int fd;
	bool (*wait)(int fd); /* until something may be there */
	char heard[16];
};

static bool in_poll(int fd)
{
	struct pollfd watched = {.fd = fd, .events = POLLIN};

	return poll(&watched, 1, 5000) == 1;
}

static bool in_select(int fd)
{
	struct timeval limit = {5, 0};
	fd_set set;

	FD_ZERO(&set);
	FD_SET(fd, &set);
	return select(fd + 1, &set, NULL, NULL, &limit) == 1;
}

/* In recv itself, which says that an empty datagram came. */
static bool in_recv(int fd)
{
	char bytes[16];

	return recv(fd, bytes, sizeof bytes, MSG_PEEK) >= 0;
}

static bool (*const ways[])(int fd) = {in_poll, in_select, in_recv};
enum { WAYS = sizeof ways / sizeof ways[0] };

static void *run(void *context)
{
	struct waiter *waiter = context;

	while (waiter->heard[0] == '\0' && waiter->wait(waiter->fd))
		recv(waiter->fd, waiter->heard, sizeof waiter->heard - 1, MSG_DONTWAIT);
	return NULL;
}

static void wait_at(struct waiter *waiter, pthread_t *thread)
{
	ck_assert_int_eq(pthread_create(thread, NULL, run, waiter), 0);
	poll(NULL, 0, 100); /* it sleeps by then */
}

static void hears(pthread_t thread, const struct waiter *waiter, const char *text)
{
	ck_assert_int_eq(pthread_join(thread, NULL), 0);
	ck_assert_str_eq(waiter->heard, text);
}

static int connected_to(enum whence whence)
{
	int fd = server(SERVER), first = client(whence, CLIENT);
	struct sockaddr_in peer;

	ask(first, whence, "query");
	peer = heard(fd, "query");
	ck_assert_int_eq(connect_to(fd, &peer), 0);
	return fd;
}

/* _i: how it waits, and which peer it had. Afterwards it receives from any IPv4 peer, and from the old one. */
START_TEST(peer_dissolved)
{
	int was = _i / WAYS % WHENCES, next = _i / WAYS / WHENCES ? was : FROM_IPV4, fd = connected_to(was);
	struct waiter waiter = {fd, ways[_i % WAYS], ""};
	pthread_t thread;

	wait_at(&waiter, &thread);
	ck_assert_int_eq(disconnect(fd), 0);
	poll(NULL, 0, 20); /* it sleeps again */
	ask(client(next, CLIENT + 1), next, "next");
	hears(thread, &waiter, "next");
}
END_TEST

/* _i: how it waits, and which peer it had: the next one is of the other family. */
START_TEST(peer_changed)
{
	int was = _i / WAYS ? FROM_ELSEWHERE6 : FROM_IPV4, next = _i / WAYS ? FROM_IPV4 : FROM_ELSEWHERE6;
	int other = client(next, CLIENT + 1), spare = server(SERVER + 1);
	struct waiter waiter = {.wait = ways[_i % WAYS]};
	struct sockaddr_in peer;
	pthread_t thread;

	ask_at(other, next, SERVER + 1, "query");
	peer = heard(spare, "query");
	waiter.fd = connected_to(was);
	wait_at(&waiter, &thread);
	ck_assert_int_eq(connect_to(waiter.fd, &peer), 0);
	poll(NULL, 0, 20);
	ask(other, next, "next");
	hears(thread, &waiter, "next");
}
END_TEST

/* No thread waits any more: then it receives from all. _i: which peer it had. */
START_TEST(peer_dissolved_again)
{
	int fd = connected_to(_i), clients[WHENCES];
	struct waiter waiter = {fd, in_poll, ""};
	struct sockaddr_in peer = ipv4(INADDR_LOOPBACK, CLIENT + 9);
	pthread_t thread;

	wait_at(&waiter, &thread);
	ck_assert_int_eq(disconnect(fd), 0);
	clients[FROM_IPV4] = client(FROM_IPV4, CLIENT + 1);
	ask(clients[FROM_IPV4], FROM_IPV4, "next");
	hears(thread, &waiter, "next");
	ck_assert_int_eq(connect_to(fd, &peer), 0);
	ck_assert_int_eq(disconnect(fd), 0);
	for (int whence = 0; whence < WHENCES; whence++) {
		clients[whence] = client(whence, (uint16_t)(CLIENT + 2 + whence));
		ask(clients[whence], whence, "query");
		heard(fd, "query");
	}
}
END_TEST

/* What the old peer had sent is still there, as natively. _i: which peer that was. */
START_TEST(queue_stays)
{
	int was = _i, next = _i == FROM_IPV4 ? FROM_ELSEWHERE6 : FROM_IPV4;
	int fd = server(SERVER), first = client(was, CLIENT), other = client(next, CLIENT + 1);
	struct sockaddr_in peers[2];

	ask(first, was, "query");
	peers[0] = heard(fd, "query");
	ask(other, next, "query");
	peers[1] = heard(fd, "query");
	ck_assert_int_eq(connect_to(fd, &peers[0]), 0);
	ask(first, was, "late");
	ck_assert_int_eq(connect_to(fd, &peers[1]), 0);
	heard(fd, "late");
	ask(first, was, "too late");
	unanswered(fd);
	ask(other, next, "next");
	heard(fd, "next");
}
END_TEST

/* There is no way to the new peer: the old one is gone, and all are heard. */
START_TEST(no_way)
{
	int fd = server(SERVER), other = client(FROM_ELSEWHERE6, CLIENT + 1), third;
	struct sockaddr_in old = ipv4(INADDR_LOOPBACK, CLIENT + 50), new; /* a port that no other test heard of */

	ask(other, FROM_ELSEWHERE6, "query");
	new = heard(fd, "query");
	ck_assert_int_eq(connect_to(fd, &old), 0);
	close(other);
	run_command("ip address del fd00:db::1 dev lo");
	ck_assert_int_eq(connect_to(fd, &new), -1);
	ck_assert_int_eq(errno, ENETUNREACH);
	third = client(FROM_LOOPBACK6, CLIENT + 2);
	ask(third, FROM_LOOPBACK6, "query");
	heard(fd, "query");
}
END_TEST

int main(int argc, char **argv)
{
	const struct preloaded_test tests[] = {
	    {peer_dissolved, WAYS * WHENCES * 2},
	    {peer_changed, WAYS * 2},
	    {peer_dissolved_again, WHENCES},
	    {queue_stays, WHENCES},
	    {no_way, 1},
	};

	(void)argc;
	return preloaded_main(argv, "9000-9100/udp", "ipv4", tests, sizeof tests / sizeof tests[0]);
}
