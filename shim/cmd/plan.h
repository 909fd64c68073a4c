/* SPDX-License-Identifier: MIT */
/*
 * The mechanism by which a program is served, and why; or why it cannot be served.
 */
#ifndef DUALBIND_CMD_PLAN_H
#define DUALBIND_CMD_PLAN_H

#include "cmd/locate.h"
#include "inspect/program.h"

enum mode { MODE_AUTO, MODE_PRELOAD, MODE_SUPERVISE, MODE_BOTH };

/* What converts the listeners of the program itself, not of programs that it starts. */
enum own { OWN_LIBRARY, OWN_SUPERVISOR, OWN_NATIVE };

struct plan {
	bool preload, supervise;
	bool alone; /* supervised without the library, which cannot be used: see REFUSAL */
	enum own own;
	bool unsupervised; /* the kernel cannot supervise: run says so, and starts it without */
	bool serves;       /* its own listeners, or those of programs that it starts and that load the library */
	const char *why;
	char library[PATH_MAX]; /* where PRELOAD is set */
	struct refusal refusal; /* the remedy is also set if SERVES is not */
};

/* LIBRARY is DUALBIND_LIBRARY's value, or NULL; STARTS is the result of starts_unserved(), or NULL.
 * False: see plan->refusal. */
bool plan_make(struct plan *plan, const struct program *program, enum mode mode, const char *library,
	       const char *starts);

/* Changes PLAN for a kernel that cannot supervise (filter_can_be_answered()). */
void plan_lose_supervisor(struct plan *plan);

/* Read a --mode. */
bool plan_mode(enum mode *mode, const char *word);

/* "preload", "supervise" or "both". */
const char *plan_name(const struct plan *plan);

#endif
