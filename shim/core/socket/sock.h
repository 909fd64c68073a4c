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

/* ALLOW_TCP for a stream socket of TCP or MPTCP, ALLOW_UDP for a datagram
 * socket of UDP, whatever their family; 0 for any other. */
enum allow_protocol transport_of(int fd);

/* "tcp" or "udp". */
const char *transport_name(enum allow_protocol protocol);

/* Neither connected, nor about to be, nor shutting down. */
bool transport_is_unconnected(int fd, enum allow_protocol protocol);

/* 1 or 0 as getsockopt(SO_ACCEPTCONN) says; -1 with errno. */
int transport_listens(int fd);

/* The backlog of a TCP listener; SOMAXCONN where the kernel does not tell. */
int transport_backlog(int fd);

/* Whether connections wait at a listener for accept(2). */
bool transport_has_queue(int fd);

/*
 * The network namespace that the socket is of, as a number that no other one has
 * at the same time (SO_NETNS_COOKIE, socket(7); before 5.14 SIOCGSKNS). 0: the
 * kernel does not tell.
 */
uint64_t transport_network(int fd);

/* Whether two sockets are, as far as the kernel tells, of different ones. */
bool transport_apart(int fd, int other);

/* The local address. False for another family than AF_INET and AF_INET6. */
bool transport_local(int fd, struct address *local);

/* Whether that is its local address. */
bool transport_is_at(int fd, const struct address *address);

/* Whether it has a port. */
bool transport_is_bound(int fd);

#endif
