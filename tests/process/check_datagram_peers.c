/* SPDX-License-Identifier: MIT */
/* Datagram sockets with a peer, and new ones for it: connect and disconnect,
 * iperf3's and TFTP's ways to a socket for each client, SO_REUSEPORT groups. */
#define _GNU_SOURCE
#include "datagrams.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* _i: the peer, and which other client there is. */
START_TEST(connected_and_disconnected)
{
	int whence = _i % WHENCES, fd = server(SERVER), asking = client(whence, CLIENT);
	int other = client(whence, CLIENT + 1), stranger = client((whence + 1) % WHENCES, CLIENT);
	struct sockaddr_in peer, seen, any = ipv4(INADDR_ANY, SERVER);

	ask(asking, whence, "query");
	peer = heard(fd, "query");
	errno = 77;
	ck_assert_int_eq(connect_to(fd, &peer), 0);
	ck_assert_int_eq(errno, 77);
	seen = name_of(fd, true);
	same_address(&seen, &peer);
	seen = name_of(fd, false);
	peer.sin_port = htons(SERVER); /* it asked at its own address */
	same_address(&seen, &peer);
	ck_assert_int_eq(send(fd, "reply", 5, 0), 5);
	answered(asking, whence, "reply");
	ask(other, whence, "from another port");
	ask(stranger, (whence + 1) % WHENCES, "from another address");
	ask(asking, whence, "again");
	hear(fd, whence, CLIENT, "again");
	unanswered(fd);

	errno = 77;
	ck_assert_int_eq(disconnect(fd), 0);
	ck_assert_int_eq(errno, 77);
	seen = name_of(fd, false);
	same_address(&seen, &any);
	ck_assert_int_eq(getpeername(fd, (struct sockaddr *)&seen, &(socklen_t){sizeof seen}), -1);
	ck_assert_int_eq(errno, ENOTCONN);
	ck_assert_int_eq(send(fd, "to nobody", 9, 0), -1);
	ck_assert_int_eq(errno, EDESTADDRREQ);
}
END_TEST

/* _i: from which peer, and which client asks then. */
START_TEST(everybody_is_heard_after_a_disconnect)
{
	int before = _i % WHENCES, after = _i / WHENCES;
	int fd = server(SERVER), first = client(before, CLIENT), second = client(after, CLIENT + 1);
	struct sockaddr_in peer;

	ask(first, before, "query");
	peer = heard(fd, "query");
	ck_assert_int_eq(connect_to(fd, &peer), 0);
	ck_assert_int_eq(disconnect(fd), 0);
	ask(second, after, "another");
	peer = heard(fd, "another");
	reply(fd, &peer, "reply");
	answered(second, after, "reply");
}
END_TEST

/* A disconnect of what has no peer changes nothing: what waits is still there. */
START_TEST(nothing_to_disconnect)
{
	int fd = server(SERVER), asking = client(_i, CLIENT);

	ask(asking, _i, "query");
	ck_assert_int_eq(disconnect(fd), 0);
	hear(fd, _i, CLIENT, "query");
}
END_TEST

/* From one peer to the next, without a disconnect between. */
START_TEST(connected_to_one_after_another)
{
	int first = _i % WHENCES, second = _i / WHENCES;

	/* Natively the source stays 127.0.0.1, from which nothing else is reached. */
	if (first != FROM_ELSEWHERE6 && second == FROM_ELSEWHERE6)
		return;
	int fd = server(SERVER), clients[] = {client(first, CLIENT), client(second, CLIENT + 1)};
	struct sockaddr_in peers[2], seen;

	ask(clients[0], first, "first");
	peers[0] = heard(fd, "first");
	ask(clients[1], second, "second");
	peers[1] = heard(fd, "second");
	for (int i = 0; i < 2; i++) {
		ck_assert_int_eq(connect_to(fd, &peers[i]), 0);
		seen = name_of(fd, true);
		same_address(&seen, &peers[i]);
		ck_assert_int_eq(send(fd, "reply", 5, 0), 5);
		ck_assert_int_eq(received(clients[i], "reply"), 1);
	}
}
END_TEST

/* iperf3 -u: the socket that heard of a client is connected to it, and another
 * one takes its place at the port. */
