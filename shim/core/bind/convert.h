/* SPDX-License-Identifier: MIT */
/*
 * Convert, promote and widen: decide whether the rules want a request's socket
 * to be dual-stack, and make it so.
 */
#ifndef DUALBIND_BIND_CONVERT_H
#define DUALBIND_BIND_CONVERT_H

#include "bind/bind_request.h"
#include "process/sharers.h"
#include "swap/sock_refs.h"

#include <stdbool.h>

/*
 * Put a dual-stack socket, bound to :: at the request's port, under its
 * descriptor. False, with the socket unchanged and the reason in the log,
 * where no rule covers it, the program serves the other family at that port
 * itself, other processes (of SHARERS) hold it too, or such a socket cannot be
 * had.
 */
bool convert(const struct bind_request *request, enum sharers sharers);

/*
 * Whether the program serves the other family at the request's port itself, or
 * has a socket there that could not be converted and would get all of IPv4. If
 * not, *TIES are the socket's, for the swap.
 */
bool convert_has_company(const struct bind_request *request, struct ref_list *refs);

#endif
