/* SPDX-License-Identifier: MIT */
/*
 * Beside: a socket of the program at a specific address, and one of ours at the wildcard address of both
 * families, at one port. Natively they would not conflict. The kernel prefers the exact address, for TCP
 * and UDP, so each gets its own clients. But whenever one of them binds or listens, the kernel wants both to
 * have SO_REUSEADDR; or SO_REUSEPORT, if one is a TCP socket that listens. The options are set only for
 * that moment. If they stayed, another program of the same user could listen there, too, and with
 * SO_REUSEADDR anyone could bind a UDP socket there.
 *
 * One thing stays: for a TCP port the kernel remembers that the last socket which has bound or listened there
 * had SO_REUSEPORT, and at which address. Other programs of that user can bind to this address with the option
 * (if it is the wildcard address, to any). If ours is bound and listens first, that address is the specific one,
 * where the older socket gets all clients.
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
	unsigned own;     /* those of them that it did not have */
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

/* All sockets get the options back that the program has set. Keeps errno. */
void beside_end(struct beside *beside);

#endif
