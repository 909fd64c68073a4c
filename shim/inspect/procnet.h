/* SPDX-License-Identifier: MIT */
/*
 * The listening sockets as /proc/net lists them, where the kernel has no sock_diag (gVisor).
 * That says neither which sockets on :: are IPv6 alone nor of which device one is.
 */
#ifndef DUALBIND_INSPECT_PROCNET_H
#define DUALBIND_INSPECT_PROCNET_H

#include "inspect/sock_diag.h"

#include <stdbool.h>

/* Add them to LISTING. False with errno where there is no /proc/net/tcp, or no memory. */
bool procnet_read(struct listing *listing);

/* A line of tcp, tcp6, udp or udp6: *LISTENER, all else zero. False: it is none that listens. */
bool procnet_parse(struct listener *listener, enum transport protocol, const char *line);

#endif
