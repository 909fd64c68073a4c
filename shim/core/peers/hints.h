/* SPDX-License-Identifier: MIT */
/*
 * Hints: by which synthetic addresses clients were shown lately. Several clients may have one place, in which the
 * latest one is.
 *
 * A hint of the current second is true, and the table (peer_table.h) need not be read: an entry there that is in use
 * is not given to another client. (If an IPv4 peer claims an address, all hints become old.) An old hint is only a
 * guess, which saves computing the keyed hash for a client that comes again.
 */
#ifndef DUALBIND_PEERS_HINTS_H
#define DUALBIND_PEERS_HINTS_H

#include "peers/peer_table.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

/* CLIENT is a struct client, or its bytes in a struct sockaddr_in6: the address, and the scope id after it. */

/* The stamp of the hints that are true NOW. It must be taken before the table is read for such a hint. */
uint32_t hints_stamp(uint32_t now);

/* The address by which the client was shown last; 0: none. In network byte order, as all of these. */
uint32_t hints_last(const void *client);

/* Note that the client is shown by SYNTHETIC. STAMP is 0 if that does not hold for the whole second. */
void hints_put(const void *client, uint32_t synthetic, uint32_t stamp);

/* From hints with that STAMP: by which address the client is shown (0: not known); and whether it is known for which
 * client SYNTHETIC stands. *CLIENT is that client, or else garbage. */
uint32_t hints_show(const void *client, uint32_t stamp);
bool hints_find(uint32_t synthetic, uint32_t stamp, void *client);

/* To be called when an address gets another meaning: no hint is true any more. */
void hints_grow_old(void);

/* Hints for spare addresses (spare.h), found by the first choice for the client. There are several ways for each:
 * if two clients shared a single one, they would get new addresses with every datagram. */
enum { HINTS_WAYS = 4 };
_Atomic uint32_t *hints_of_spares(uint32_t first);

#endif
