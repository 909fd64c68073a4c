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
 * Whether the LENGTH bytes of TEXT, followed by a zero, still are an environment: programs
 * overwrite it by titles (setproctitle), and then at least the end of a title is here.
 */
bool environment_is_whole(const char *text, size_t length);

/* NULL: unset. */
const char *environment_get(const struct environment *environment, const char *name);

/* Replaces the old value, if there is one. False: no memory. */
bool environment_set(struct environment *environment, const char *name, const char *value);

/* Whether LD_PRELOAD names a libdualbind.so. */
bool environment_preloads(const struct environment *environment);

/*
 * The value of LD_PRELOAD with LIBRARY in it, once. If there is a libdualbind.so
 * already, it takes its place; otherwise it comes last, since a sanitizer's library
 * has to be first, and others are meant to see the program's calls before any other
 * library. NULL: no memory.
 */
char *environment_preload(const char *old, const char *library);

#endif
