/* SPDX-License-Identifier: MIT */
/*
 * server tcp|udp PORT: an IPv4-only server in C, a thread for each connection,
 * that is built with one C library or another. It answers each request with
 * the client's address.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <err.h>
#include <netdb.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* 0.0.0.0, as getaddrinfo returns it for IPv4. */
static int bound(int type, const char *port)
{
	struct addrinfo hints = {.ai_family = AF_INET, .ai_socktype = type, .ai_flags = AI_PASSIVE}, *local;
	int fd;

	if (getaddrinfo(NULL, port, &hints, &local) != 0)
		errx(1, "getaddrinfo: %s", port);
	fd = socket(local->ai_family, type, 0);
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &(int){1}, sizeof(int));
	if (bind(fd, local->ai_addr, local->ai_addrlen) != 0)
		err(1, "bind");
	freeaddrinfo(local);
	return fd;
}

static void *answer(void *context)
{
	int fd = *(int *)context;
	struct sockaddr_in peer;
	socklen_t length = sizeof peer;
	char request[4096], reply[256], host[INET_ADDRSTRLEN];
	size_t size;

	if (read(fd, request, sizeof request) > 0 && getpeername(fd, (struct sockaddr *)&peer, &length) == 0 &&
	    peer.sin_family == AF_INET && inet_ntop(AF_INET, &peer.sin_addr, host, sizeof host) != NULL) {
		size = (size_t)snprintf(reply, sizeof reply,
					"HTTP/1.0 200 OK\r\nConnection: close\r\nContent-Length: %zu\r\n\r\n%s",
					strlen(host), host);
		if (write(fd, reply, size) < 0)
			warn("write");
	}
	close(fd);
	return NULL;
}

static void serve_tcp(const char *port)
{
	static int slots[1024]; /* more than are ever open */
	int listener = bound(SOCK_STREAM, port);
	unsigned next = 0;

	if (listen(listener, 128) != 0)
		err(1, "listen");
	for (;;) {
		int *fd = &slots[next++ % (sizeof slots / sizeof slots[0])];
		struct sockaddr_in peer;
		socklen_t length = sizeof peer;
		pthread_t thread;

		*fd = accept(listener, (struct sockaddr *)&peer, &length);
		if (*fd < 0 || length != sizeof peer || pthread_create(&thread, NULL, answer, fd) != 0)
			err(1, "accept");
		pthread_detach(thread);
	}
}

/* The answer leaves from the address that was asked. */
static void serve_udp(const char *port)
{
	int fd = bound(SOCK_DGRAM, port);

	setsockopt(fd, IPPROTO_IP, IP_PKTINFO, &(int){1}, sizeof(int));
	for (;;) {
		struct sockaddr_in peer;
		char data[2048], host[INET_ADDRSTRLEN];
		_Alignas(struct cmsghdr) char control[CMSG_SPACE(sizeof(struct in_pktinfo))];
		struct iovec part = {data, sizeof data};
		struct msghdr message = {.msg_name = &peer,
					 .msg_namelen = sizeof peer,
					 .msg_iov = &part,
					 .msg_iovlen = 1,
					 .msg_control = control,
					 .msg_controllen = sizeof control};

		if (recvmsg(fd, &message, 0) < 0)
			err(1, "recvmsg");
		if (message.msg_namelen != sizeof peer || message.msg_controllen == 0 ||
		    CMSG_FIRSTHDR(&message)->cmsg_type != IP_PKTINFO)
			errx(1, "not a sender and IP_PKTINFO");
		inet_ntop(AF_INET, &peer.sin_addr, host, sizeof host);
		part = (struct iovec){host, strlen(host)};
		if (sendmsg(fd, &message, 0) < 0)
			warn("sendmsg");
	}
}

int main(int argc, char **argv)
{
	if (argc != 3)
		errx(2, "usage: server tcp|udp PORT");
	if (strcmp(argv[1], "udp") == 0)
		serve_udp(argv[2]);
	serve_tcp(argv[2]);
}
