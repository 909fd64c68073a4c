/* SPDX-License-Identifier: MIT */
/*
 * What the target executes. The program can influence what is read here, so nothing of it is trusted.
 */
#ifndef DUALBIND_SUPERVISE_LOOK_H
#define DUALBIND_SUPERVISE_LOOK_H

#include "inspect/language.h"
#include "supervise/target.h"

#include <stdbool.h>

struct executable {
	enum elf_kind kind; /* ELF_NONE: the file cannot be read */
	enum elf_libc libc;
	enum language language;
};

struct executable look_executable(const struct target *target);

/* Whether a file called NAME, in any folder, is mapped into the target. */
bool look_is_loaded(const struct target *target, const char *name);

/* Whether the call was made by code of the C library, or of a file called NAME. */
bool look_is_by_library(const struct target *target, const char *name);

/* Whether the target was started with an LD_PRELOAD that names such a file. */
bool look_preloads(const struct target *target, const char *name);

#endif
