/* SPDX-License-Identifier: MIT */
/*
 * Hints: by which synthetic addresses clients were shown lately. Each place is for whoever comes last.
 *
 * A hint that is of this very second is true without a look at the table (peer_table.h), where an entry that is in
 * use is not given to another client; unless an IPv4 peer has claimed the address, whereupon all hints are old. An
 * old one spares the keyed hash of a client that comes again, and proves nothing.
 */
#ifndef DUALBIND_PEERS_HINTS_H
#define DUALBIND_PEERS_HINTS_H

#include "peers/peer_table.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

/* CLIENT is a struct client, or its bytes in a struct sockaddr_in6: the address, and the scope id after it. */

/* What hints have that are true NOW; to be asked for before the look at the table that shows it. */
uint32_t hints_stamp(uint32_t now);

/* By which address the client was shown last, in network byte order as all of them; 0: none. */
uint32_t hints_last(const void *client);

/* The client is shown by SYNTHETIC. STAMP is 0 where that is not true for a whole second. */
void hints_put(const void *client, uint32_t synthetic, uint32_t stamp);

/* What is true with STAMP: by what the client is shown, 0: not known; and whether SYNTHETIC stands for the client
 * that CLIENT gets, or else garbage. */
uint32_t hints_show(const void *client, uint32_t stamp);
bool hints_find(uint32_t synthetic, uint32_t stamp, void *client);

/* An address has another meaning from now on: no hint is true any more. */
void hints_grow_old(void);

/* Those of spare addresses (spare.h), by the first choice for the client. A client's can be
 * in any of a few ways: two clients with one way would get a new address with every
 * datagram. */
enum { HINTS_WAYS = 4 };
_Atomic uint32_t *hints_of_spares(uint32_t first);

#endif
