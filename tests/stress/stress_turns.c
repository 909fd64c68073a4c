/* SPDX-License-Identifier: MIT */
/* Turns of TCP listeners, each at a port of its own. */
#define _GNU_SOURCE
#include "stress.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/wait.h>
#include <unistd.h>

enum { CLIENTS_MAX = 4, MEANINGS = 0x5eed };

static void set_option(int fd, int option)
{
	setsockopt(fd, SOL_SOCKET, option, &(int){1}, sizeof(int));
}

/* An AF_INET socket as programs make them; an epoll instance that it is in
 * before it is bound, or -1. */
static int fresh_listener(struct worker *self, int *epfd)
{
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	struct epoll_event event = {.events = EPOLLIN, .data.u32 = MEANINGS};

	*epfd = -1;
	if (!holds(self, fd >= 0, "a listener's socket"))
		return -1;
	set_option(fd, SO_REUSEADDR);
	if (perhaps(self))
		set_option(fd, SO_REUSEPORT);
	if (perhaps(self)) {
		*epfd = epoll_create1(EPOLL_CLOEXEC);
		saw(CALL_EPOLL_CTL, epoll_ctl(*epfd, EPOLL_CTL_ADD, fd, &event));
	}
	return fd;
}

/* A child that was forked meanwhile may hold what was closed here a moment ago. */
static bool bind_somewhere(struct worker *self, int fd, uint16_t *port)
{
	enum { TRIES = 50 };

	for (int i = 0; i < TRIES; i++) {
		struct sockaddr_in local;

		*port = next_port(self);
		local = any4(*port);
		if (saw(CALL_BIND, bind(fd, (struct sockaddr *)&local, sizeof local)) == 0)
			return true;
		if (!holds(self, errno == EADDRINUSE, "bind"))
			return false;
		atomic_fetch_add(&busy_ports, 1);
	}
	return holds(self, false, "no port is free");
}

static int listener_somewhere(struct worker *self, int *epfd, uint16_t *port)
{
	int fd = fresh_listener(self, epfd);

	if (fd >= 0 && bind_somewhere(self, fd, port) &&
	    holds(self, saw(CALL_LISTEN, listen(fd, 16)) == 0, "listen")) {
		atomic_fetch_add(kernel_domain(fd) == AF_INET6 ? &converted : &not_converted, 1);
		return fd;
	}
	close(fd);
	close(*epfd);
	return -1;
}

static void close_both(int fd, int epfd)
{
	close(fd);
	if (epfd >= 0)
		close(epfd);
}

/* Over IPv6 only where the kernel says that they are heard. */
static int open_clients(struct worker *self, struct client *clients, int listener, uint16_t port)
{
	int wanted = 1 + (int)chosen(self, CLIENTS_MAX), count = 0;
	bool dual = kernel_domain(listener) == AF_INET6;

	for (int i = 0; i < wanted; i++) {
		enum whence whence = dual ? chosen(self, WHENCES) : FROM_IPV4;

		if (holds(self, client_open(self, &clients[count], whence, port), "connect"))
			count++;
	}
	return count;
}

static void serve(struct worker *self, int listener, int epfd, uint16_t port)
{
	struct client clients[CLIENTS_MAX];
	struct epoll_event event = {0};
	int count = open_clients(self, clients, listener, port), ready;

	if (epfd >= 0) {
		do
			ready = epoll_wait(epfd, &event, 1, 10000);
		while (ready < 0 && errno == EINTR);
		holds(self, ready == 1 && event.data.u32 == MEANINGS, "epoll tells of the listener");
	}
	for (int i = 0; i < count; i++)
		holds(self, answer(listener, perhaps(self)), "accept and answer");
	for (int i = 0; i < count; i++)
		client_close(self, &clients[i], false);
}

void turn_listen(struct worker *self)
{
	uint16_t port;
	int epfd, fd = listener_somewhere(self, &epfd, &port);

	if (fd < 0)
		return;
	serve(self, fd, epfd, port);
	close_both(fd, epfd);
}

void turn_port_0(struct worker *self)
{
	struct sockaddr_in local = any4(0);
	socklen_t length = sizeof local;
	int epfd, fd = fresh_listener(self, &epfd);
	bool bound;

	if (fd < 0)
		return;
	bound = perhaps(self);
	if (bound)
		holds(self, saw(CALL_BIND, bind(fd, (struct sockaddr *)&local, sizeof local)) == 0,
		      "bind to port 0");
	if (holds(self, saw(CALL_LISTEN, listen(fd, 16)) == 0, "listen at port 0") &&
	    holds(self, saw(CALL_GETSOCKNAME, getsockname(fd, (struct sockaddr *)&local, &length)) == 0,
		  "the port's number")) {
		holds(self, local.sin_family == AF_INET, "the family of a listener's name");
		serve(self, fd, epfd, ntohs(local.sin_port));
	}
	close_both(fd, epfd);
}

