/* SPDX-License-Identifier: MIT */
/*
 * What a launcher (a shell, a script, env, tini) starts, as far as the words on its
 * command line and the text of its script show.
 */
#ifndef DUALBIND_CMD_STARTS_H
#define DUALBIND_CMD_STARTS_H

#include "inspect/program.h"

/*
 * Why the library does not serve what PROGRAM starts, although a supervisor would: the
 * words name a program in Go, Rust or Zig that does not call the C library, or an option
 * by which a launcher clears LD_PRELOAD. NULL: they name no such thing; or they also name a
 * program that would lose its rights under a supervisor. ARGUMENTS are PROGRAM's without its
 * name, and PATH is the value of that variable. The text is in a static buffer.
 */
const char *starts_unserved(const struct program *program, char *const arguments[], const char *path);

#endif
