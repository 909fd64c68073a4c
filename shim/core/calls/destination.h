/* SPDX-License-Identifier: MIT */
/*
 * The way back from the addresses that the program was shown, in what
 * it hands to connect and the sends.
 *
 *   a synthetic address  the IPv6 address that it stands for. An AF_INET socket
 *                        that is to reach it becomes an AF_INET6 one
 *   127.0.0.1            for datagrams ::1, if that is meant by it (loopback.h)
 *   any other            itself
 *
 * No lock, no malloc.
 */
#ifndef DUALBIND_CALLS_DESTINATION_H
#define DUALBIND_CALLS_DESTINATION_H

#include "base/address.h"
#include "bind/convert_for_peer.h"
#include "config/settings.h"

#include <stdbool.h>
#include <sys/socket.h>

enum route {
	ROUTE_NATIVE, /* what the program gave is right as it is */
	ROUTE_REAL,   /* another address */
	ROUTE_NONE,   /* refused, with errno: a synthetic address that stands for
			 no client (ENETUNREACH), or another family (EAFNOSUPPORT) */
};

/*
 * For a datagram from FD to the LENGTH bytes at ADDRESS, which is not NULL. No
 * system call is spent on the question whether FD is an AF_INET6 socket: where
 * it is not, the kernel answers EAFNOSUPPORT, and destination_refused() is next.
 */
enum route destination_of(const struct settings *settings, int fd, const struct sockaddr *address, socklen_t length,
			  struct address *to);

/*
 * The kernel said EAFNOSUPPORT to TO, since FD is an AF_INET socket. ROUTE_REAL:
 * now it is none (convert_for_peer.h); ROUTE_NATIVE: what the program gave is meant.
 */
enum route destination_refused(const struct settings *settings, int fd, const struct address *to,
			       enum peer_call calls);

/* TO, AF_INET, becomes what it stands for, of datagrams. ROUTE_NONE, with errno: no client. */
enum route destination_of_datagram(const struct settings *settings, int fd, struct address *to);

/*
 * RESULT of a call with the program's own LENGTH bytes at ADDRESS, which may be NULL. Where it is
 * of no family that IP has an AF_INET socket says EAFNOSUPPORT, and one of AF_INET6 EINVAL.
 */
long destination_result(long result, int fd, const struct sockaddr *address, socklen_t length);

#endif
