/* SPDX-License-Identifier: MIT */
/*
 * What the kernel says of a socket, by its transport protocol.
 */
#ifndef DUALBIND_SOCKET_SOCK_H
#define DUALBIND_SOCKET_SOCK_H

#include "base/address.h"
#include "base/transport.h"

#include <stdbool.h>
#include <stdint.h>

/* TRANSPORT_TCP for a stream socket of TCP or MPTCP, TRANSPORT_UDP for a datagram
 * socket of UDP, whatever their family; 0 for any other. */
enum transport sock_transport(int fd);

/* "tcp" or "udp". */
const char *transport_name(enum transport protocol);

/* Neither connected, nor about to be, nor shutting down. */
bool sock_is_unconnected(int fd, enum transport protocol);

/* 1 or 0 as getsockopt(SO_ACCEPTCONN) says; -1 with errno. */
int sock_listens(int fd);

/* The backlog of a TCP listener; SOMAXCONN where the kernel does not tell. */
int sock_backlog(int fd);

/* Whether connections wait at a listener for accept(2). */
bool sock_has_queue(int fd);

/*
 * The network namespace that the socket is of, as a number that no other one has
 * at the same time (SO_NETNS_COOKIE, socket(7); before 5.14 SIOCGSKNS). 0: the
 * kernel does not tell.
 */
uint64_t sock_network(int fd);

/* Whether two sockets are, as far as the kernel tells, of different ones. */
bool sock_networks_differ(int fd, int other);

/* The local address. False for another family than AF_INET and AF_INET6. */
bool sock_local(int fd, struct address *local);

/* Whether that is its local address. */
bool sock_is_at(int fd, const struct address *address);

/* Whether it has a port. */
bool sock_is_bound(int fd);

#endif
