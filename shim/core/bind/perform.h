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

/* Those yield that are in the way of PLAN, or its own socket; where one of them stays it becomes another
 * plan. */
void perform_yielding(struct survey *survey, struct plan *plan);

/* BIND_BESIDE: those of ours that stay let the program's socket bind beside them; false: none does.
 * STEER: the one that stays gets the clients of its family. */
bool perform_keeping(struct survey *survey, const struct plan *plan);

/* The bind is over: SO_REUSEADDR is taken back, which anybody could share the port by. */
void perform_kept(struct survey *survey, const struct plan *plan);

/* The option by which the survey's socket shares the port with one of ours. */
int perform_sharing_option(const struct survey *survey);

#endif
