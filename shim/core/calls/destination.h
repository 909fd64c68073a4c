/* SPDX-License-Identifier: MIT */
/*
 * The way back: what the addresses mean that the program gives to connect and
 * the sends, after it was shown them.
 *
 *   a synthetic address  the IPv6 address that it stands for. An AF_INET socket
 *                        that is to reach it becomes an AF_INET6 one
 *   127.0.0.1            for datagrams ::1, if 127.0.0.1 stands for it (loopback.h)
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
	ROUTE_NATIVE, /* the address that the program gave is right */
	ROUTE_REAL,   /* another address */
	ROUTE_NONE,   /* refused, with errno: a synthetic address that stands for
			 no client (ENETUNREACH), or another family (EAFNOSUPPORT) */
};

/*
 * For a datagram from FD to the LENGTH bytes at ADDRESS, which is not NULL. No system
 * call is made to find out whether FD is an AF_INET6 socket: if it is not, the kernel
 * will answer EAFNOSUPPORT, and then destination_refused() is called.
 */
enum route destination_of(const struct settings *settings, int fd, const struct sockaddr *address, socklen_t length,
			  struct address *to);

/*
 * The kernel has refused TO by EAFNOSUPPORT, since FD is an AF_INET socket. ROUTE_REAL: it
 * has been converted (convert_for_peer.h), try again; ROUTE_NATIVE: use the address that the
 * program gave.
 */
enum route destination_refused(const struct settings *settings, int fd, const struct address *to,
			       enum peer_call calls);

/* Replaces TO, the AF_INET destination of a datagram, by what it stands for. ROUTE_NONE, with errno: no client. */
enum route destination_of_datagram(const struct settings *settings, int fd, struct address *to);

/*
 * RESULT is that of a call with the program's own LENGTH bytes at ADDRESS, which may be NULL. For an address of another
 * family an AF_INET socket returns EAFNOSUPPORT, and an AF_INET6 socket EINVAL, which is corrected here.
 */
long destination_result(long result, int fd, const struct sockaddr *address, socklen_t length);

#endif
