/* SPDX-License-Identifier: MIT */
/* A program that is not in PATH: where it may be, and what its name may have meant. */
#ifndef DUALBIND_CMD_ELSEWHERE_H
#define DUALBIND_CMD_ELSEWHERE_H

#include "inspect/program.h"

#include <stdbool.h>

/* Find NAME in the folders of system programs (/usr/sbin), which are not in an ordinary user's PATH. Says so on
 * standard error. False: it is not there, and *PROGRAM is as it was. */
bool elsewhere_find(struct program *program, const char *name);

/* What to write instead of NAME, which run did not find, if that can be guessed; NEXT is the word after it, or NULL.
 * Says so on standard error. */
void elsewhere_hint(const char *name, const char *next);

#endif
