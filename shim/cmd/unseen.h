/* SPDX-License-Identifier: MIT */
/*
 * Dual-stack sockets of which it cannot be seen whether they are ours.
 */
#ifndef DUALBIND_CMD_UNSEEN_H
#define DUALBIND_CMD_UNSEEN_H

#include "inspect/sock_diag.h"

/* Reports them on standard error, with a line for each reason; OWNED: only those whose owners were found. */
void unseen_say(const struct listing *listing, bool owned);

#endif
