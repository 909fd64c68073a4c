/* SPDX-License-Identifier: MIT */
/*
 * The environment that `dualbind run` gives its program.
 */
#ifndef DUALBIND_INSPECT_ENVIRONMENT_H
#define DUALBIND_INSPECT_ENVIRONMENT_H

#include <stdbool.h>
#include <stddef.h>

struct environment {
	char **list; /* NAME=VALUE..., ended by NULL, as execve(2) takes it */
	size_t count, room;
};

/* Start with the strings of FROM, which must outlive it. False: no memory. */
bool environment_start(struct environment *environment, char *const from[]);

/*
 * Whether the LENGTH bytes of TEXT, followed by a zero, are an environment still: programs
 * write titles over it (setproctitle), of which at least the end would be here.
 */
bool environment_is_whole(const char *text, size_t length);

/* NULL: unset. */
const char *environment_get(const struct environment *environment, const char *name);

/* In the place of the old value, if there is one. False: no memory. */
bool environment_set(struct environment *environment, const char *name, const char *value);

/* Whether LD_PRELOAD names a libdualbind.so. */
bool environment_preloads(const struct environment *environment);

/*
 * The value of LD_PRELOAD with LIBRARY in it, once: last, since a sanitizer's
 * library has to be first and others were meant to see the program's calls
 * before any other library; or where a libdualbind.so already stands. NULL: no
 * memory.
 */
char *environment_preload(const char *old, const char *library);

#endif
