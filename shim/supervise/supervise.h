/* SPDX-License-Identifier: MIT */
/*
 * Supervise: serve a program that never calls the C library's bind and listen.
 *
 * The program runs under a seccomp filter that makes these two calls wait for
 * an answer. The supervisor, its parent, takes the socket from it, decides and
 * swaps as the library does (shim/core), puts the new socket under the same
 * number, and answers. If anything fails, the call goes on natively.
 *
 *   supervise.c        starts the program and its supervisor
 *   filter.c           the filter, and whether it can be installed
 *   handover.c         passes its listener to the supervisor
 *   init.c             signals, stops, orphans, exit status
 *   notify.c           one call after the other
 *   answer.c           the answers
 *   target.c           the process that made the call
 *   judge.c            for which programs it may swap, by look.c
 *   blind.c            what can be done without its sockets
 *   watch.c            goes on if a supervisor is stuck or lost
 *   queue.c            calls that were received together
 *   target_remote.c    what the core does with that process (process/target.h)
 *   noted.c            at which numbers it had sockets
 *   errand.c           what only a process with its numbers can do
 */
#ifndef DUALBIND_SUPERVISE_SUPERVISE_H
#define DUALBIND_SUPERVISE_SUPERVISE_H

#include "config/settings.h"

/*
 * Start the program at PATH and wait for its end. SETTINGS has the entries for all
 * programs (the text from which they were parsed must stay): each call is judged by
 * the name of the process that makes it. The calls of a preloaded library's swaps pass
 * through the filter.
 *
 * Returns the exit status for this process; 126 and 127 if the program cannot be
 * executed, 125 if no process could be started. If the program ends by a signal, this
 * process ends by the same one. If a supervisor could do nothing, this process becomes
 * the program.
 */
int supervise(const struct settings *settings, const char *path, char *const argv[], char *environment[]);

#endif
