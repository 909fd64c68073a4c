/* SPDX-License-Identifier: MIT */
/* The sockets that the oracle tests, and those that they talk with. */
#define _GNU_SOURCE
#include "oracle.h"

#include <arpa/inet.h>
#include <err.h>
#include <stddef.h>
#include <string.h>
#include <sys/time.h>
#include <unistd.h>

struct address in4(uint32_t address, uint16_t port)
{
	struct address result = {.length = sizeof(struct sockaddr_in)};

	result.name.in =
	    (struct sockaddr_in){.sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(address)};
	return result;
}

struct address in6(const char *address, uint16_t port)
{
	struct address result = {.length = sizeof(struct sockaddr_in6)};

	result.name.in6 = (struct sockaddr_in6){.sin6_family = AF_INET6, .sin6_port = htons(port)};
	if (inet_pton(AF_INET6, address, &result.name.in6.sin6_addr) != 1)
		errx(1, "no address: %s", address);
	return result;
}

/* An abstract name: it vanishes with the socket. */
static struct address un(const char *name)
{
	struct address result = {.length = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 + strlen(name))};

	result.name.un.sun_family = AF_UNIX;
	strcpy(result.name.un.sun_path + 1, name);
	return result;
}

static struct address netlink(uint32_t id)
{
	struct address result = {.length = sizeof(struct sockaddr_nl)};

	result.name.netlink = (struct sockaddr_nl){.nl_family = AF_NETLINK, .nl_pid = id};
	return result;
}

void set_option(int fd, int level, int name, int value)
{
	if (sys_call(SYS_setsockopt, fd, level, name, &value, sizeof value) != 0)
		err(1, "option %d of level %d", name, level);
}

static int new_socket(int family, int type)
{
	int fd = socket(family, type, family == AF_NETLINK ? NETLINK_USERSOCK : 0);

	if (fd < 0)
		err(1, "socket of family %d", family);
	return fd;
}

/* The socket under test is bound as a program binds it; the peer past the
 * C library. */
static void bind_fd(const struct subject *subject)
{
	if (bind(subject->fd, &subject->local.name.any, subject->local.length) != 0)
		err(1, "bind, %s", subject->kind->name);
}

static void bind_peer(const struct subject *subject)
{
	if (syscall(SYS_bind, subject->peer, &subject->remote.name, subject->remote.length) != 0)
		err(1, "bind of the peer, %s", subject->kind->name);
}

static void bind_both(struct subject *subject)
{
	bind_fd(subject);
	bind_peer(subject);
}

static void open_both(struct subject *subject)
{
	bool mapped = strcmp(subject->kind->name, "inet6-mapped") == 0;
	int family = subject->kind->family;

	subject->fd = new_socket(family, subject->kind->type);
	subject->peer = new_socket(mapped ? AF_INET : family, subject->kind->type);
	if (family == AF_INET || mapped) {
		set_option(subject->peer, IPPROTO_IP, IP_RECVTTL, 1);
		set_option(subject->peer, IPPROTO_IP, IP_RECVTOS, 1);
		set_option(subject->peer, IPPROTO_IP, IP_PKTINFO, 1);
		subject->remote = in4(INADDR_LOOPBACK, PEER_PORT);
	} else if (family == AF_INET6) {
		set_option(subject->peer, IPPROTO_IPV6, IPV6_RECVHOPLIMIT, 1);
		set_option(subject->peer, IPPROTO_IPV6, IPV6_RECVTCLASS, 1);
		set_option(subject->peer, IPPROTO_IPV6, IPV6_RECVPKTINFO, 1);
		subject->remote = in6("::1", PEER_PORT);
	}
}

static void open_inet(struct subject *subject)
{
	open_both(subject);
	subject->local = in4(INADDR_ANY, subject->port);
}

static void open_loopback(struct subject *subject)
{
	open_both(subject);
	subject->local = in4(INADDR_LOOPBACK, subject->port);
}

