/* SPDX-License-Identifier: MIT */
#include "peers/hints.h"

#include <arpa/inet.h>

enum { CLIENTS = 1024, SPARES = PEER_TABLE_SPARE_SETS * PEER_TABLE_WAYS / HINTS_WAYS };

static _Atomic uint32_t clients[CLIENTS], spares[SPARES][HINTS_WAYS];

_Atomic uint32_t *hints_for(const struct client *client)
{
	const uint32_t *words = client->words;
	uint32_t mixed = (words[0] ^ words[1]) * UINT32_C(0xc2b2ae3d);

	/* What has grown at the upper end comes down before the next word. */
	mixed = (mixed ^ mixed >> 16 ^ words[2] ^ words[3]) * UINT32_C(0x85ebca77);
	return &clients[(mixed ^ mixed >> 11 ^ mixed >> 22) % CLIENTS];
}

_Atomic uint32_t *hints_of_spares(uint32_t first)
{
	return spares[ntohl(first) % SPARES];
}
