/* SPDX-License-Identifier: MIT */
/*
 * The rules that a running process has: those that the library holds there, or, where that
 * cannot be read, those of the environment that the process was started with, unless the
 * process has written over it since. What cannot be told is not guessed.
 */
#ifndef DUALBIND_CMD_RULESOF_H
#define DUALBIND_CMD_RULESOF_H

#include "cmd/allowtext.h"
#include "cmd/json.h"
#include "inspect/process.h"

enum rules_source { RULES_UNSEEN, RULES_OF_LIBRARY, RULES_OF_ENVIRONMENT };

struct rules_of {
	enum rules_source source;
	const char *text; /* NULL: none, or not seen */
	bool malformed;   /* these, or another setting */
	bool dry_run;
	struct allowlist allow; /* the entries for this program; empty where there are none */
	char written[ALLOWTEXT_BYTES];
};

void rules_of(struct rules_of *rules, const struct process *process);

/* A sentence on standard output. */
void rules_of_print(const struct rules_of *rules, const struct process *process);

/* The members of an object that is open. */
void rules_of_json(const struct rules_of *rules, const struct process *process, struct json *json);

#endif