START_TEST(next_listener_beside_the_connected)
{
	enum { ROUNDS = 4 };
	static const int orders[][ROUNDS] = {{FROM_IPV4, FROM_IPV4, FROM_IPV4, FROM_IPV4},
					     {FROM_LOOPBACK6, FROM_LOOPBACK6, FROM_LOOPBACK6, FROM_LOOPBACK6},
					     {FROM_ELSEWHERE6, FROM_ELSEWHERE6, FROM_ELSEWHERE6, FROM_ELSEWHERE6},
					     {FROM_ELSEWHERE6, FROM_IPV4, FROM_LOOPBACK6, FROM_ELSEWHERE6},
					     {FROM_IPV4, FROM_LOOPBACK6, FROM_IPV4, FROM_ELSEWHERE6}};
	const int *order = orders[_i];
	int listener = server_with(SERVER, SO_REUSEADDR), connections[ROUNDS], clients[ROUNDS];
	char text[32];

	for (int i = 0; i < ROUNDS; i++) {
		struct sockaddr_in peer;

		clients[i] = client(order[i], (uint16_t)(CLIENT + i));
		ask(clients[i], order[i], "hello");
		peer = heard(listener, "hello");
		connections[i] = listener;
		ck_assert_int_eq(connect_to(listener, &peer), 0);
		listener = server_with(SERVER, SO_REUSEADDR);
		ck_assert_int_eq(write(connections[i], "welcome", 7), 7);
		answered(clients[i], order[i], "welcome");
	}
	for (int i = 0; i < ROUNDS; i++) {
		snprintf(text, sizeof text, "stream %d", i);
		ask(clients[i], order[i], text);
		ck_assert_int_eq(received(connections[i], text), 1);
		ck_assert_int_eq(write(connections[i], text, strlen(text)), (ssize_t)strlen(text));
		answered(clients[i], order[i], text);
	}
	unanswered(listener);
}
END_TEST

enum { MEMBERS = 4, SENDERS = 96 };

/* Each datagram comes to one socket of the group, and to none twice. */
START_TEST(reuseport_group)
{
	int members[MEMBERS], counts[MEMBERS][WHENCES] = {0}, clients[SENDERS];
	struct pollfd watched[MEMBERS];

	for (int i = 0; i < MEMBERS; i++) {
		members[i] = server_with(SERVER, SO_REUSEPORT);
		watched[i] = (struct pollfd){.fd = members[i], .events = POLLIN};
	}
	for (int i = 0; i < SENDERS; i++) {
		clients[i] = client(i % WHENCES, (uint16_t)(CLIENT + i));
		ask(clients[i], i % WHENCES, "query");
	}
	for (int seen = 0; seen < SENDERS;) {
		ck_assert_int_gt(poll(watched, MEMBERS, 5000), 0);
		for (int i = 0; i < MEMBERS; i++)
			if (watched[i].revents & POLLIN) {
				struct sockaddr_in peer = heard(members[i], "query");

				counts[i][(ntohs(peer.sin_port) - CLIENT) % WHENCES]++;
				reply(members[i], &peer, "reply");
				seen++;
			}
	}
	for (int i = 0; i < SENDERS; i++)
		answered(clients[i], i % WHENCES, "reply");
	for (int i = 0; i < MEMBERS; i++)
		for (int whence = 0; whence < WHENCES; whence++)
			ck_assert_int_gt(counts[i][whence], 0);
	unanswered_all(members, MEMBERS);
	unanswered_all(clients, SENDERS);
}
END_TEST

enum { UNBOUND, AT_PORT_0, AT_ANOTHER_PORT, ORIGINS };

/* A server's other socket, without a rule, reaches the clients that it has received from. */
static void another_socket(enum whence whence, int origin, bool connected)
{
	int fd = server(SERVER), asking = client(whence, CLIENT), other = server_unbound();
	struct sockaddr_in peer, seen;
	struct sockaddr_storage from;
	socklen_t length = sizeof from;

	ask(asking, whence, "query");
	peer = heard(fd, "query");
	if (origin != UNBOUND)
		ck_assert_int_eq(bind_to(other, ipv4(INADDR_ANY, origin == AT_PORT_0 ? 0 : NATIVE)), 0);
	ck_assert_int_eq(is_converted(other), false);
	if (!connected)
		reply(other, &peer, "reply");
	else {
		ck_assert_int_eq(connect_to(other, &peer), 0);
		seen = name_of(other, true);
		same_address(&seen, &peer);
		ck_assert_int_eq(send(other, "reply", 5, 0), 5);
	}
	ck_assert_int_eq(is_converted(other), whence != FROM_IPV4);
	seen = name_of(other, false);
	if (origin == AT_ANOTHER_PORT)
		ck_assert_uint_eq(ntohs(seen.sin_port), NATIVE);
	ck_assert_int_eq(recvfrom(asking, &(char[8]){0}, 8, 0, (struct sockaddr *)&from, &length), 5);
	ck_assert_uint_eq(((struct sockaddr_in *)&from)->sin_port, seen.sin_port);
	ask_at(asking, whence, ntohs(seen.sin_port), "and back");
	hear(other, whence, CLIENT, "and back");
	reply(other, &peer, "once more");
	ck_assert_int_eq(received(asking, "once more"), 1);
}

