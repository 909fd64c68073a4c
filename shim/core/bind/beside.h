/* SPDX-License-Identifier: MIT */
/*
 * Beside: a socket of the program's at a specific address, and one of ours at the wildcard address of both
 * families, at one port. Natively the two would not meet. The kernel prefers the exact address, of TCP
 * and of UDP, so each gets its own clients; what it wants is that both have SO_REUSEADDR, or that
 * both have SO_REUSEPORT where one of TCP listens, whenever one binds or listens. They have it for
 * that moment alone. Left on, it would let a stranger of the same user listen there too, and
 * SO_REUSEADDR whoever binds a UDP socket.
 *
 * What remains: the kernel notes of a TCP port that the last socket which bound or listened
 * there had SO_REUSEPORT, and at which address, and lets strangers of the user that have it set bind
 * at that address (of a wildcard one: at any). Where ours is bound and listens first the
 * address is the specific one, and the older socket there gets all clients.
 */
#ifndef DUALBIND_BIND_BESIDE_H
#define DUALBIND_BIND_BESIDE_H

#include "bind/decide.h"
#include "process/turn.h"

#include <stdbool.h>
#include <stddef.h>

enum { BESIDE_MAX = 64 };

struct beside {
	const struct survey *survey;
	unsigned kinds;   /* enum at_port: of the others */
	unsigned options; /* REUSE_ADDR, REUSE_PORT: what the socket that binds or listens needs */
	unsigned own;     /* and did not have */
	bool failed;
	struct turn turn;
	size_t count;
	struct {
		ino_t inode;
		unsigned options;
	} others[BESIDE_MAX];
};

/*
 * The others of PLAN, which is apart, get the options; where it is to bind beside them the survey's
 * socket does too, and where it is converted the swap gives them to the new one. The thread has its turn until
 * the end. False: one could not, or they are too many; all is as it was.
 */
bool beside_begin(struct beside *beside, const struct survey *survey, const struct plan *plan);

/* All have what the program gave them. Keeps errno. */
void beside_end(struct beside *beside);

#endif
