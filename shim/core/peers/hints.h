/* SPDX-License-Identifier: MIT */
/*
 * Hints: by which synthetic addresses clients were shown lately. For a client that sends
 * again the keyed hash need not be computed then. A hint proves nothing: its entry
 * (peer_table.h) is looked at. Each is one word, for the client that came last.
 */
#ifndef DUALBIND_PEERS_HINTS_H
#define DUALBIND_PEERS_HINTS_H

#include "peers/peer_table.h"

#include <stdatomic.h>
#include <stdint.h>

/* The one for a client, by a quick hash. Network byte order, as all of them; 0: none. */
_Atomic uint32_t *hints_for(const struct client *client);

/* Those of spare addresses (spare.h), by the first choice for the client. A client's can be
 * in any of a few ways: two clients with one way would get a new address with every
 * datagram. */
enum { HINTS_WAYS = 4 };
_Atomic uint32_t *hints_of_spares(uint32_t first);

#endif
