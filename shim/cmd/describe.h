/* SPDX-License-Identifier: MIT */
/*
 * A program or a process in plain words, and as JSON.
 */
#ifndef DUALBIND_CMD_DESCRIBE_H
#define DUALBIND_CMD_DESCRIBE_H

#include "cmd/json.h"
#include "cmd/plan.h"

/* "dynamically linked to glibc (/lib64/ld-linux-x86-64.so.2)" and the like. */
void describe_kind(char *text, size_t size, const struct program *program);

/* Writes members of an object that is open. */
void describe_program_json(struct json *json, const struct program *program);
void describe_plan_json(struct json *json, const struct plan *plan, bool possible);

/* Prints sentences on standard output. */
void describe_program(const struct program *program);
void describe_plan(const struct program *program, const struct plan *plan, bool possible);

#endif
