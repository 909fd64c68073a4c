/* SPDX-License-Identifier: MIT */
/*
 * By which mechanism a program is served, and why; or why it cannot be.
 */
#ifndef DUALBIND_CMD_PLAN_H
#define DUALBIND_CMD_PLAN_H

#include "cmd/locate.h"
#include "inspect/program.h"

enum mode { MODE_AUTO, MODE_PRELOAD, MODE_SUPERVISE, MODE_BOTH };

/* What converts the listeners of the program itself, whatever it starts. */
enum own { OWN_LIBRARY, OWN_SUPERVISOR, OWN_NATIVE };

struct plan {
	bool preload, supervise;
	bool alone; /* supervised without the library, which cannot be had: see REFUSAL */
	enum own own;
	bool unsupervised; /* although SUPERVISE is set: run says so, and starts it without */
	bool serves;       /* its own listeners, or programs that it starts and that load the library */
	const char *why;
	char library[PATH_MAX]; /* where PRELOAD is set */
	struct refusal refusal; /* its remedy also where SERVES is not set */
};

/* LIBRARY is DUALBIND_LIBRARY's value, or NULL; STARTS what starts_unserved() says, or NULL.
 * False: see plan->refusal. */
bool plan_make(struct plan *plan, const struct program *program, enum mode mode, const char *library,
	       const char *starts);

/* What comes of PLAN where the kernel cannot supervise (filter_can_be_answered()). */
void plan_lose_supervisor(struct plan *plan);

/* Read a --mode. */
bool plan_mode(enum mode *mode, const char *word);

/* "preload", "supervise" or "both". */
const char *plan_name(const struct plan *plan);

#endif
