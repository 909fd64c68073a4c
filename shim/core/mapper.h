/*
 * The address mapper (RFC 6535): which synthetic address stands for which real
 * IPv6 address, so that a program can answer an address that it was shown.
 *
 * A table of fixed size: 65,536 addresses in sets of sixteen, of which the one
 * that was longest not shown gives way. No lock and no malloc: an entry that
 * is being written, by another thread or under the signal handler that asks,
 * is not there for that moment. Processes that fork share it: in a pre-forking
 * server one may answer what another has heard.
 */
#ifndef DUALBIND_MAPPER_H
#define DUALBIND_MAPPER_H

#include "address.h"
#include "pool.h"

#include <stdbool.h>
#include <stdint.h>

/* Before anything is remembered, while the process has one thread. Without it,
 * or where there is no memory, fork copies the table. */
void mapper_share(void);

/*
 * The synthetic address that stands for REAL, remembered from now on; the port
 * is REAL's. It is the pool's first choice for REAL unless that stands for
 * another address now, then one of its next ones; where all of them do, the one
 * longest not shown gives way.
 */
struct address mapper_show(const struct pool *pool, const struct address *real);

/* ADDRESS is an IPv4 peer's own, although it could be the pool's: from now on it
 * stands for itself, as an IPv4-mapped IPv6 address. */
void mapper_claim(const struct address *address);

/* *REAL gets the IPv6 address and scope id, with SYNTHETIC's port. */
bool mapper_find(const struct address *synthetic, struct address *real);

#endif
