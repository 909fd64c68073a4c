/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "socket/sock.h"

#include "base/setsockopt_checked.h"
#include "base/sys.h"

#include <errno.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stddef.h>
#include <string.h>

#ifndef IPPROTO_MPTCP
#define IPPROTO_MPTCP 262
#endif
#ifndef SO_NETNS_COOKIE
#define SO_NETNS_COOKIE 71
#endif

static enum transport transport_of(int type, int protocol)
{
	if (type == SOCK_STREAM && (protocol == IPPROTO_TCP || protocol == IPPROTO_MPTCP))
		return TRANSPORT_TCP;
	return type == SOCK_DGRAM && protocol == IPPROTO_UDP ? TRANSPORT_UDP : (enum transport)0;
}

static void read_kind(struct sock *sock)
{
	sock->protocol = sys_get_int(sock->fd, SOL_SOCKET, SO_PROTOCOL);
	sock->type = sys_get_int(sock->fd, SOL_SOCKET, SO_TYPE); /* raw sockets have protocols too */
	sock->transport = transport_of(sock->type, sock->protocol);
}

enum transport sock_transport(int fd)
{
	struct sock sock = {.fd = fd};

	read_kind(&sock);
	return sock.transport;
}

const char *transport_name(enum transport protocol)
{
	return protocol == TRANSPORT_UDP ? "udp" : "tcp";
}

/* For a listener, tcpi_sacked is the backlog; gVisor returns 0. */
static void read_state(struct sock *sock)
{
	struct tcp_info info = {0};
	socklen_t length = offsetof(struct tcp_info, tcpi_lost);
	struct address peer = {.length = sizeof peer.in6};

	if (sock->transport == TRANSPORT_UDP) {
		sock->unconnected = sys_getpeername(sock->fd, &peer.any, &peer.length) != 0;
	} else if (sys_getsockopt(sock->fd, IPPROTO_TCP, TCP_INFO, &info, &length) == 0) {
		sock->listens = info.tcpi_state == TCP_LISTEN;
		sock->unconnected = sock->listens || info.tcpi_state == TCP_CLOSE;
		sock->backlog = info.tcpi_sacked != 0 ? (int)info.tcpi_sacked : SOMAXCONN;
	}
}

void sock_read_reuse(struct sock *sock)
{
	sock->reuse_addr = sys_get_int(sock->fd, SOL_SOCKET, SO_REUSEADDR);
	sock->reuse_port = sys_get_int(sock->fd, SOL_SOCKET, SO_REUSEPORT);
}

bool sock_read_rest(struct sock *sock)
{
	struct stat status;

	read_kind(sock);
	if (sock->transport == 0)
		return false;
	read_state(sock);
	if (!sock->unconnected)
		return true;
	sock_read_reuse(sock);
	if (sock->local.any.sa_family == AF_INET6) {
		sock->v6only = sys_get_int(sock->fd, IPPROTO_IPV6, IPV6_V6ONLY) == 1;
		sock->mark = mark_read(sock->fd, sock->transport);
	}
	if (sys_fstat(sock->fd, &status) == 0) {
		sock->inode = status.st_ino;
		sock->uid = status.st_uid;
	}
	sock->network = sock_network(sock->fd);
	return true;
}

bool sock_read(int fd, struct sock *sock)
{
	*sock = (struct sock){.fd = fd};
	return sock_local(fd, &sock->local) && sock_read_rest(sock);
}

unsigned sock_lacks(const struct sock *sock, unsigned options)
{
	return options & ((sock->reuse_addr == 0 ? REUSE_ADDR : 0) | (sock->reuse_port == 0 ? REUSE_PORT : 0));
}

/* The inode of the file of the socket's network namespace. Reading it takes CAP_NET_ADMIN in that
 * namespace, which programs that go from one to another have. */
static uint64_t network_inode(int fd)
{
	struct stat status;
	int file = sys_open_network(fd);
	bool known = file >= 0 && sys_fstat(file, &status) == 0;

	if (file >= 0)
		sys_close(file);
	return known ? status.st_ino : 0;
}

uint64_t sock_network(int fd)
{
	uint64_t cookie = 0;
	socklen_t length = sizeof cookie;

	if (sys_getsockopt(fd, SOL_SOCKET, SO_NETNS_COOKIE, &cookie, &length) == 0)
		return cookie;
	return errno == ENOPROTOOPT ? network_inode(fd) : 0;
}

bool sock_networks_differ(const struct sock *sock, const struct sock *other)
{
	return sock->network != 0 && other->network != 0 && sock->network != other->network;
}

bool sock_has_queue(int fd)
{
	return sys_get_int(fd, SOL_SOCKET, SO_ACCEPTCONN) > 0 && sys_events(fd, POLLIN) == POLLIN;
}

bool sock_local(int fd, struct address *local)
{
	*local = (struct address){.length = sizeof local->in6};
	if (sys_getsockname(fd, &local->any, &local->length) != 0)
		return false;
	return local->any.sa_family == AF_INET || local->any.sa_family == AF_INET6;
}

bool sock_is_at(int fd, const struct address *address)
{
	struct address local;

	return sock_local(fd, &local) && address_equals(&local, address);
}
