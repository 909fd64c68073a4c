/* SPDX-License-Identifier: MIT */
/*
 * The rules of a running process: those that the library there has read; or, if that cannot be
 * seen, those in the environment with which the process was started, unless the process has
 * overwritten it since. If neither can be told, nothing is guessed.
 */
#ifndef DUALBIND_CMD_RULESOF_H
#define DUALBIND_CMD_RULESOF_H

#include "cmd/allowtext.h"
#include "cmd/json.h"
#include "inspect/process.h"

enum rules_source { RULES_UNSEEN, RULES_OF_LIBRARY, RULES_OF_ENVIRONMENT };

struct rules_of {
	enum rules_source source;
	const char *text; /* NULL: there are none, or they cannot be seen */
	bool malformed;   /* the rules, or another setting */
	bool dry_run;
	struct allowlist allow; /* the entries for this program; may be empty */
	char written[ALLOWTEXT_BYTES];
};

void rules_of(struct rules_of *rules, const struct process *process);

/* Prints a sentence on standard output. */
void rules_of_print(const struct rules_of *rules, const struct process *process);

/* Writes members of an object that is open. */
void rules_of_json(const struct rules_of *rules, const struct process *process, struct json *json);

#endif
