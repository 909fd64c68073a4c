/* SPDX-License-Identifier: MIT */
/*
 * How an address of a marked socket is shown. The program asked for AF_INET, so
 * AF_INET is what it sees:
 *
 *   ::ffff:a.b.c.d   the IPv4 address inside
 *   ::1              127.0.0.1 (both come from this network namespace alone)
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

/*
 * *ADDRESS, AF_INET6, of or at the marked socket FD, becomes what is shown. No lock, no
 * malloc; a synthetic address that is new goes into the info log. False where every address
 * that it could be shown by is in use for another client: then it is one of these, and
 * nothing that comes from there may reach the program with it.
 */
bool show_address(const struct settings *settings, int fd, struct address *address);

/* By a synthetic address, whatever the address is. */
bool show_synthetic(const struct settings *settings, int fd, struct address *address);

/* The IPv6 address and scope id that SHOWN, AF_INET, stands for; false: none. */
bool shown_ipv6(const struct settings *settings, const struct address *shown, struct address *real);

/* Whether SHOWN is of the pool, and neither that nor an IPv4 peer's own address. What a
 * connection from :: was shown as is nobody's: as a destination :: is this host. */
bool shown_is_nobodys(const struct settings *settings, const struct address *shown);

/* *ADDRESS, ::, is what the marked socket FD is bound to. */
void show_wildcard(int fd, struct address *address);

#endif