START_TEST(another_socket_is_connected)
{
	another_socket(_i % WHENCES, _i / WHENCES, true);
}
END_TEST

/* But at a port that the program chose itself, without a rule, an unconnected
 * socket stays as it is: it would hear all of IPv6. */
START_TEST(another_socket_sends)
{
	enum whence whence = _i % 2 ? FROM_ELSEWHERE6 : FROM_IPV4;

	if (whence == FROM_IPV4 || _i / 2 != AT_ANOTHER_PORT)
		another_socket(whence, _i / 2, false);
}
END_TEST

/* 127.0.0.1 is an ordinary address: only who was heard from the port says that
 * ::1 is meant. */
START_TEST(another_socket_sends_to_ipv6_loopback)
{
	if (_i != AT_ANOTHER_PORT)
		another_socket(FROM_LOOPBACK6, _i, false);
}
END_TEST

/* An address that was never shown is an ordinary IPv4 address. */
START_TEST(ordinary_destinations_stay_ipv4)
{
	int fd = server(SERVER), asking = client(FROM_ELSEWHERE6, CLIENT), other = server(_i ? NATIVE : 0);
	int far = client(FROM_IPV4, CLIENT);
	struct sockaddr_in to = ipv4(INADDR_LOOPBACK, CLIENT);

	ask(asking, FROM_ELSEWHERE6, "query");
	hear(fd, FROM_ELSEWHERE6, CLIENT, "query");
	reply(other, &to, "hello");
	ck_assert_int_eq(received(far, "hello"), 1);
	ck_assert_int_eq(is_converted(other), false);
}
END_TEST

/* TFTP: answered from a new socket, at the address that was asked (as the
 * connected or the asked socket is shown it) and a port that the kernel chose. */
START_TEST(new_socket_at_the_local_address)
{
	int whence = _i, fd = server(SERVER), asking = client(whence, CLIENT), new = server_unbound();
	struct sockaddr_in peer, local, seen;
	struct sockaddr_storage from;
	socklen_t length = sizeof from;

	ask(asking, whence, "read request");
	peer = heard(fd, "read request");
	local = shown(whence, 0); /* the client asked at its own address */
	ck_assert_int_eq(bind_to(new, local), 0);
	seen = name_of(new, false);
	ck_assert_uint_eq(seen.sin_addr.s_addr, local.sin_addr.s_addr);
	ck_assert_uint_ne(seen.sin_port, 0);
	ck_assert_int_eq(connect_to(new, &peer), 0);
	ck_assert_int_eq(send(new, "data", 4, 0), 4);
	ck_assert_int_eq(recvfrom(asking, &(char[8]){0}, 8, 0, (struct sockaddr *)&from, &length), 4);
	ck_assert_uint_eq(((struct sockaddr_in *)&from)->sin_port, seen.sin_port);
	ask_at(asking, whence, ntohs(seen.sin_port), "acknowledged");
	hear(new, whence, CLIENT, "acknowledged");
	unanswered(fd);
}
END_TEST

int main(int argc, char **argv)
{
	const struct preloaded_test tests[] = {
	    {connected_and_disconnected, WHENCES},
	    {everybody_is_heard_after_a_disconnect, WHENCES * WHENCES},
	    {nothing_to_disconnect, WHENCES},
	    {connected_to_one_after_another, WHENCES * WHENCES},
	    {next_listener_beside_the_connected, 5},
	    {reuseport_group, 1},
	    {another_socket_is_connected, WHENCES * ORIGINS},
	    {another_socket_sends, 2 * ORIGINS},
	    {another_socket_sends_to_ipv6_loopback, ORIGINS},
	    {ordinary_destinations_stay_ipv4, 2},
	    {new_socket_at_the_local_address, WHENCES},
	};

	(void)argc;
	return preloaded_main(argv, "9000-9100/udp", "ipv4", tests, sizeof tests / sizeof tests[0]);
}
