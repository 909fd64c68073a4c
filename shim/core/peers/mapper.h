/* SPDX-License-Identifier: MIT */
/*
 * The address mapper (RFC 6535): which synthetic address stands for which real
 * IPv6 address, so that a program can answer an address that it was shown.
 *
 * An address that was shown within the last five minutes, or sent to, is not given to
 * another client (peer_table.h). No lock and no malloc: an entry that is being written,
 * by another thread or under the signal handler that asks, is not there for that
 * moment.
 *
 * What the kernel told this process, and before a fork its parent, is in a table
 * of its own. Another one is shared by processes that fork, since in a pre-forking
 * server one may answer what another has heard. It counts only for what the own one
 * does not know, so that no other process can change which client this one answers.
 */
#ifndef DUALBIND_PEERS_MAPPER_H
#define DUALBIND_PEERS_MAPPER_H

#include "base/address.h"
#include "peers/synthetic.h"

#include <stdbool.h>
#include <stdint.h>

/* Before anything is remembered, while the process has one thread. Without it,
 * or where there is no memory, nothing is shared. */
void mapper_share(void);

/*
 * *SHOWN is the synthetic address that stands for REAL, remembered from now on; the
 * port is REAL's. It is the pool's first choice for REAL unless that is in use for
 * another client, then one of its next ones, or a spare one. False where there is none:
 * then *SHOWN is the first choice, which may stand for another client.
 */
bool mapper_show(const struct pool *pool, const struct address *real, struct address *shown);

/* ADDRESS is an IPv4 peer's own, although it could be the pool's: from now on it
 * stands for itself, as an IPv4-mapped IPv6 address, and no longer for the client that was
 * shown by it. */
void mapper_claim(const struct address *address);

/* *REAL gets the IPv6 address and scope id, with SYNTHETIC's port. */
bool mapper_find(const struct address *synthetic, struct address *real);

#endif
