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
 * As the socket's own address :: is shown as what the program has bound: the wildcard
 * address, or 127.0.0.1. As a peer it always gets a synthetic address: Linux accepts a
 * connection from it, which someone on the link can forge, and as a destination :: is this host.
 */
#ifndef DUALBIND_PEERS_SHOW_H
#define DUALBIND_PEERS_SHOW_H

#include "base/address.h"
#include "config/settings.h"

enum whose {
	OF_SOCKET, /* the socket's own */
	OF_SENDER, /* of a datagram: ::1 gets a synthetic address if 127.0.0.1 would mean another socket */
	OF_FORGER, /* an IPv4-mapped source in an IPv6 packet, which gets a synthetic address, too */
	OF_OTHER,  /* the peer of a connection, or where a datagram was sent to */
};

/*
 * Replaces *ADDRESS, the AF_INET6 address of the marked socket FD or of a peer of it, by what is shown. No lock, no
 * malloc; a new synthetic address is logged at info. False if every address by which it could be shown is in use for
 * another client: then *ADDRESS is one of these, and the program must not get anything from there under it.
 */
bool show_address(const struct settings *settings, int fd, enum whose whose, struct address *address);

/* The IPv6 address and scope id for which SHOWN, an AF_INET address, stands; false: none. */
bool shown_ipv6(const struct settings *settings, const struct address *shown, struct address *real);

/* Whether SHOWN lies in the pool, and stands neither for a client nor for an IPv4 peer's own address. (The address by
 * which a connection from :: was shown stands for no client: as a destination :: is this host.) */
bool shown_is_nobodys(const struct settings *settings, const struct address *shown);

#endif
