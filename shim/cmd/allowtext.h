/* SPDX-License-Identifier: MIT */
/*
 * An allowlist as text, as one would write it: the entries for one program, one by one,
 * with commas between.
 */
#ifndef DUALBIND_CMD_ALLOWTEXT_H
#define DUALBIND_CMD_ALLOWTEXT_H

#include "config/allowlist.h"

enum { ALLOWTEXT_ENTRY = 48, ALLOWTEXT_BYTES = ALLOWLIST_MAX * ALLOWTEXT_ENTRY };

/* Writes the text that allowlist_parse() reads as LIST, without the programs. An entry that
 * is for several addresses becomes several, unless it forbids all of them. */
void allowtext_write(char text[ALLOWTEXT_BYTES], const struct allowlist *list);

#endif
