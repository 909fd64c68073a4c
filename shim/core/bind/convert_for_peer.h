/* SPDX-License-Identifier: MIT */
/*
 * The program calls a client that it was shown, from an AF_INET socket that has
 * not heard from it: a server's new socket for one client (TFTP), say. The
 * socket must become one that can.
 */
#ifndef DUALBIND_BIND_CONVERT_FOR_PEER_H
#define DUALBIND_BIND_CONVERT_FOR_PEER_H

#include "base/address.h"
#include "config/settings.h"

#include <stdbool.h>

enum peer_call { CONNECTS, SENDS };

/*
 * Make FD an AF_INET6 socket that reaches REAL. False, with nothing done, where
 * it cannot (it is connected, or bound to an IPv4 address) or must not: a rule
 * forbids its port, another process or thread would keep the old socket, or, since
 * an unconnected socket hears all of IPv6, no rule covers a port that the
 * program chose.
 */
bool convert_for_peer(const struct settings *settings, int fd, const struct address *real, enum peer_call calls);

#endif
