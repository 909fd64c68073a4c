/*
 * Who is meant by 127.0.0.1, when a datagram goes there: the one who has that
 * address, or ::1, which is shown as it.
 *
 * One bit for each port says that ::1 was heard from it last. An AF_INET socket
 * at the port keeps it from being set: else whoever may bind [::1]:PORT could
 * draw to himself what is meant for 127.0.0.1:PORT.
 */
#ifndef DUALBIND_LOOPBACK_H
#define DUALBIND_LOOPBACK_H

#include <stdbool.h>
#include <stdint.h>

/* PORT in host byte order in all of these. */

/* A datagram came from ::1: whether it is to be shown as from 127.0.0.1. */
bool loopback_heard_ipv6(uint16_t port);

/* A datagram came from 127.0.0.1. */
void loopback_heard_ipv4(uint16_t port);

/* Whether 127.0.0.1 means ::1 to a socket that hears both. */
bool loopback_means_ipv6(uint16_t port);

/* The same for a socket that has heard nobody: whether an AF_INET socket is at
 * the port now counts too. UNKNOWN where /proc does not tell. */
bool loopback_means_ipv6_now(uint16_t port, bool unknown);

/* A line of /proc/net/udp: whether the socket is at 127.0.0.1 or 0.0.0.0, and
 * PORT. */
bool loopback_line_is_at(const char *line, uint16_t port);

#endif
