/* SPDX-License-Identifier: MIT */
/*
 * Socket options: what a new socket takes over from the one it replaces.
 */
#ifndef DUALBIND_SWAP_SOCKOPT_COPY_H
#define DUALBIND_SWAP_SOCKOPT_COPY_H

#include "socket/sock.h"

#include <stdbool.h>

/*
 * Make every readable option of TO equal to FROM's. An option is set only
 * where the two differ, so defaults (buffers that the kernel still tunes, say)
 * stay defaults and no privilege is needed for what was never set. Where TO is
 * AF_INET6, an IPv4 option that was set is set for IPv6 packets too.
 *
 * TO is fresh: of it fd, local (for its family) and v6only count.
 *
 * False, with TO half done, where a difference cannot be carried: a setting
 * that needs a privilege now dropped, or an eBPF socket filter (EACCES); or
 * where what decides about a bind, or a filter, does not read back (EFORGOTTEN); or where FROM
 * is to be kept (mark.h: ENOKEY).
 */
bool sockopt_copy(const struct sock *from, const struct sock *to);

/* Of those, the ones that decide which binds conflict. */
bool sockopt_copy_binding(const struct sock *from, int to);

#endif
