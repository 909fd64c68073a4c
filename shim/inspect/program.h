/* SPDX-License-Identifier: MIT */
/*
 * Finds the file of a program, through PATH as execvp(3) does, and along #! lines as
 * the kernel does, to the ELF file that runs in the end; and what that is.
 */
#ifndef DUALBIND_INSPECT_PROGRAM_H
#define DUALBIND_INSPECT_PROGRAM_H

#include "inspect/elffile.h"
#include "inspect/language.h"
#include "inspect/privilege.h"

#include <limits.h>
#include <stdbool.h>

/* The kernel follows five #! lines; "env" among them starts anew. */
enum { PROGRAM_SCRIPTS_MAX = 5, PROGRAM_ENV_MAX = 4 };

struct program {
	const char *name;    /* as it was given */
	char path[PATH_MAX]; /* the path for execve(2) */
	char file[PATH_MAX]; /* what runs in the end */
	unsigned scripts;    /* the number of #! lines on the way to it */
	bool by_shell;       /* a text without #!: /bin/sh reads it, as after execvp(3) */
	bool clean;          /* env -i on the way clears the environment */
	bool unreadable;     /* FILE may be executed but not read */
	enum elf_kind kind;
	struct elf elf;
	bool calls_kernel;      /* it loads the library, but makes system calls past it */
	enum language language; /* only if the library does not serve it */
	enum privilege privilege;
	char problem[PATH_MAX + 128];
};

/*
 * Fill in *PROGRAM for NAME, searched in SEARCH (PATH's value; NULL: the default)
 * unless it has a slash. 0, or STATUS_NOT_FOUND or STATUS_NOT_EXECUTABLE with
 * the reason in program->problem.
 */
int program_find(struct program *program, const char *name, const char *search);

/* Whether NAME is found, and gives rights to the process that executes it (privilege.h). */
bool program_has_rights(const char *name, const char *search);

/* Whether the library, if it is preloaded, sees the calls of what runs in the end; true if the file
 * cannot be read. Rights that make the loader ignore LD_PRELOAD are not considered. */
bool program_calls_library(const struct program *program);

/* Whether what runs in the end is a shell; or an interpreter of another language (Python, Node,
 * Java), in which the server itself is written. */
bool program_is_shell(const struct program *program);
bool program_is_interpreter(const struct program *program);

/* What follows the last slash of PATH. */
const char *program_base_name(const char *path);

/* program_find for a process's own executable: FILE, an open one, called NAME. */
void program_inspect(struct program *program, int file, const char *name);

#endif
