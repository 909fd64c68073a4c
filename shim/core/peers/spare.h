/* SPDX-License-Identifier: MIT */
/*
 * Spare addresses of a large pool, for clients that find no place in the table (peer_table.h).
 * They are given in turn, so that none is given to another client while it may be in
 * use, however many are asked for.
 */
#ifndef DUALBIND_PEERS_SPARE_H
#define DUALBIND_PEERS_SPARE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

enum { SPARE_PARTS = 16 };

/* A rotation of addresses, divided into parts. A part is begun again only after none of its addresses
 * was used for five minutes. All zero at first. */
struct spare_rotation {
	_Atomic uint32_t last; /* the number that was given last */
	struct {
		_Atomic uint32_t round, used;
	} parts[SPARE_PARTS];
};

/*
 * The next number of a rotation that has SIZE addresses. RELATIVES, or NULL: the last number of processes which
 * must not give the same one; it is ignored if an address would be given twice by it. False if all are in use.
 */
bool spare_next(struct spare_rotation *rotation, uint32_t size, uint32_t now, _Atomic uint32_t *relatives,
		uint32_t *number);

/* Note that the address at that place in the rotation is used NOW. */
void spare_use(struct spare_rotation *rotation, uint32_t size, uint32_t place, uint32_t now);

/* Whether no address in that part of the rotation is in use, and RELATIVES have given
 * none at all. */
bool spare_is_idle(const struct spare_rotation *rotation, uint32_t size, uint32_t place, uint32_t now,
		   const _Atomic uint32_t *relatives);

#endif
