/* SPDX-License-Identifier: MIT */
/*
 * The listening sockets as /proc/net lists them, for kernels without sock_diag (gVisor).
 * /proc/net does not show which sockets on :: are IPv6-only, and to which device a socket is bound.
 */
#ifndef DUALBIND_INSPECT_PROCNET_H
#define DUALBIND_INSPECT_PROCNET_H

#include "inspect/sock_diag.h"

#include <stdbool.h>

/* Add them to LISTING. False with errno if there is no /proc/net/tcp, or no memory. */
bool procnet_read(struct listing *listing);

/* Reads a line of tcp, tcp6, udp or udp6 into *LISTENER; other members are zero. False: no listener. */
bool procnet_parse(struct listener *listener, enum transport protocol, const char *line);

#endif
