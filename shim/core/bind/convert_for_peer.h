/* SPDX-License-Identifier: MIT */
/*
 * The program connects or sends to a client that it was shown, from an AF_INET socket
 * that has not received from it; for example from a server's new socket for one client
 * (TFTP). The socket must become one that can reach it.
 */
#ifndef DUALBIND_BIND_CONVERT_FOR_PEER_H
#define DUALBIND_BIND_CONVERT_FOR_PEER_H

#include "base/address.h"
#include "config/settings.h"

#include <stdbool.h>

enum peer_call { CONNECTS, SENDS };

/*
 * Make FD an AF_INET6 socket that reaches REAL. False, with nothing done, if it cannot
 * become one (it is connected, or bound to an IPv4 address) or must not: a rule forbids
 * its port; another process or thread would keep the old socket; or, since an unconnected
 * socket receives from all of IPv6, the program has chosen the port, and no rule covers
 * it.
 */
bool convert_for_peer(const struct settings *settings, int fd, const struct address *real, enum peer_call calls);

#endif
