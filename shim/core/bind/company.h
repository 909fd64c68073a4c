/* SPDX-License-Identifier: MIT */
/*
 * What the program's sockets at one port are to each other: as far as a survey tells, and no system
 * call is made.
 */
#ifndef DUALBIND_BIND_COMPANY_H
#define DUALBIND_BIND_COMPANY_H

#include "bind/survey.h"

#include <stdbool.h>

/* What AT_PORT (enum at_port) is when those of YIELDING have yielded. */
unsigned company_after(unsigned at_port, unsigned yielding);

/*
 * Whether the program serves the other family at this port by itself, or has a socket of a
 * SO_REUSEPORT group there that could not be converted, and would get all IPv4 connections of the
 * group. EADDRINUSE would not tell: with SO_REUSEADDR it comes as late as listen(2), with
 * SO_REUSEPORT never.
 */
bool company_at(bool ipv4, unsigned at_port);

/*
 * Whether two sockets natively both get clients, where their addresses overlap: 0.0.0.0 and a
 * dual-stack ::, say. Where not, one of the two binds or listens in vain, natively and beside
 * ours alike, and nothing is to make way.
 */
bool company_shares(const struct sock *one, const struct sock *other);

/* Whether natively another of the program's own refuses the survey's socket: nothing of ours is in its
 * way. (Of two numbers of ours one may have been read in vain.) */
bool company_refuses(const struct survey *survey);

/* Those of the program's own at a specific IPv6 address (enum at_port) beside which a socket with MARK,
 * which is one of IPv4 to the program, natively serves, and ours too: the kernel prefers the exact
 * address, of TCP and of UDP. */
unsigned company_apart(const struct survey *survey, enum mark mark);

/* Whether the survey's socket, at such an address, and ours can be bound beside each other
 * (beside.h), and nobody else could be there besides whom the program does not natively meet. */
bool company_can_be_apart(const struct survey *survey);

#endif
