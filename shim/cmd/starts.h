/* SPDX-License-Identifier: MIT */
/*
 * What a launcher (a shell, a script, env, tini) starts, as far as the words of its
 * command line and its script's text tell.
 */
#ifndef DUALBIND_CMD_STARTS_H
#define DUALBIND_CMD_STARTS_H

#include "inspect/program.h"

/*
 * Why the library does not serve what PROGRAM starts, but a supervisor would help: the
 * words name a program in Go, Rust or Zig that does not call the C library, or an option
 * by which a launcher clears LD_PRELOAD. NULL: they name none, or also a program with rights
 * of its own that a supervisor would take away. ARGUMENTS come after its name, and PATH
 * is the value of that variable. The text is in a static buffer.
 */
const char *starts_unserved(const struct program *program, char *const arguments[], const char *path);

#endif
