/* SPDX-License-Identifier: MIT */
/*
 * Who holds the sockets of a listing, as far as /proc and the kernel show it
 * to this user.
 */
#ifndef DUALBIND_INSPECT_SOCK_OWNERS_H
#define DUALBIND_INSPECT_SOCK_OWNERS_H

#include "inspect/sock_diag.h"

/*
 * Fill in the owners of each listener, and the mark of those where it decides
 * something, with pidfd_getfd(2). ONLY: this process alone, or 0 for all. False
 * with errno where not even the folder could be read.
 */
bool sock_owners_find(struct listing *listing, pid_t only);

#endif
