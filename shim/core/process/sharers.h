/* SPDX-License-Identifier: MIT */
/*
 * Which other processes have a socket of the target (target.h) too, as /proc shows.
 */
#ifndef DUALBIND_PROCESS_SHARERS_H
#define DUALBIND_PROCESS_SHARERS_H

#include "process/fd_walk.h"
#include "socket/sock.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

enum sharers { EVERY_PROCESS, PARENT, EVERY_PROCESS_SEEN };

/*
 * Whether another process than the target has SOCK too, such as a child that inherited it or a worker that was given
 * it; or, with PARENT, whether the parent has it. (Any thread may fork at any moment, and until it calls exec its child
 * has every descriptor. PARENT is for callers to which that must not matter.)
 *
 * A process whose descriptors are not shown (it is another user's, has more capabilities, is not dumpable, or is not
 * listed in /proc) counts as one that has the socket in two cases, unless the caller wants only those that are seen:
 *   - it is the parent, the socket was made by another user than the target is now, and not by the target
 *     itself (made.h; or SOCK is closed on exec, and the target has executed its program since it was forked);
 *   - it is a child that has executed no program since it was forked.
 *
 * If the target itself has made the socket (as above), processes that are older than the target are not looked at,
 * except its ancestors: a host may have hundreds of processes, with a hundred descriptors each.
 */
bool sharers_have(const struct sock *sock, enum sharers sharers);

/* Visits each descriptor of every other process that runs the same executable, by the same path: a child of this
 * program, or another run of it. None if /proc cannot be read. */
void sharers_among_kin(fd_visitor *visit, void *context);

/* What a line of /proc/PID/stat says (proc(5)). */
struct process_state {
	int parent;       /* 0: not listed in this /proc */
	bool executed;    /* it has executed a program since it was forked */
	bool ended;       /* it has ended, or is ending: it has no descriptors any more */
	uint64_t started; /* in ticks since the machine has started; UINT64_MAX: unknown */
};

bool sharers_parse(struct process_state *state, const char *line);

#endif
