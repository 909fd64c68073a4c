/* SPDX-License-Identifier: MIT */
#include "peers/relatives.h"

#include "base/sys.h"
#include "peers/synthetic.h"

#include <stddef.h>

struct shared {
	struct peer_table entries;
	_Atomic uint32_t numbers[SYNTHETIC_ROTATIONS];
	_Atomic uint32_t ports[RELATIVES_PORTS / RELATIVES_PORT_BITS];
};

static struct shared *shared; /* NULL: nothing is shared */

void relatives_share(void)
{
	shared = sys_map_shared(sizeof *shared);
}

struct place relatives_look(uint32_t synthetic, const struct client *client, uint32_t now)
{
	struct place nothing = {.standing = STANDS_FOR_IT};

	return shared != NULL ? peer_table_look(&shared->entries, synthetic, client, now) : nothing;
}

bool relatives_tell(const struct place *place, const struct client *client, uint32_t now)
{
	return place->standing == STANDS_FOR_IT || peer_table_write(&shared->entries, place, client, now);
}

void relatives_tell_claim(uint32_t synthetic, const struct client *client, uint32_t now)
{
	if (shared != NULL)
		peer_table_claim(&shared->entries, synthetic, client, now);
}

void relatives_tell_spare(uint32_t synthetic, const struct client *client, uint32_t now)
{
	if (shared != NULL)
		peer_table_put_spare(&shared->entries, synthetic, client, now);
}

void relatives_tell_use(uint32_t synthetic, const struct client *client, uint32_t now)
{
	struct found found;

	if (shared != NULL && peer_table_find(&shared->entries, synthetic, &found) &&
	    peer_table_same(&found.client, client))
		peer_table_use(&shared->entries, &found, now);
}

bool relatives_find(uint32_t synthetic, uint32_t now, struct client *client, bool *is_recent)
{
	struct found found;

	if (shared == NULL || !peer_table_find(&shared->entries, synthetic, &found))
		return false;
	*client = found.client;
	*is_recent = peer_table_is_recent(&found, now);
	return true;
}

_Atomic uint32_t *relatives_number(unsigned rotation)
{
	return shared != NULL ? &shared->numbers[rotation] : NULL;
}

_Atomic uint32_t *relatives_ports(void)
{
	return shared != NULL ? shared->ports : NULL;
}
