/* SPDX-License-Identifier: MIT */
/* One UDP server's socket in the hands of threads, children and signal handlers
 * at once: each client gets its own answers. A lock held at the wrong moment
 * shows as libcheck's time limit. */
#define _GNU_SOURCE
#include "datagrams.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

enum { THREADS = 4, CLIENTS = 12, ROUNDS = 2000, CALLS = 3 };

static atomic_int stopping, echoed, wrong;
static int shared;

/* What came, back to where it came from; false where nothing is there. The
 * calls take turns. No libcheck calls outside the main thread. */
static bool echo_once(int fd, unsigned turn)
{
	struct sockaddr_in peer;
	char data[64];
	struct iovec part = {data, sizeof data};
	struct mmsghdr message = {.msg_hdr = {&peer, sizeof peer, &part, 1, NULL, 0, 0}};
	socklen_t *length = &message.msg_hdr.msg_namelen;
	ssize_t size;

	if (turn % CALLS == 0)
		size = recvfrom(fd, data, sizeof data, MSG_DONTWAIT, (struct sockaddr *)&peer, length);
	else if (turn % CALLS == 1)
		size = recvmsg(fd, &message.msg_hdr, MSG_DONTWAIT);
	else
		size = recvmmsg(fd, &message, 1, MSG_DONTWAIT, NULL) == 1 ? (ssize_t)message.msg_len : -1;
	if (size < 0)
		return false;
	if (peer.sin_family != AF_INET || *length != sizeof peer)
		wrong++;
	part.iov_len = (size_t)size;
	if (turn % CALLS == 0)
		size -= sendto(fd, data, (size_t)size, 0, (struct sockaddr *)&peer, sizeof peer);
	else if (turn % CALLS == 1)
		size -= sendmsg(fd, &message.msg_hdr, 0);
	else
		size = sendmmsg(fd, &message, 1, 0) != 1;
	if (size != 0)
		wrong++;
	echoed++;
	return true;
}

/* Asks and waits for each answer in turn: the number of answers that were the
 * client's own. Past the hooks, and without libcheck. */
static int ask_often(const int *clients, int count, int rounds)
{
	int right = 0;

	for (int round = 0; round < rounds; round++) {
		char text[CLIENTS][48];

		for (int i = 0; i < count; i++) {
			snprintf(text[i], sizeof text[i], "client %d round %d", i, round);
			right -= !asked_at(clients[i], i % WHENCES, SERVER, text[i]);
		}
		for (int i = 0; i < count; i++)
			right += received(clients[i], text[i]);
	}
	return right;
}

static void open_clients(int *clients)
{
	for (int i = 0; i < CLIENTS; i++)
		clients[i] = client(i % WHENCES, (uint16_t)(CLIENT + i));
}

static void *serve(void *argument)
{
	unsigned turn = (unsigned)(uintptr_t)argument;
	struct pollfd watched = {.fd = shared, .events = POLLIN};

	while (!stopping)
		if (poll(&watched, 1, 20) == 1)
			echo_once(shared, turn++);
	return NULL;
}

