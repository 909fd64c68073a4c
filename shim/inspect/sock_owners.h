/* SPDX-License-Identifier: MIT */
/*
 * Which processes hold the sockets of a listing, as far as /proc and the kernel
 * show that to this user.
 */
#ifndef DUALBIND_INSPECT_SOCK_OWNERS_H
#define DUALBIND_INSPECT_SOCK_OWNERS_H

#include "inspect/sock_diag.h"

/*
 * Fill in the owners of each listener; and its mark, if that makes a difference and is not
 * known yet, by pidfd_getfd(2). ONLY: look only at this process; 0: at all. False with errno if not
 * even the folder could be read.
 */
bool sock_owners_find(struct listing *listing, pid_t only);

#endif
