/* SPDX-License-Identifier: MIT */
#ifndef DUALBIND_CMD_REPEAT_H
#define DUALBIND_CMD_REPEAT_H

#include <stdbool.h>
#include <stdio.h>

/* Writes something to TO. 0, or an exit status. */
typedef int repeat_render(FILE *to);

/*
 * Prints what RENDER writes on standard output: at once, and again whenever that has changed, which is looked at every
 * MILLISECONDS. On a terminal the new text replaces the old one; otherwise they are separated by an empty line. Returns
 * RENDER's status if that is not 0, and STATUS_FAILED if standard output cannot be written.
 */
int repeat_when_changed(repeat_render *render, unsigned milliseconds, bool on_terminal);

#endif
