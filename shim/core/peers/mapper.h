/* SPDX-License-Identifier: MIT */
/*
 * The address mapper (RFC 6535): which synthetic address stands for which real
 * IPv6 address, so that a program can answer an address that it was shown.
 *
 * An address that was shown or sent to within the last five minutes is not given to
 * another client (peer_table.h). No lock and no malloc: while an entry is being written,
 * by another thread or by the code that a signal handler has interrupted, it counts as
 * not there.
 *
 * Each process has a table of its own for the clients that it has seen, or that its
 * parent had seen before the fork. A second table is shared by processes that fork, since
 * in a pre-forking server one process may answer what another one has received. It
 * counts only for clients that are not in the process's own table, so that no other
 * process can change which client this one answers.
 */
#ifndef DUALBIND_PEERS_MAPPER_H
#define DUALBIND_PEERS_MAPPER_H

#include "base/address.h"
#include "peers/synthetic.h"

#include <stdbool.h>
#include <stdint.h>

/* To be called before anything is remembered, while the process has one thread. Without this call,
 * or if there is no memory, nothing is shared. */
void mapper_share(void);

/*
 * *SHOWN gets the synthetic address that stands for REAL from now on, and REAL's port. It
 * is the pool's first choice for REAL, or, if that is in use for another client, one of the
 * next choices, or a spare address. False if none is free: then *SHOWN is the first
 * choice, which may stand for another client.
 */
bool mapper_show(const struct pool *pool, const struct address *real, struct address *shown);

/* To be called if ADDRESS, which lies in the pool, is the real address of an IPv4 peer. From now on it
 * stands for itself, as an IPv4-mapped IPv6 address, and no longer for a client that was shown by it. */
void mapper_claim(const struct address *address);

/* *REAL gets the IPv6 address and scope id, with SYNTHETIC's port. */
bool mapper_find(const struct address *synthetic, struct address *real);

#endif
