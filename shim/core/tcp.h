/*
 * What the kernel says of a TCP (or MPTCP) socket.
 */
#ifndef DUALBIND_TCP_H
#define DUALBIND_TCP_H

#include "address.h"

#include <stdbool.h>

/* A stream socket of TCP or MPTCP, whatever its family. */
bool tcp_is(int fd);

/* Neither connected, nor about to be, nor shutting down. */
bool tcp_is_unconnected(int fd);

/* 1 or 0 as getsockopt(SO_ACCEPTCONN) says; -1 with errno. */
int tcp_listens(int fd);

/* The backlog of a listener; SOMAXCONN where the kernel does not tell. */
int tcp_backlog(int fd);

/* Whether connections wait at a listener for accept(2). */
bool tcp_has_queue(int fd);

/* The local address. False for another family than AF_INET and AF_INET6. */
bool tcp_local(int fd, struct address *local);

#endif
