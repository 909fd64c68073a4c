/* SPDX-License-Identifier: MIT */
/*
 * What 127.0.0.1 means as the destination of a datagram: the socket at that address, or
 * ::1, which is shown as 127.0.0.1.
 *
 * One bit for each port says that the last datagram from there came from ::1, to this
 * process or to a relative (relatives.h). That counts only while /proc/net/udp and udp6
 * show no other socket at that port which takes what is sent to 127.0.0.1. Otherwise a
 * local user who binds [::1]:PORT could get what is meant for 127.0.0.1:PORT, even from a
 * service that starts at 127.0.0.1 later. An answer of /proc is believed until the second
 * is over (clock.h).
 */
#ifndef DUALBIND_PEERS_LOOPBACK_H
#define DUALBIND_PEERS_LOOPBACK_H

#include <stdbool.h>
#include <stdint.h>

/* PORT in host byte order in all of these. No lock, no malloc. */

/* A datagram came from ::1: whether it is to be shown as from 127.0.0.1. False if /proc
 * does not tell. */
bool loopback_heard_ipv6(uint16_t port);

/* A datagram came from 127.0.0.1. */
void loopback_heard_ipv4(uint16_t port);

/* Whether the last datagram from that port came from ::1. This only says whether
 * loopback_meaning() must be asked. */
bool loopback_means_ipv6(uint16_t port);

/* What 127.0.0.1 means now; AFRESH: read /proc again. UNKNOWN: it has meant ::1, and
 * /proc does not tell any more. */
enum loopback_meaning { LOOPBACK_IS_IPV4, LOOPBACK_IS_IPV6, LOOPBACK_UNKNOWN };
enum loopback_meaning loopback_meaning(uint16_t port, bool afresh);

/* Where the socket in a line of /proc/net/udp or udp6 is bound, if it is at PORT. */
enum loopback_place {
	LOOPBACK_ELSEWHERE,
	LOOPBACK_AT_WILDCARD6, /* :: */
	LOOPBACK_AT_IPV6,      /* ::1 */
	LOOPBACK_AT_IPV4,      /* 127.0.0.1 or 0.0.0.0, also IPv4-mapped */
};
enum loopback_place loopback_place_of(const char *line, uint16_t port);

#endif
