/* SPDX-License-Identifier: MIT */
/*
 * What must be done so that IPv6 clients reach a listener of a running process.
 */
#ifndef DUALBIND_CMD_VERDICT_H
#define DUALBIND_CMD_VERDICT_H

#include "cmd/passedby.h"
#include "cmd/plan.h"
#include "cmd/rulesof.h"
#include "inspect/process.h"
#include "inspect/sock_diag.h"

enum { VERDICT_BYTES = 384 };

/* What is known of a process and its rules. */
struct subject {
	pid_t asked; /* the number that the user gave: its own, or its supervisor's */
	struct process process;
	struct plan plan; /* if it were started again */
	bool possible;
	struct listing listing;
	bool sockets_seen;
	const char *sockets_problem;
	struct rules_of rules;
	struct passed_by passed;
};

/* Whether the library or a supervisor is active for it. */
bool verdict_active(const struct subject *subject);

/* Whether the process's rules cover LISTENER, which is at 0.0.0.0. */
bool verdict_covered(const struct subject *subject, const struct listener *listener);

/* TEXT is empty if nothing needs to be done. */
void verdict_write(char text[VERDICT_BYTES], const struct subject *subject, const struct listener *listener);

#endif
