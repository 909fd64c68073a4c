/* SPDX-License-Identifier: MIT */
/* A UDP server at a port of its own, with clients of each kind. */
#define _GNU_SOURCE
#include "stress.h"

#include <arpa/inet.h>
#include <errno.h>
#include <string.h>
#include <unistd.h>

static int fresh_server(struct worker *self, uint16_t *port)
{
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	struct sockaddr_in local;

	*port = next_port(self);
	local = any4(*port);
	if (saw(CALL_BIND, bind(fd, (struct sockaddr *)&local, sizeof local)) == 0)
		return fd;
	holds(self, errno == EADDRINUSE, "bind a datagram socket");
	atomic_fetch_add(&busy_ports, 1);
	close(fd);
	return -1;
}

/* By each of the two pairs of calls. */
static bool echo(int fd, bool as_messages, struct sockaddr_in *peer)
{
	uint32_t token;
	struct iovec part = {&token, sizeof token};
	struct msghdr message = {peer, sizeof *peer, &part, 1, NULL, 0, 0};
	socklen_t length = sizeof *peer;

	if (!wait_readable(fd, -1))
		return false;
	if (as_messages)
		return saw(CALL_RECVFROM, recvmsg(fd, &message, 0)) == sizeof token &&
		       saw(CALL_SENDTO, sendmsg(fd, &message, 0)) == sizeof token;
	return saw(CALL_RECVFROM, recvfrom(fd, &token, sizeof token, 0, (struct sockaddr *)peer, &length)) ==
		   sizeof token &&
	       saw(CALL_SENDTO, sendto(fd, &token, sizeof token, 0, (struct sockaddr *)peer, length)) ==
		   sizeof token;
}

static int fresh_client(enum whence whence, uint16_t port)
{
	int family = whence == FROM_IPV4 ? AF_INET : AF_INET6, fd = socket(family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	struct sockaddr_in to4 = any4(port);
	struct sockaddr_in6 to6 = any6(port);

	to4.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	inet_pton(AF_INET6, whence == FROM_LOOPBACK6 ? "::1" : "fd00:db::1", &to6.sin6_addr);
	if (saw(CALL_CONNECT, connect(fd, family == AF_INET ? (struct sockaddr *)&to4 : (struct sockaddr *)&to6,
				      family == AF_INET ? sizeof to4 : sizeof to6)) == 0)
		return fd;
	close(fd);
	return -1;
}

static void ask(struct worker *self, int fd, enum whence whence, uint16_t port)
{
	uint32_t token = chosen(self, UINT32_MAX), returned = 0;
	struct sockaddr_in peer = {0};
	int client = fresh_client(whence, port);

	if (holds(self, client >= 0, "a datagram client") &&
	    holds(self, saw(CALL_SEND, send(client, &token, sizeof token, 0)) == sizeof token, "send") &&
	    holds(self, echo(fd, perhaps(self), &peer), "an echo") &&
	    holds(self, wait_readable(client, -1), "an echo that comes") &&
	    holds(self, saw(CALL_RECV, recv(client, &returned, sizeof returned, 0)) == sizeof returned, "recv")) {
		bool from_pool = ntohl(peer.sin_addr.s_addr) >> 28 == 15;

		holds(self, returned == token, "one's own datagram");
		holds(self, peer.sin_family == AF_INET && from_pool == (whence == FROM_ELSEWHERE6),
		      "shown by recvfrom");
		atomic_fetch_add(whence == FROM_IPV4 ? &answered4 : &answered6, 1);
	}
	if (client >= 0)
		close(client);
}

void turn_datagrams(struct worker *self)
{
	enum { ASKED = 6 };
	uint16_t port;
	int fd = fresh_server(self, &port);
	bool dual = kernel_domain(fd) == AF_INET6;

	if (fd < 0)
		return;
	atomic_fetch_add(dual ? &converted : &not_converted, 1);
	for (int i = 0; i < ASKED; i++)
		ask(self, fd, dual ? chosen(self, WHENCES) : FROM_IPV4, port);
	close(fd);
}
