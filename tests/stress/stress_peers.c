/* SPDX-License-Identifier: MIT */
/* Clients, and the listeners that answer them. Children call these too: nothing here needs
 * a lock that another thread may hold at the fork. */
#define _GNU_SOURCE
#include "stress.h"

#include "base/sys.h"

#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

enum { PATIENCE = 60 }; /* seconds */

/* What an answer consists of. */
struct told {
	uint32_t token;
	struct sockaddr_in by_accept, by_name, local;
};

struct sockaddr_in any4(uint16_t port)
{
	return (struct sockaddr_in){.sin_family = AF_INET, .sin_port = htons(port)};
}

struct sockaddr_in6 any6(uint16_t port)
{
	return (struct sockaddr_in6){.sin6_family = AF_INET6, .sin6_port = htons(port)};
}

int kernel_domain(int fd)
{
	int domain = -1;
	socklen_t length = sizeof domain;

	return sys_call(SYS_getsockopt, fd, SOL_SOCKET, SO_DOMAIN, &domain, &length) == 0 ? domain : -1;
}

/* A signal comes before each poll is over: the time is counted here. */
bool wait_readable(int fd, int or_fd)
{
	struct pollfd watched[] = {{.fd = fd, .events = POLLIN}, {.fd = or_fd, .events = POLLIN}};
	time_t end = time(NULL) + PATIENCE;
	int ready;

	do
		ready = (int)saw(CALL_POLL, poll(watched, 2, PATIENCE * 1000));
	while (ready < 0 && errno == EINTR && time(NULL) < end);
	if (ready <= 0)
		errno = ETIMEDOUT;
	return ready > 0;
}

/* connect(2) of the three kinds; the node of scripts/pod has fd00:db::1. */
static int connect_from(int fd, enum whence whence, uint16_t port)
{
	struct sockaddr_in to4 = any4(port);
	struct sockaddr_in6 to6 = any6(port);

	if (whence == FROM_IPV4) {
		to4.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
		return (int)saw(CALL_CONNECT, connect(fd, (struct sockaddr *)&to4, sizeof to4));
	}
	inet_pton(AF_INET6, whence == FROM_LOOPBACK6 ? "::1" : "fd00:db::1", &to6.sin6_addr);
	return (int)saw(CALL_CONNECT, connect(fd, (struct sockaddr *)&to6, sizeof to6));
}

static uint16_t own_port(int fd)
{
	struct sockaddr_in6 name = {0};
	socklen_t length = sizeof name;

	saw(CALL_GETSOCKNAME, getsockname(fd, (struct sockaddr *)&name, &length));
	return ntohs(name.sin6_port); /* at the same place in both families */
}

bool client_open(struct worker *self, struct client *client, enum whence whence, uint16_t port)
{
	int error;

	client->whence = whence;
	client->token = chosen(self, UINT32_MAX);
	client->fd = socket(whence == FROM_IPV4 ? AF_INET : AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (!holds(self, client->fd >= 0, "a client's socket"))
		return false;
	if (connect_from(client->fd, whence, port) == 0 &&
	    saw(CALL_SEND, send(client->fd, &client->token, sizeof client->token, MSG_NOSIGNAL)) ==
		sizeof client->token) {
		client->port = own_port(client->fd);
		return true;
	}
	error = errno;
	close(client->fd);
	client->fd = -1;
	errno = error;
	return false;
}

static struct sockaddr_in name_of(int fd, enum call call)
{
	struct sockaddr_in name = {0};
	socklen_t length = sizeof name;

	if (call == CALL_GETPEERNAME)
		saw(call, getpeername(fd, (struct sockaddr *)&name, &length));
	else
		saw(call, getsockname(fd, (struct sockaddr *)&name, &length));
	return name;
}

/* A client of AF_INET6 is shown as such by the program's own :: listener. */
bool answer(int listener, bool by_accept4)
{
	struct told told = {0};
	socklen_t length = sizeof told.by_accept;
	struct sockaddr *peer = (struct sockaddr *)&told.by_accept;
	ssize_t size;
	int fd;

	if (by_accept4)
		fd = (int)saw(CALL_ACCEPT, accept4(listener, peer, &length, SOCK_CLOEXEC));
	else
		fd = (int)saw(CALL_ACCEPT, accept(listener, peer, &length));
	if (fd < 0)
		return false;
	told.by_name = name_of(fd, CALL_GETPEERNAME);
	told.local = name_of(fd, CALL_GETSOCKNAME);
	size = wait_readable(fd, -1) ? saw(CALL_RECV, recv(fd, &told.token, sizeof told.token, 0)) : -1;
	if (size == sizeof told.token)
		size = saw(CALL_SEND, send(fd, &told, sizeof told, MSG_NOSIGNAL)) == sizeof told ? 0 : -1;
	close(fd);
	return size == 0;
}

/* 127.0.0.1 for both loopbacks, the pool for others, and the client's port; or,
 * of a listener that the program bound to ::, AF_INET6 with that port, which an
 * IPv4 client is shown as only by one that takes both families. */
static bool is_shown_rightly(const struct client *client, const struct sockaddr_in *name, bool by_any)
{
	uint32_t address = ntohl(name->sin_addr.s_addr);

	if (ntohs(name->sin_port) != client->port)
		return false;
	if (name->sin_family == AF_INET6)
		return by_any || client->whence != FROM_IPV4;
	return name->sin_family == AF_INET &&
	       (client->whence == FROM_ELSEWHERE6 ? address >> 28 == 15 : address == INADDR_LOOPBACK);
}

static ssize_t receive_all(int fd, void *buffer, size_t size)
{
	size_t had = 0;
	ssize_t part = 1;

	while (had < size && part > 0) {
		part = wait_readable(fd, -1) ? saw(CALL_RECV, recv(fd, (char *)buffer + had, size - had, 0)) : -1;
		had += part > 0 ? (size_t)part : 0;
	}
	return part < 0 ? -1 : (ssize_t)had;
}

bool client_close(struct worker *self, struct client *client, bool may_be_lost)
{
	struct told told;
	ssize_t size = receive_all(client->fd, &told, sizeof told);

	if (size != sizeof told && may_be_lost && (size == 0 || (size < 0 && errno == ECONNRESET))) {
		close(client->fd);
		atomic_fetch_add(&given_up, 1);
		return false;
	}
	if (holds(self, size == sizeof told,
		  client->whence == FROM_IPV4 ? "an IPv4 client's answer" : "an IPv6 client's answer")) {
		holds(self, told.token == client->token, "somebody else's answer");
		holds(self, is_shown_rightly(client, &told.by_accept, may_be_lost), "shown by accept");
		holds(self, is_shown_rightly(client, &told.by_name, may_be_lost), "shown by getpeername");
		holds(self, told.local.sin_family == told.by_name.sin_family, "the local address's family");
		atomic_fetch_add(client->whence == FROM_IPV4 ? &answered4 : &answered6, 1);
	}
	close(client->fd);
	return size == sizeof told;
}
