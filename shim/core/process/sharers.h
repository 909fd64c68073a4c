/* SPDX-License-Identifier: MIT */
/*
 * Which other processes have a socket of the target's (target.h) too, as /proc tells.
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
 * Whether another process than the target has SOCK too: a child that inherited it, a worker
 * that was given it; or whether the parent has it. A thread may fork at any moment, and its
 * child has everything until it execs: where that is no reason, only the parent is.
 *
 * A process whose descriptors are not shown (another user's, or one with more capabilities,
 * or that is not dumpable, or that /proc does not list) counts as one that has it, unless
 * it is only asked for those that are seen,
 *   - if it is the parent, and another user than the target now is made the socket, unless
 *     the target itself made it (made.h; or it has executed its program since it was forked and SOCK is
 *     closed on exec);
 *   - if it is a child that has executed no program since it was forked.
 *
 * A socket that the target itself has made (made.h; or it is closed on exec, and the target has executed its
 * program since it was forked) is not looked for in processes that are older than the target, but for
 * those that it descends from: a host may have hundreds of them, with a hundred descriptors each.
 */
bool sharers_have(const struct sock *sock, enum sharers sharers);

/* Called for each descriptor of every other process that runs the same executable, by the same path: a
 * child of this program, or another run of it. None where /proc does not tell. */
void sharers_among_kin(fd_visitor *visit, void *context);

/* The line of /proc/PID/stat: proc(5). */
struct process_state {
	int parent;       /* 0: not listed in this /proc */
	bool executed;    /* a program, since it was forked */
	bool ended;       /* or is ending: it has no descriptors any more */
	uint64_t started; /* in ticks since the machine was; UINT64_MAX: not told */
};

bool sharers_parse(struct process_state *state, const char *line);

#endif
