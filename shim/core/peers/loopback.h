/* SPDX-License-Identifier: MIT */
/*
 * What 127.0.0.1 means, when a datagram goes there: the socket that has that
 * address, or ::1, which is shown as it.
 *
 * One bit for each port says that ::1 was heard from it last, by this process or one that was
 * forked as this was (relatives.h). That counts only while
 * /proc/net/udp and udp6 show no other socket that takes what is sent to 127.0.0.1
 * there: else a local user who may bind [::1]:PORT could get what is meant for
 * 127.0.0.1:PORT, also where it came first and the service at 127.0.0.1 later. What
 * /proc said is believed until the second is over (clock.h), whatever it was.
 */
#ifndef DUALBIND_PEERS_LOOPBACK_H
#define DUALBIND_PEERS_LOOPBACK_H

#include <stdbool.h>
#include <stdint.h>

/* PORT in host byte order in all of these. No lock, no malloc. */

/* A datagram came from ::1: whether it is to be shown as from 127.0.0.1. Not where
 * /proc does not tell. */
bool loopback_heard_ipv6(uint16_t port);

/* A datagram came from 127.0.0.1. */
void loopback_heard_ipv4(uint16_t port);

/* Whether ::1 was heard from the port last. For nothing but the question whether
 * there is more to ask. */
bool loopback_means_ipv6(uint16_t port);

/* Who is meant by 127.0.0.1 now; AFRESH: not what /proc said before. UNKNOWN: ::1 was,
 * and /proc does not tell any more. */
enum loopback_meaning { LOOPBACK_IS_IPV4, LOOPBACK_IS_IPV6, LOOPBACK_UNKNOWN };
enum loopback_meaning loopback_meaning(uint16_t port, bool afresh);

/* Where the socket of a line of /proc/net/udp or udp6 is, if it is at PORT. */
enum loopback_place {
	LOOPBACK_ELSEWHERE,
	LOOPBACK_AT_WILDCARD6, /* :: */
	LOOPBACK_AT_IPV6,      /* ::1 */
	LOOPBACK_AT_IPV4,      /* 127.0.0.1 or 0.0.0.0, also IPv4-mapped */
};
enum loopback_place loopback_place_of(const char *line, uint16_t port);

#endif
