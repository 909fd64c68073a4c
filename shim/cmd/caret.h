/* SPDX-License-Identifier: MIT */
/*
 * A malformed allowlist, shown to a person.
 */
#ifndef DUALBIND_CMD_CARET_H
#define DUALBIND_CMD_CARET_H

#include "config/allowlist.h"

/* On standard error: where SOURCE (an option, a variable) has LIST, on one line
 * with a caret under the offending place, and what would be right. */
void caret_show(const char *source, const char *list, const struct allow_error *error);

#endif
