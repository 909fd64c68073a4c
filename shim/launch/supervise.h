/*
 * The seccomp supervisor: serves programs that never call the C library.
 */
#ifndef DUALBIND_SUPERVISE_H
#define DUALBIND_SUPERVISE_H

#include "settings.h"

#include <stdbool.h>

/*
 * Start the program at PATH under supervision and wait for it; the exit status
 * that `dualbind run` is to have. PRELOAD_TOO: the environment preloads the
 * library besides. The rules in SETTINGS are those of every program.
 */
int supervise(const struct settings *settings, bool preload_too, const char *path, char *const argv[],
	      char *const environment[]);

#endif
