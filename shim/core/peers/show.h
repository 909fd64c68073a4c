/* SPDX-License-Identifier: MIT */
/*
 * How an address of a marked socket is shown. The program asked for AF_INET, so
 * AF_INET is what it sees:
 *
 *   ::ffff:a.b.c.d   the IPv4 address inside
 *   ::1              127.0.0.1 (both come from this network namespace alone), where that would
 *                    not mix up two senders (loopback.h)
 *   any other        a synthetic address (mapper.h); with DUALBIND_PEERS=native
 *                    the IPv6 address itself
 *
 * and :: as what the socket is bound to: the wildcard address, or the 127.0.0.1 that
 * the program bound. As a peer it gets a synthetic address in any case: Linux takes a
 * connection from it, made by hand on the link, and as a destination :: is this host.
 */
#ifndef DUALBIND_PEERS_SHOW_H
#define DUALBIND_PEERS_SHOW_H

#include "base/address.h"
#include "config/settings.h"

enum whose {
	OF_SOCKET, /* its own */
	OF_SENDER, /* a datagram came from there: ::1 is a synthetic address where 127.0.0.1 would mean another */
	OF_FORGER, /* an IPv4-mapped source in IPv6, which is shown by a synthetic address too */
	OF_OTHER,  /* the peer of a connection, or where a datagram was sent to */
};

/*
 * *ADDRESS, AF_INET6, of or at the marked socket FD, becomes what is shown. No lock, no
 * malloc; a synthetic address that is new goes into the info log. False where every address
 * that it could be shown by is in use for another client: then it is one of these, and
 * nothing that comes from there may reach the program with it.
 */
bool show_address(const struct settings *settings, int fd, enum whose whose, struct address *address);

/* The IPv6 address and scope id that SHOWN, AF_INET, stands for; false: none. */
bool shown_ipv6(const struct settings *settings, const struct address *shown, struct address *real);

/* Whether SHOWN is of the pool, and neither that nor an IPv4 peer's own address. What a
 * connection from :: was shown as stands for no client: as a destination :: is this host. */
bool shown_is_nobodys(const struct settings *settings, const struct address *shown);

#endif
