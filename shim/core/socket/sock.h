/* SPDX-License-Identifier: MIT */
/*
 * What the kernel says of a socket, read once for all decisions that rest on it.
 */
#ifndef DUALBIND_SOCKET_SOCK_H
#define DUALBIND_SOCKET_SOCK_H

#include "base/address.h"
#include "base/transport.h"
#include "socket/mark.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct sock {
	int fd;
	int type, protocol;         /* as socket(2) takes them */
	enum transport transport;   /* 0: neither TCP (or MPTCP) nor UDP */
	enum mark mark;             /* of AF_INET6 */
	int reuse_addr, reuse_port; /* -1: not known; another thread may have set them for a moment (turn.h) */
	int backlog;                /* of a listener; SOMAXCONN if the kernel does not tell */
	bool unconnected;           /* neither connected, nor about to be, nor shutting down */
	bool listens;
	bool v6only;          /* of AF_INET6 */
	uid_t uid;            /* the user that made it */
	ino_t inode;          /* 0: not known */
	uint64_t network;     /* sock_network() */
	struct address local; /* its family is the socket's */
};

/* False for other families than AF_INET and AF_INET6, and for other protocols. Of a connected socket
 * nothing more is read. */
bool sock_read(int fd, struct sock *sock);

/* The same for a SOCK that has its fd and local already. */
bool sock_read_rest(struct sock *sock);

/* Reads reuse_addr and reuse_port again. */
void sock_read_reuse(struct sock *sock);

/* Those of OPTIONS (setsockopt_checked.h) that it did not have. */
unsigned sock_lacks(const struct sock *sock, unsigned options);

/* TRANSPORT_TCP for a stream socket of TCP or MPTCP, TRANSPORT_UDP for a datagram
 * socket of UDP, whatever their family; 0 for any other. */
enum transport sock_transport(int fd);

/* "tcp" or "udp". */
const char *transport_name(enum transport protocol);

/* Whether connections wait at a listener for accept(2). */
bool sock_has_queue(int fd);

/*
 * The network namespace of the socket, as a number that no other one has at the
 * same time (SO_NETNS_COOKIE, socket(7); before 5.14 SIOCGSKNS). 0: the kernel
 * does not tell.
 */
uint64_t sock_network(int fd);

/* Whether two sockets are, as far as the kernel tells, in different network namespaces. */
bool sock_networks_differ(const struct sock *sock, const struct sock *other);

/* The local address. False for another family than AF_INET and AF_INET6. */
bool sock_local(int fd, struct address *local);

/* Whether ADDRESS is its local address. */
bool sock_is_at(int fd, const struct address *address);

#endif
