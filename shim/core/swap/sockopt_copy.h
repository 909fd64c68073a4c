/* SPDX-License-Identifier: MIT */
/*
 * Socket options that a new socket takes over from the one that it replaces.
 */
#ifndef DUALBIND_SWAP_SOCKOPT_COPY_H
#define DUALBIND_SWAP_SOCKOPT_COPY_H

#include "socket/sock.h"

#include <stdbool.h>

/*
 * Make every readable option of TO equal to FROM's. An option is set only
 * where the two differ, so defaults (buffers that the kernel still tunes, say)
 * stay defaults, and no privilege is needed for what was never set. Where TO is
 * AF_INET6, an IPv4 option that was set is set for IPv6 packets too.
 *
 * TO is a fresh socket; its fd, mark, local (for its family) and v6only are used.
 *
 * False, with TO half done, if a difference cannot be carried: a setting that
 * needs a privilege which the program has dropped, or an eBPF socket filter (EACCES);
 * if an option that decides about binds, or a filter, does not read back as it was set
 * (EFORGOTTEN); or if FROM is to be kept as it is (mark.h: ENOKEY).
 */
bool sockopt_copy(const struct sock *from, const struct sock *to);

/* The same for only those options that decide which binds conflict. */
bool sockopt_copy_binding(const struct sock *from, int to);

#endif
