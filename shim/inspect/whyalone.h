/* SPDX-License-Identifier: MIT */
/*
 * Why a listener that a rule covers was not converted: the reason that the library in the process,
 * or the supervisor, has kept (bind/left_alone.h).
 */
#ifndef DUALBIND_INSPECT_WHYALONE_H
#define DUALBIND_INSPECT_WHYALONE_H

#include "inspect/sock_diag.h"

/* For a LISTENER of PID; NULL: no reason is known. */
const char *why_alone(pid_t pid, const struct listener *listener);

/* From the first of its owners that has a reason. */
const char *why_alone_of_owners(const struct listener *listener);

/* The reason in words. */
const char *why_alone_words(unsigned reason, int error);

#endif
