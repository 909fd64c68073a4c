/* SPDX-License-Identifier: MIT */
/*
 * Shows the place where an allowlist is malformed.
 */
#ifndef DUALBIND_CMD_CARET_H
#define DUALBIND_CMD_CARET_H

#include "config/allowlist.h"

/* On standard error: LIST, from SOURCE (an option, a variable), on one line, a caret
 * under the offending place, and what would be right. */
void caret_show(const char *source, const char *list, const struct allow_error *error);

#endif
