/* SPDX-License-Identifier: MIT */
/*
 * The short way of show.h, for most datagrams: those of IPv4 peers, and of IPv6 peers that were shown, or sent to, in
 * this second. If these functions return false, or 0, nothing is known yet. They make no system call.
 */
#ifndef DUALBIND_PEERS_LATELY_H
#define DUALBIND_PEERS_LATELY_H

#include "config/settings.h"

#include <netinet/in.h>
#include <stdbool.h>

/* The current second; 0: the time is not known, and so nothing is. */
uint32_t lately_now(void);

/* How the SENDER of a datagram to a converted socket is shown; not with DUALBIND_PEERS=native. *NOW is the current
 * second, or 0 until it is needed. */
bool lately_shown(const struct settings *settings, const struct sockaddr_in6 *sender, struct sockaddr_in *shown,
		  uint32_t *now);

/* What an address means to which the program sends a datagram: *REAL, or the address itself. */
enum lately { LATELY_REAL, LATELY_ITSELF, LATELY_UNKNOWN };
enum lately lately_meant(const struct settings *settings, const struct sockaddr_in *to, struct sockaddr_in6 *real,
			 uint32_t *now);

/* The same, for addresses and scope ids alone that can only be shown by a synthetic address: not ::1, :: or
 * IPv4-mapped ones. */
in_addr_t lately_shown_by(const struct sockaddr_in6 *address, uint32_t now);
bool lately_stands_for(in_addr_t ip, uint32_t now, struct sockaddr_in6 *real);

#endif
