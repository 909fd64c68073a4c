/* SPDX-License-Identifier: MIT */
/*
 * Perform: what was decided is done. What may have changed since the look is asked again as late as
 * can be, and where that ends it, another look follows, and another decision.
 */
#ifndef DUALBIND_BIND_PERFORM_H
#define DUALBIND_BIND_PERFORM_H

#include "bind/decide.h"

#include <stdbool.h>

/* Look, and decide. */
struct plan perform_decide(struct survey *survey);

/* CONVERT: a dual-stack socket takes the place of the survey's. False, with the socket unchanged, in
 * a dry run, and where it cannot be had. Any other plan: the log has the reason. */
bool perform_conversion(struct survey *survey, const struct plan *plan);

/* It could not be had, if so, and the program's own call has done what it was to do: the log has
 * the reason. Where it fails too there is none to be told. */
void perform_report(struct survey *survey);

/* Both, where nothing is to yield before. */
bool perform(struct survey *survey);

/* Where PLAN is to leave the socket alone, as another member of its SO_REUSEPORT group is of IPv4: the first one was
 * bound before the kernel had chosen the port, and no rule was known for it. It is converted now, and so is the
 * survey's socket. */
void perform_for_group(struct survey *survey, struct plan *plan);

/* Those yield that are in the way of PLAN, or its own socket; where one of them stays it becomes another
 * plan. */
void perform_yielding(struct survey *survey, struct plan *plan);

/* The bind that they have yielded to was refused: they are converted again, unless they are in use. */
void perform_again(struct survey *survey);

/* STEER: the one that stays gets the clients of its family. */
void perform_steering(struct survey *survey, const struct plan *plan);

#endif
