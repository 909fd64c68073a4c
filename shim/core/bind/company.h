/* SPDX-License-Identifier: MIT */
/*
 * Company: what the program's sockets at one port mean for each other, as far as a survey tells. No system
 * call is made.
 */
#ifndef DUALBIND_BIND_COMPANY_H
#define DUALBIND_BIND_COMPANY_H

#include "bind/survey.h"

#include <stdbool.h>

/* What AT_PORT (enum at_port) becomes once those of YIELDING have yielded. */
unsigned company_after(unsigned at_port, unsigned yielding);

/*
 * Whether the program itself serves the other family at this port; or has a socket of a
 * SO_REUSEPORT group there that could not be converted, and would get all IPv4 connections of
 * the group. This cannot be left to EADDRINUSE: with SO_REUSEADDR that comes only at listen(2), and
 * with SO_REUSEPORT never.
 */
bool company_at(bool ipv4, unsigned at_port);

/*
 * Whether natively two sockets both get clients although their addresses overlap, such as 0.0.0.0
 * and a dual-stack ::. If not, the bind or listen of one of them fails natively, as it does beside
 * ours, and nothing needs to yield.
 */
bool company_shares(const struct sock *one, const struct sock *other);

/* Whether natively the survey's socket is refused because of another socket of the program: then it is not
 * because of ours. (If ours has two numbers, it may have been counted as the program's under one of them.) */
bool company_refuses(const struct survey *survey);

/* The program's own sockets at specific IPv6 addresses (enum at_port) beside which a socket with MARK, which the
 * program takes for an IPv4 one, serves natively, and so does ours: the kernel prefers the exact address, for TCP and
 * UDP. */
unsigned company_apart(const struct survey *survey, enum mark mark);

/* Whether the survey's socket, at such an address, and ours can be bound beside each other (beside.h), without
 * letting others bind there who could not do so natively. */
bool company_can_be_apart(const struct survey *survey);

#endif
