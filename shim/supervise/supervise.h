/* SPDX-License-Identifier: MIT */
/*
 * Supervise: serve a program that never calls the C library's bind and listen.
 *
 * The program runs under a seccomp filter that makes these two calls wait for
 * an answer. The supervisor, its parent, takes the socket from it, decides and
 * swaps as the library does (shim/core), puts the new socket under the same
 * number, and answers. Whatever cannot be had, the call goes on natively.
 *
 *   supervise.c        starts the program and its supervisor
 *   filter.c           the filter, and who may install it
 *   handover.c         how its listener comes to the supervisor
 *   init.c             signals, stops, orphans, exit status
 *   notify.c           one call after the other
 *   answer.c           what it is answered
 *   target.c           the process that made the call
 *   judge.c            for which programs it may swap, by look.c
 *   blind.c            what can be done without its sockets
 *   watch.c            who goes on where a supervisor is stuck or lost
 *   target_remote.c    what the core asks of that process (process/target.h)
 *   errand.c           what only a process with its numbers can do
 */
#ifndef DUALBIND_SUPERVISE_SUPERVISE_H
#define DUALBIND_SUPERVISE_SUPERVISE_H

#include "config/settings.h"

/*
 * Start the program at PATH and wait for its end. SETTINGS has the entries for
 * all programs (the text that they were parsed from must stay): each call is
 * judged by the name of the process that makes it. What a preloaded library does
 * besides passes through the filter.
 *
 * Returns the exit status for this process to end with; 126 and 127 where the
 * program cannot be executed, 125 where none could be started. A program that
 * ends by a signal ends this process by the same one. Where no supervisor could
 * do anything, this process becomes the program.
 */
int supervise(const struct settings *settings, const char *path, char *const argv[], char *environment[]);

#endif
