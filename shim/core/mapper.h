/*
 * The address mapper (RFC 6535): which real IPv6 address a synthetic one
 * stands for, so that a program can answer an address that it was shown.
 *
 * A table of fixed size: 65,536 addresses, the least recently remembered of a
 * set of four giving way. No lock and no malloc: an entry that is being
 * written, by another thread or under the signal handler that asks, is not
 * there for that moment. fork copies it.
 */
#ifndef DUALBIND_MAPPER_H
#define DUALBIND_MAPPER_H

#include "address.h"

#include <stdbool.h>

/* Ports are ignored. Of two addresses with one synthetic one the later stays. */
void mapper_remember(const struct address *synthetic, const struct address *real);

/* *REAL gets the IPv6 address and scope id, with SYNTHETIC's port. */
bool mapper_find(const struct address *synthetic, struct address *real);

#endif
