/* SPDX-License-Identifier: MIT */
/*
 * Relatives: the processes that were forked from one process, and share memory in which they
 * tell each other of their clients. In a pre-forking server one may answer what another has
 * received.
 *
 * Any of them can write anything there, so what a process knows itself counts more (mapper.h).
 * Without such memory these functions know of no other process.
 */
#ifndef DUALBIND_PEERS_RELATIVES_H
#define DUALBIND_PEERS_RELATIVES_H

#include "peers/peer_table.h"

/* See mapper_share(). */
void relatives_share(void);

/* What the relatives know of SYNTHETIC, seen from that client. If nothing is shared: that it
 * stands for the client. */
struct place relatives_look(uint32_t synthetic, const struct client *client, uint32_t now);

/* Tell that PLACE, which is STANDS_FOR_IT or STANDS_FOR_NONE, is given to the client. False if a
 * relative was faster. */
bool relatives_tell(const struct place *place, const struct client *client, uint32_t now);

/* Tell that SYNTHETIC is given to the client, whatever the relatives know. */
void relatives_tell_claim(uint32_t synthetic, const struct client *client, uint32_t now);
void relatives_tell_spare(uint32_t synthetic, const struct client *client, uint32_t now);

/* Tell that the client is still shown by it. */
void relatives_tell_use(uint32_t synthetic, const struct client *client, uint32_t now);

/* For which client it stands; *IS_RECENT: the client was shown by it lately. */
bool relatives_find(uint32_t synthetic, uint32_t now, struct client *client, bool *is_recent);

/* The number of the spare address that the relatives have given last in a rotation; NULL: nothing
 * is shared. */
_Atomic uint32_t *relatives_number(unsigned rotation);

/* A bit for each port: the last datagram from there, to any relative, came from ::1 (loopback.h). NULL:
 * nothing is shared. */
enum { RELATIVES_PORTS = 65536, RELATIVES_PORT_BITS = 32 };
_Atomic uint32_t *relatives_ports(void);

#endif
