/* SPDX-License-Identifier: MIT */
/* Ports that all threads bind, listen at, connect to and close at once, in both
 * families. The outcome is random, except for this: no client is left waiting,
 * and each answer is right. */
#define _GNU_SOURCE
#include "stress.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

/* A queue has room for every thread's clients: one that does not fit is told
 * nothing, and comes again after twice the time, and twice that, and so on. */
enum { SHARED_PORT = 1990, SHARED_PORTS = 3, CLIENTS = 3, ACCEPTS = 4, QUEUE = 128 };

/*
 * What comes to have the number of a listener that one thread closes, in the
 * very moment in which another's bind makes it yield, is lost (docs/limits.md).
 */
static pthread_rwlock_t closing = PTHREAD_RWLOCK_INITIALIZER;

static void close_shared(int fd)
{
	pthread_rwlock_wrlock(&closing);
	close(fd);
	pthread_rwlock_unlock(&closing);
}

static int bind_shared(struct worker *self, uint16_t port)
{
	bool ipv6 = perhaps(self);
	int fd = socket(ipv6 ? AF_INET6 : AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	struct sockaddr_in local4 = any4(port);
	struct sockaddr_in6 local6 = any6(port);
	long result;

	if (ipv6 && chosen(self, 4) != 0)
		setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &(int){1}, sizeof(int));
	if (perhaps(self))
		setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &(int){1}, sizeof(int));
	if (perhaps(self))
		setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &(int){1}, sizeof(int));
	pthread_rwlock_rdlock(&closing);
	result = saw(CALL_BIND, ipv6 ? bind(fd, (struct sockaddr *)&local6, sizeof local6)
				     : bind(fd, (struct sockaddr *)&local4, sizeof local4));
	if (result == 0)
		result = saw(CALL_LISTEN, listen(fd, QUEUE));
	pthread_rwlock_unlock(&closing);
	if (result == 0)
		return fd;
	holds(self, errno == EADDRINUSE, "EADDRINUSE at a shared port");
	close_shared(fd);
	return -1;
}

void turn_shared_port(struct worker *self)
{
	uint16_t port = (uint16_t)(SHARED_PORT + chosen(self, SHARED_PORTS));
	int fd = bind_shared(self, port), count = 0;
	struct client clients[CLIENTS];

	for (int i = 0; i < CLIENTS; i++) {
		if (client_open(self, &clients[count], chosen(self, WHENCES), port))
			count++;
		else
			holds(self, errno == ECONNREFUSED || errno == ECONNRESET || errno == EPIPE,
			      "how a shared port refuses");
	}
	for (int i = 0; fd >= 0 && i < ACCEPTS; i++)
		answer(fd, perhaps(self));
	if (fd >= 0)
		close_shared(fd);
	for (int i = 0; i < count; i++)
		client_close(self, &clients[i], true);
}
