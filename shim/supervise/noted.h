/* SPDX-License-Identifier: MIT */
/*
 * Notes on the descriptors of a process. The numbers at which it had sockets when they were last looked at: this only
 * decides what is asked first about a number, and does not tell what is there now. And what was found there in the
 * present look. A look begins after all calls that it serves have been received (queue.h). Each thread has its own
 * notes.
 */
#ifndef DUALBIND_SUPERVISE_NOTED_H
#define DUALBIND_SUPERVISE_NOTED_H

#include "process/target.h"

#include <stdbool.h>
#include <sys/types.h>

/* Sets the process that the other functions are about. There are notes on the last few. APART: the numbers are those of
 * a thread that may have a table of descriptors of its own, so what is found serves this call alone. */
void noted_begin(pid_t process, bool apart);

/* Does nothing for very high numbers. */
void noted_set(int number);

/* Whether the number was noted. It no longer is. */
bool noted_clear(int number);

/* Begins another look, in which nothing is found yet. */
void noted_look_anew(void);

/* Notes what was found, or returns it; NULL: nothing was found. */
void noted_see(int number, const struct sight *sight);
const struct sight *noted_sight(int number);

/* To be called when another file is put at the number: nothing more is noted about it in this look. */
void noted_touch(int number);

#endif
