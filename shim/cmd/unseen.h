/* SPDX-License-Identifier: MIT */
/*
 * The dual-stack sockets of which it could not be seen whether they are ours.
 */
#ifndef DUALBIND_CMD_UNSEEN_H
#define DUALBIND_CMD_UNSEEN_H

#include "inspect/sock_diag.h"

/* Tells of them on standard error, a line for each reason; OWNED: of those whose owners were found. */
void unseen_say(const struct listing *listing, bool owned);

#endif
