/* SPDX-License-Identifier: MIT */
/*
 * Finds the library, libdualbind.so, and tells whether a program can load it.
 */
#ifndef DUALBIND_CMD_LOCATE_H
#define DUALBIND_CMD_LOCATE_H

#include "inspect/elffile.h"

#include <limits.h>
#include <stdbool.h>

enum { REASON_BYTES = PATH_MAX + 512 };

/* Why something is refused, and what would help. */
struct refusal {
	char reason[REASON_BYTES], remedy[REASON_BYTES];
};

void refuse(struct refusal *refusal, const char *remedy, const char *reason, ...)
    __attribute__((format(printf, 3, 4)));

/*
 * The absolute path of the library: GIVEN (DUALBIND_LIBRARY's value) unless it
 * is NULL or empty, else the file next to this command or in ../lib from there.
 */
bool locate_library(char path[PATH_MAX], const char *given, struct refusal *refusal);

/* This command's own file. */
bool locate_self(char path[PATH_MAX]);

/* Whether the loader of the program ELF (NULL: not known) would take the
 * library at PATH. */
bool locate_loads(const char *path, const struct elf *elf, struct refusal *refusal);

#endif