static void open_inet6(struct subject *subject)
{
	open_both(subject);
	set_option(subject->fd, IPPROTO_IPV6, IPV6_V6ONLY, 0);
	subject->local = in6("::", subject->port);
}

static void open_unix(struct subject *subject)
{
	open_both(subject);
	subject->local = un("oracle");
	subject->remote = un("oracle-peer");
}

static void open_netlink(struct subject *subject)
{
	open_both(subject);
	subject->local = netlink(4711);
	subject->remote = netlink(4712);
}

static void open_pair(struct subject *subject)
{
	int pair[2];

	if (socketpair(AF_UNIX, subject->kind->type, 0, pair) != 0)
		err(1, "socketpair");
	subject->fd = pair[0];
	subject->peer = pair[1];
	subject->local = subject->remote = (struct address){.length = 0};
}

static void already_joined(struct subject *subject)
{
	(void)subject;
}

static void open_tcp(struct subject *subject)
{
	subject->fd = new_socket(AF_INET, SOCK_STREAM);
	subject->peer = new_socket(AF_INET, SOCK_STREAM);
	subject->local = in4(INADDR_ANY, subject->port);
	subject->remote = in4(INADDR_LOOPBACK, PEER_PORT);
}

/* The connection that was accepted is what is tested. Both ends are reset when
 * closed, so that the ports are free for the next ones. */
static void join_tcp(struct subject *subject)
{
	struct linger reset = {1, 0};
	struct address server = in4(INADDR_LOOPBACK, subject->port);
	int listener = subject->fd;

	set_option(listener, SOL_SOCKET, SO_REUSEADDR, 1);
	set_option(subject->peer, SOL_SOCKET, SO_REUSEADDR, 1);
	bind_both(subject);
	if (listen(listener, 1) != 0 || connect(subject->peer, &server.name.any, server.length) != 0 ||
	    (subject->fd = accept(listener, NULL, NULL)) < 0)
		err(1, "connection");
	setsockopt(subject->fd, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
	setsockopt(subject->peer, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
	close(listener);
}

static const struct kind kinds[] = {
    {"inet", AF_INET, SOCK_DGRAM, open_inet, bind_both},
    {"inet-loopback", AF_INET, SOCK_DGRAM, open_loopback, bind_both},
    {"inet6", AF_INET6, SOCK_DGRAM, open_inet6, bind_both},
    {"inet6-mapped", AF_INET6, SOCK_DGRAM, open_inet6, bind_both},
    {"unix", AF_UNIX, SOCK_DGRAM, open_unix, bind_both},
    {"pair", AF_UNIX, SOCK_DGRAM, open_pair, already_joined},
    {"pair-stream", AF_UNIX, SOCK_STREAM, open_pair, already_joined},
    {"pair-seqpacket", AF_UNIX, SOCK_SEQPACKET, open_pair, already_joined},
    {"tcp", AF_INET, SOCK_STREAM, open_tcp, join_tcp},
    {"netlink", AF_NETLINK, SOCK_DGRAM, open_netlink, bind_both},
};

const struct kind *kind_named(const char *name)
{
	for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
		if (strcmp(kinds[i].name, name) == 0)
			return &kinds[i];
	return NULL;
}

bool is_kind(const struct subject *subject, const char *name)
{
	return strcmp(subject->kind->name, name) == 0;
}

/* A call that waits where nothing comes must end, with EAGAIN. */
void subject_open(struct subject *subject)
{
	struct timeval brief = {0, 3000};

	subject->kind->open(subject);
	subject->kind->join(subject);
	setsockopt(subject->fd, SOL_SOCKET, SO_RCVTIMEO, &brief, sizeof brief);
}

void subject_close(struct subject *subject)
{
	close(subject->fd);
	close(subject->peer);
}

void subject_renew(struct subject *subject)
{
	subject_close(subject);
	subject_open(subject);
}
