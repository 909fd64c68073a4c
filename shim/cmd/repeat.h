/* SPDX-License-Identifier: MIT */
#ifndef DUALBIND_CMD_REPEAT_H
#define DUALBIND_CMD_REPEAT_H

#include <stdbool.h>
#include <stdio.h>

/* Writes something to TO. 0, or an exit status. */
typedef int repeat_render(FILE *to);

/*
 * What RENDER writes, on standard output: at once, and again each time that it is another, looked at every MILLISECONDS.
 * On a terminal it takes the place of what was there before; otherwise an empty line comes between. Returns RENDER's
 * status where that is not 0, and STATUS_FAILED where standard output cannot be written.
 */
int repeat_when_changed(repeat_render *render, unsigned milliseconds, bool on_terminal);

#endif
