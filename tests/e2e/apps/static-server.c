/* SPDX-License-Identifier: MIT */
/*
 * static-server MODE PORT: an HTTP server in C, to be linked statically. It
 * answers with the address of whoever asks.
 *
 *   accept   bind, listen, accept
 *   epoll    the listener and a duplicate of it are in epoll before they are
 *            bound, and nothing but epoll tells of connections
 *   signal   O_ASYNC is on before bind, and only SIGIO tells of connections
 *   udp      a bound UDP socket, and nothing else
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

static void die(const char *what)
{
	perror(what);
	exit(1);
}

static void answer(int fd)
{
	struct sockaddr_storage peer;
	socklen_t length = sizeof peer;
	char host[NI_MAXHOST], request[2048], text[NI_MAXHOST + 128];
	const char *shown = host;
	int client = accept(fd, (struct sockaddr *)&peer, &length);

	if (client < 0)
		return;
	if (getnameinfo((struct sockaddr *)&peer, length, host, sizeof host, NULL, 0, NI_NUMERICHOST) != 0)
		snprintf(host, sizeof host, "unknown family %d", peer.ss_family);
	if (strncmp(host, "::ffff:", 7) == 0)
		shown = host + 7;
	if (read(client, request, sizeof request) > 0) {
		snprintf(text, sizeof text, "HTTP/1.0 200 OK\r\nContent-Length: %zu\r\n\r\n%s", strlen(shown),
			 shown);
		if (write(client, text, strlen(text)) < 0)
			perror("write");
	}
	close(client);
}

static void serve_epoll(int epfd, int fd, int copy)
{
	struct epoll_event event;

	for (;;) {
		if (epoll_wait(epfd, &event, 1, -1) != 1)
			continue;
		if (event.data.u64 != 0x0123456789abcdef && event.data.u64 != 0xfedcba9876543210)
			_exit(3);
		answer(event.data.u64 & 1 ? fd : copy);
	}
}

static void serve_signal(int fd)
{
	sigset_t set;
	siginfo_t info;

	sigemptyset(&set);
	sigaddset(&set, SIGRTMIN);
	for (;;)
		/* The kernel tells the number that O_ASYNC was armed for. */
		if (sigwaitinfo(&set, &info) == SIGRTMIN && info.si_fd == fd)
			answer(fd);
}

int main(int argc, char **argv)
{
	struct sockaddr_in any = {.sin_family = AF_INET};
	const char *mode = argc > 2 ? argv[1] : "";
	bool datagrams = strcmp(mode, "udp") == 0;
	int fd = socket(AF_INET, datagrams ? SOCK_DGRAM : SOCK_STREAM, 0), copy = -1, epfd = -1, one = 1;
	sigset_t set;

	if (argc != 3)
		return 2;
	any.sin_port = htons((uint16_t)atoi(argv[2]));
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
	if (strcmp(mode, "epoll") == 0) {
		struct epoll_event first = {.events = EPOLLIN, .data.u64 = 0x0123456789abcdef};
		struct epoll_event second = {.events = EPOLLIN | EPOLLONESHOT, .data.u64 = 0xfedcba9876543210};

		epfd = epoll_create1(EPOLL_CLOEXEC);
		copy = dup(fd);
		fcntl(fd, F_SETFL, O_NONBLOCK);
		if (epoll_ctl(epfd, EPOLL_CTL_ADD, fd, &first) != 0 ||
		    epoll_ctl(epfd, EPOLL_CTL_ADD, copy, &second) != 0)
			die("epoll_ctl");
	} else if (strcmp(mode, "signal") == 0) {
		sigemptyset(&set);
		sigaddset(&set, SIGRTMIN);
		sigprocmask(SIG_BLOCK, &set, NULL);
		fcntl(fd, F_SETSIG, SIGRTMIN);
		fcntl(fd, F_SETOWN, getpid());
		fcntl(fd, F_SETFL, O_ASYNC);
	}
	if (bind(fd, (struct sockaddr *)&any, sizeof any) != 0)
		die("bind");
	if (datagrams)
		pause();
	if (listen(fd, 100) != 0)
		die("listen");
	if (epfd >= 0)
		serve_epoll(epfd, fd, copy);
	else if (strcmp(mode, "signal") == 0)
		serve_signal(fd);
	for (;;)
		answer(fd);
}
