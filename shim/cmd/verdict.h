/* SPDX-License-Identifier: MIT */
/*
 * What would have to be done for a listener of a running process, so that IPv6 clients
 * reach it.
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
	pid_t asked; /* itself, or its supervisor */
	struct process process;
	struct plan plan; /* were it started anew */
	bool possible;
	struct listing listing;
	bool sockets_seen;
	const char *sockets_problem;
	struct rules_of rules;
	struct passed_by passed;
};

/* Whether the library or a supervisor looks after it. */
bool verdict_active(const struct subject *subject);

/* Whether the rules that the process has cover a listener that binds 0.0.0.0. */
bool verdict_covered(const struct subject *subject, const struct listener *listener);

/* Empty: nothing. */
void verdict_write(char text[VERDICT_BYTES], const struct subject *subject, const struct listener *listener);

#endif