START_TEST(threads_share_a_socket)
{
	pthread_t threads[THREADS];
	int clients[CLIENTS];

	shared = server(SERVER);
	open_clients(clients);
	for (uintptr_t i = 0; i < THREADS; i++)
		pthread_create(&threads[i], NULL, serve, (void *)i);
	ck_assert_int_eq(ask_often(clients, CLIENTS, ROUNDS), CLIENTS * ROUNDS);
	stopping = 1;
	for (int i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
	ck_assert_int_eq(wrong, 0);
	ck_assert_int_eq(echoed, CLIENTS * ROUNDS);
}
END_TEST

/* Children are forked while threads serve: none of them may hang; each knows
 * the clients that the parent has had before, and receives on its own. */
START_TEST(children_of_a_busy_server)
{
	enum { CHILDREN = 40 };
	pthread_t threads[THREADS];
	int clients[CLIENTS], waiting[WHENCES], status;
	struct sockaddr_in peers[WHENCES];

	shared = server(SERVER);
	for (int whence = 0; whence < WHENCES; whence++) {
		waiting[whence] = client(whence, (uint16_t)(CLIENT + 100 + whence));
		ask(waiting[whence], whence, "before the fork");
		peers[whence] = heard(shared, "before the fork");
	}
	open_clients(clients);
	for (uintptr_t i = 0; i < THREADS; i++)
		pthread_create(&threads[i], NULL, serve, (void *)i);
	for (int i = 0; i < CHILDREN; i++) {
		pid_t child = fork();

		if (child == 0) {
			int failed = 0;

			for (int whence = 0; whence < WHENCES; whence++)
				failed += sendto(shared, "from a child", 12, 0, (struct sockaddr *)&peers[whence],
						 sizeof peers[whence]) != 12;
			_exit(failed);
		}
		ck_assert_int_eq(ask_often(clients, CLIENTS, 2), CLIENTS * 2);
		waitpid(child, &status, 0);
		ck_assert_int_eq(status, 0);
		for (int whence = 0; whence < WHENCES; whence++)
			ck_assert_int_eq(received(waiting[whence], "from a child"), 1);
	}
	stopping = 1;
	for (int i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
	ck_assert_int_eq(wrong, 0);
}
END_TEST

/* A child serves what it hears itself, on the socket that it has from its parent. */
START_TEST(child_serves)
{
	int fd = server(SERVER), clients[CLIENTS], status;
	pid_t child;

	open_clients(clients);
	child = fork();
	if (child == 0) {
		struct pollfd watched = {.fd = fd, .events = POLLIN};

		for (unsigned turn = 0; turn < CLIENTS * 5 && poll(&watched, 1, 5000) == 1;)
			turn += echo_once(fd, turn);
		_exit(wrong);
	}
	ck_assert_int_eq(ask_often(clients, CLIENTS, 5), CLIENTS * 5);
	waitpid(child, &status, 0);
	ck_assert_int_eq(status, 0);
}
END_TEST

/* A pre-forking server: one child hears, and its brother answers. */
START_TEST(a_brother_answers)
{
	int fd = server(SERVER), told[2], status;
	pid_t children[2];

	ck_assert_int_eq(pipe(told), 0);
	for (int i = 0; i < 2; i++) {
		children[i] = fork();
		if (children[i] != 0)
			continue;
		for (int whence = 0; whence < WHENCES; whence++) {
			struct sockaddr_in peer;
			bool passed =
			    i == 0 ? (peer = heard(fd, "query"), write(told[1], &peer, sizeof peer)) > 0
				   : read(told[0], &peer, sizeof peer) > 0 &&
					 sendto(fd, "answer", 6, 0, (struct sockaddr *)&peer, sizeof peer) == 6;

			if (!passed)
				_exit(1);
		}
		_exit(0);
	}
	for (int whence = 0; whence < WHENCES; whence++) {
		int asking = client(whence, (uint16_t)(CLIENT + whence));

		ask(asking, whence, "query");
		answered(asking, whence, "answer");
	}
	for (int i = 0; i < 2; i++) {
		waitpid(children[i], &status, 0);
		ck_assert_int_eq(status, 0);
	}
}
END_TEST

static atomic_int in_handler, in_main;

/* The next one is armed when one is over: what is interrupted gets its turn. */
static void arm(void)
{
	setitimer(ITIMER_REAL, &(struct itimerval){{0, 0}, {0, 200}}, NULL);
}

static void on_alarm(int signal)
{
	int saved = errno;

	(void)signal;
	for (unsigned turn = 0; turn < 3; turn++)
		in_handler += echo_once(shared, (unsigned)in_handler);
	arm();
	errno = saved;
}

/* The handler receives and sends on the socket that the main program is just
 * receiving or sending on; a child is the clients. */
START_TEST(in_a_signal_handler)
{
	struct itimerval never = {{0, 0}, {0, 0}};
	struct sigaction action = {.sa_handler = on_alarm, .sa_flags = SA_RESTART};
	int clients[CLIENTS], status = -1;
	pid_t child;

	shared = server(SERVER);
	open_clients(clients);
	child = fork();
	if (child == 0)
		_exit(ask_often(clients, CLIENTS, ROUNDS) != CLIENTS * ROUNDS);
	sigaction(SIGALRM, &action, NULL);
	arm();
	while (waitpid(child, &status, WNOHANG) == 0)
		in_main += echo_once(shared, (unsigned)in_main);
	setitimer(ITIMER_REAL, &never, NULL);
	ck_assert_int_eq(status, 0);
	ck_assert_int_eq(wrong, 0);
	ck_assert_int_eq(in_handler + in_main, CLIENTS * ROUNDS);
	ck_assert_int_gt(in_handler, 0);
	ck_assert_int_gt(in_main, 0);
}
END_TEST

int main(int argc, char **argv)
{
	const struct preloaded_test tests[] = {
	    {threads_share_a_socket, 1}, {children_of_a_busy_server, 1}, {child_serves, 1},
	    {a_brother_answers, 1},      {in_a_signal_handler, 1},
	};

	(void)argc;
	return preloaded_main(argv, "9000-9100/udp", "ipv4", tests, sizeof tests / sizeof tests[0]);
}
