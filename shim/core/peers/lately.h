/* SPDX-License-Identifier: MIT */
/*
 * The short way of show.h, for most datagrams: IPv4 peers, and IPv6 ones that were shown, or sent to, in this
 * second. Where these functions say false, or 0, nothing is known yet. No system call.
 */
#ifndef DUALBIND_PEERS_LATELY_H
#define DUALBIND_PEERS_LATELY_H

#include "config/settings.h"

#include <netinet/in.h>
#include <stdbool.h>

/* This second; 0 is none, in which nothing is known. */
uint32_t lately_now(void);

/* As what the sender of a datagram is shown that came to a converted socket; not with DUALBIND_PEERS=native.
 * *NOW is this second, or 0 until it is needed. */
bool lately_shown(const struct settings *settings, const struct sockaddr_in6 *sender, struct sockaddr_in *shown,
		  uint32_t *now);

/* What is meant by an address that the program sends a datagram to: *REAL, or the address itself. */
enum lately { LATELY_REAL, LATELY_ITSELF, LATELY_UNKNOWN };
enum lately lately_meant(const struct settings *settings, const struct sockaddr_in *to, struct sockaddr_in6 *real,
			 uint32_t *now);

/* The same by the addresses and scope ids alone, and for those that nothing but a synthetic address can stand for:
 * not ::1, :: and IPv4-mapped ones. */
in_addr_t lately_shown_by(const struct sockaddr_in6 *address, uint32_t now);
bool lately_stands_for(in_addr_t ip, uint32_t now, struct sockaddr_in6 *real);

#endif
