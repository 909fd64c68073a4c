/* SPDX-License-Identifier: MIT */
/*
 * Perform: does what was decided. What may have changed since the look is checked again as late as
 * possible; if it has changed, another look and another decision follow.
 */
#ifndef DUALBIND_BIND_PERFORM_H
#define DUALBIND_BIND_PERFORM_H

#include "bind/decide.h"

#include <stdbool.h>

/* Look, and decide. */
struct plan perform_decide(struct survey *survey);

/* For CONVERT: a dual-stack socket replaces the survey's. False, with the socket unchanged, in a dry run, and if
 * it failed. For any other plan: false, and the reason is logged. */
bool perform_conversion(struct survey *survey, const struct plan *plan);

/* To be called after the program's own call has succeeded: if the conversion failed before, the reason is logged.
 * (If the program's call fails as well, there is nothing to report.) */
void perform_report(struct survey *survey);

/* perform_decide() and perform_conversion(), for calls to which no socket has to yield. */
bool perform(struct survey *survey);

/* If PLAN leaves the socket alone since another member of its SO_REUSEPORT group is IPv4: when that one was bound, the
 * kernel had not chosen the port yet, so no rule was known for it. It is converted now, and so is the survey's
 * socket. */
void perform_for_group(struct survey *survey, struct plan *plan);

/* The sockets yield that PLAN names, or the survey's own. If one of them stays, *PLAN becomes another
 * plan. */
void perform_yielding(struct survey *survey, struct plan *plan);

/* The bind for which sockets have yielded was refused: they are converted again, unless they are in use. */
void perform_again(struct survey *survey);

/* For STEER: the socket that stays gets the clients of its family. */
void perform_steering(struct survey *survey, const struct plan *plan);

#endif
