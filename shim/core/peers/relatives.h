/* SPDX-License-Identifier: MIT */
/*
 * What processes that fork tell each other of their clients, in memory that they share:
 * in a pre-forking server one may answer what another has heard.
 *
 * Any of them can write there whatever it likes, so nothing of it counts against
 * what a process knows itself (mapper.h). Without such memory no process is told anything,
 * and none objects.
 */
#ifndef DUALBIND_PEERS_RELATIVES_H
#define DUALBIND_PEERS_RELATIVES_H

#include "peers/peer_table.h"

/* As mapper_share(). */
void relatives_share(void);

/* What they know of SYNTHETIC, for that client: that it stands for it, where nothing
 * is shared. */
struct place relatives_look(uint32_t synthetic, const struct client *client, uint32_t now);

/* PLACE, of STANDS_FOR_IT or STANDS_FOR_NONE, is given to the client. False where a
 * relative was faster. */
bool relatives_tell(const struct place *place, const struct client *client, uint32_t now);

/* SYNTHETIC is given to the client, whatever they know. */
void relatives_tell_claim(uint32_t synthetic, const struct client *client, uint32_t now);
void relatives_tell_spare(uint32_t synthetic, const struct client *client, uint32_t now);

/* The client is still shown by it. */
void relatives_tell_use(uint32_t synthetic, const struct client *client, uint32_t now);

/* Who it stands for; *IS_RECENT: and was shown by it lately. */
bool relatives_find(uint32_t synthetic, uint32_t now, struct client *client, bool *is_recent);

/* The last number of spare addresses that they have given in a rotation; NULL: nothing
 * is shared. */
_Atomic uint32_t *relatives_number(unsigned rotation);

/* A bit for each port: ::1 was heard from it last, by one of them (loopback.h). NULL: nothing is
 * shared. */
enum { RELATIVES_PORTS = 65536, RELATIVES_PORT_BITS = 32 };
_Atomic uint32_t *relatives_ports(void);

#endif