/* A second number from before the bind, and one that something else had. */
void turn_duplicates(struct worker *self)
{
	uint16_t port;
	int epfd, fd = fresh_listener(self, &epfd), second, third;

	if (fd < 0)
		return;
	second = fcntl(fd, F_DUPFD_CLOEXEC, 0);
	third = open("/dev/null", O_RDONLY | O_CLOEXEC);
	if (bind_somewhere(self, fd, &port)) {
		bool by_dup2 = perhaps(self);

		holds(self, saw(CALL_LISTEN, listen(by_dup2 ? second : fd, 16)) == 0, "listen");
		holds(self, dup3(fd, third, O_CLOEXEC) == third, "dup3");
		holds(self, kernel_domain(fd) == kernel_domain(second), "both numbers are the same socket");
		close(by_dup2 ? fd : second);
		serve(self, third, -1, port);
		serve(self, by_dup2 ? second : fd, epfd, port);
		close(by_dup2 ? second : fd);
	} else {
		close(fd);
		close(second);
	}
	close(third);
	if (epfd >= 0)
		close(epfd);
}

static void wait_for(struct worker *self, pid_t child)
{
	int status = -1;
	pid_t ended;

	do
		ended = waitpid(child, &status, 0);
	while (ended < 0 && errno == EINTR);
	holds(self, ended == child && status == 0, "the child's exit status");
}

static int answer_all(int fd, int count)
{
	while (count > 0 && wait_readable(fd, -1) && answer(fd, true))
		count--;
	return count;
}

int answer_as_a_program(int fd, int count)
{
	return answer_all(fd, count) != 0;
}

static void execute_again(int fd, int count)
{
	char number[16], many[16];

	snprintf(number, sizeof number, "%d", fd);
	snprintf(many, sizeof many, "%d", count);
	fcntl(fd, F_SETFD, 0);
	execl("/proc/self/exe", "stress", "answer", number, many, NULL);
}

/* Its clients are there before the child is, or come when it may accept. */
static void serve_by_a_child(struct worker *self, bool program)
{
	struct client clients[CLIENTS_MAX];
	uint16_t port;
	int epfd, fd = listener_somewhere(self, &epfd, &port), count;
	pid_t child;

	if (fd < 0)
		return;
	count = open_clients(self, clients, fd, port);
	atomic_fetch_add(&births_begun, 1);
	child = fork();
	if (child == 0) {
		if (program)
			execute_again(fd, count);
		_exit(program ? 127 : answer_all(fd, count) != 0);
	}
	atomic_fetch_add(&births_over, 1);
	if (holds(self, child > 0, "fork"))
		wait_for(self, child);
	close_both(fd, epfd);
	for (int i = 0; i < count; i++)
		client_close(self, &clients[i], false);
}

void turn_fork(struct worker *self)
{
	serve_by_a_child(self, false);
}

void turn_exec(struct worker *self)
{
	serve_by_a_child(self, true);
}

/* Its memory is its parent's: what it binds and leaves is its own. */
void turn_vfork(struct worker *self)
{
	uint16_t port = next_port(self);
	struct sockaddr_in local = any4(port);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	pid_t child;

	atomic_fetch_add(&births_begun, 1);
	child = vfork();
	if (child == 0) {
		int own = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
		bool done = (saw(CALL_BIND, bind(own, (struct sockaddr *)&local, sizeof local)) == 0 &&
			     saw(CALL_LISTEN, listen(own, 1)) == 0) ||
			    errno == EADDRINUSE;

		_exit(!done);
	}
	atomic_fetch_add(&births_over, 1);
	if (holds(self, child > 0, "vfork"))
		wait_for(self, child);
	close(fd);
}

static int second_listener(struct worker *self, uint16_t port)
{
	struct sockaddr_in6 local = any6(port);
	int fd = socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	set_option(fd, SO_REUSEADDR);
	setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &(int){1}, sizeof(int));
	if (holds(self, saw(CALL_BIND, bind(fd, (struct sockaddr *)&local, sizeof local)) == 0, "bind to ::") &&
	    holds(self, saw(CALL_LISTEN, listen(fd, 16)) == 0, "listen on ::"))
		return fd;
	close(fd);
	return -1;
}

/*
 * 0.0.0.0 and :: at one port; a client may wait in the first one's queue when
 * the second is bound. Each gets its own, or the first one also the other's.
 * A child that is forked in the middle of that keeps the old socket until it ends
 * (docs/limits.md): then no client comes over IPv6.
 */
void turn_both_families(struct worker *self)
{
	struct client clients[CLIENTS_MAX], early;
	uint16_t port;
	int epfd, fd = listener_somewhere(self, &epfd, &port), second, queued, count = 0;
	unsigned over = atomic_load(&births_over);
	enum whence kinds;

	if (fd < 0)
		return;
	queued = perhaps(self) && holds(self, client_open(self, &early, FROM_IPV4, port), "an early client") &&
		 holds(self, wait_readable(fd, -1), "an early client is queued");
	second = second_listener(self, port);
	kinds = atomic_load(&births_begun) == over ? WHENCES : FROM_IPV4 + 1;
	fcntl(fd, F_SETFL, O_NONBLOCK);
	while (second >= 0 && count < CLIENTS_MAX &&
	       holds(self, client_open(self, &clients[count], count % kinds, port), "connect"))
		count++;
	for (int left = count + queued; left > 0 && holds(self, wait_readable(fd, second), "all come");)
		left -= answer(fd, true) + (second >= 0 && answer(second, false));
	close_both(fd, epfd);
	close(second);
	for (int i = 0; i < count; i++)
		client_close(self, &clients[i], false);
	if (queued)
		client_close(self, &early, false);
}
