/* SPDX-License-Identifier: MIT */
/*
 * Why a listener that a rule covers stays as the program made it: as the library in the process has
 * kept it, or the supervisor of it (bind/left_alone.h).
 */
#ifndef DUALBIND_INSPECT_WHYALONE_H
#define DUALBIND_INSPECT_WHYALONE_H

#include "inspect/sock_diag.h"

/* Of PID's listener; NULL: nothing is known of it. */
const char *why_alone(pid_t pid, const struct listener *listener);

/* Of the first of its owners that knows. */
const char *why_alone_of_owners(const struct listener *listener);

/* In words. */
const char *why_alone_words(unsigned reason, int error);

#endif
