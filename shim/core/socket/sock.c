/* SPDX-License-Identifier: MIT */
#include "socket/sock.h"

#include "base/sys.h"

#include <errno.h>
#include <poll.h>
#include <linux/tcp.h>
#include <string.h>

#ifndef IPPROTO_MPTCP
#define IPPROTO_MPTCP 262
#endif
#ifndef SO_NETNS_COOKIE
#define SO_NETNS_COOKIE 71
#endif

/* The kernel's TCP_CLOSE and TCP_LISTEN, which its headers do not export. */
enum { STATE_CLOSE = 7, STATE_LISTEN = 10 };

enum transport sock_transport(int fd)
{
	int protocol = sys_get_int(fd, SOL_SOCKET, SO_PROTOCOL);
	int type = sys_get_int(fd, SOL_SOCKET, SO_TYPE); /* raw sockets have protocols too */

	if (type == SOCK_STREAM && (protocol == IPPROTO_TCP || protocol == IPPROTO_MPTCP))
		return TRANSPORT_TCP;
	return type == SOCK_DGRAM && protocol == IPPROTO_UDP ? TRANSPORT_UDP : (enum transport)0;
}

const char *transport_name(enum transport protocol)
{
	return protocol == TRANSPORT_UDP ? "udp" : "tcp";
}

bool sock_is_unconnected(int fd, enum transport protocol)
{
	unsigned char state = 0; /* the first member of struct tcp_info */
	socklen_t length = sizeof state;
	struct address peer = {.length = sizeof peer.in6};

	if (protocol == TRANSPORT_UDP)
		return sys_getpeername(fd, &peer.any, &peer.length) != 0;
	return sys_getsockopt(fd, IPPROTO_TCP, TCP_INFO, &state, &length) == 0 &&
	       (state == STATE_CLOSE || state == STATE_LISTEN);
}

/* The inode of its namespace's file. It takes CAP_NET_ADMIN there, which programs
 * that go from one to another have. */
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

bool sock_networks_differ(int fd, int other)
{
	uint64_t one = sock_network(fd), two = sock_network(other);

	return one != 0 && two != 0 && one != two;
}

int sock_listens(int fd)
{
	return sys_get_int(fd, SOL_SOCKET, SO_ACCEPTCONN);
}

/* For a listener, tcpi_sacked is the longest that its queue may get; gVisor says 0. */
int sock_backlog(int fd)
{
	struct tcp_info info = {0};
	socklen_t length = sizeof info;

	if (sys_getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &length) != 0 || info.tcpi_sacked == 0)
		return SOMAXCONN;
	return (int)info.tcpi_sacked;
}

bool sock_has_queue(int fd)
{
	return sock_listens(fd) > 0 && sys_events(fd, POLLIN) == POLLIN;
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

	if (!sock_local(fd, &local) || local.any.sa_family != address->any.sa_family ||
	    address_port(&local) != address_port(address))
		return false;
	return local.any.sa_family == AF_INET
		   ? local.in.sin_addr.s_addr == address->in.sin_addr.s_addr
		   : memcmp(&local.in6.sin6_addr, &address->in6.sin6_addr, sizeof local.in6.sin6_addr) == 0;
}

bool sock_is_bound(int fd)
{
	struct address local;

	return sock_local(fd, &local) && address_port(&local) != 0;
}
