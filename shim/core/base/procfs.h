/* SPDX-License-Identifier: MIT */
/*
 * Reading /proc: folders whose entries are numbers (processes, threads,
 * descriptors), and files of lines. No malloc.
 */
#ifndef DUALBIND_BASE_PROCFS_H
#define DUALBIND_BASE_PROCFS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* Called for each such entry, with the folder it is in. False ends the walk. */
typedef bool procfs_visitor(void *context, int folder, const char *name, int number);

/* False where FOLDER, an open one, cannot be read to its end. */
bool procfs_walk(int folder, procfs_visitor *visit, void *context);

/* openat(2) of NAME and REST put together, to read, with FLAGS besides. */
int procfs_open(int folder, const char *name, const char *rest, int flags);

/* The same of this thread's own folder, or, where the kernel has none, this
 * process's. (/proc/self is the first thread's, which may have ended before the
 * others.) REST starts with a slash. */
int procfs_open_own(const char *rest, int flags);

/* Whether this process can see its own folder: not in a chroot without /proc. */
bool procfs_is_there(void);

enum { PROCFS_LINE_BYTES = 256 };

/* Called for each line, without its newline and cut to fit. False ends. */
typedef bool procfs_line_visitor(void *context, const char *line);

/* False where FILE, an open one, cannot be read to its end, or a visit ended
 * it. */
bool procfs_lines(int file, procfs_line_visitor *visit, void *context);

/* The same, and FILE is closed. False with errno as it is where it is -1. */
bool procfs_all_lines(int file, procfs_line_visitor *visit, void *context);

/* The beginning of a small file, as a string of less than SIZE bytes, opened as by procfs_open().
 * How many bytes; -1 with errno, and an empty string. */
ssize_t procfs_text(int folder, const char *name, const char *rest, char *text, size_t size);

/* Where the link NAME in FOLDER leads, as a string of less than SIZE bytes. How many; where that cannot be
 * read 0, or -1 with errno, and an empty string. */
ssize_t procfs_link(int folder, const char *name, char *target, size_t size);

/* Of the LENGTH bytes of PATH, as a link or a list in /proc tells a file's: how many are
 * the path, without the " (deleted)" that follows where the file has gone. */
size_t procfs_path_length(const char *path, size_t length);

/* The name that a rule's glob is matched with: of PATH, where the link "exe" of a process leads, what follows
 * the last slash, even where the file has been replaced since. PATH is cut. */
const char *procfs_program_name(char *path);

/* A decimal number and nothing else. */
bool procfs_number(const char *name, int *number);

/* LINE's word of that number, from 0, and what follows; "" where there is none. */
const char *procfs_word(const char *line, unsigned number);

/* The digits that TEXT starts with, in BASE 10 or 16. False: none. */
bool procfs_digits(const char *text, unsigned base, uint64_t *number);

#endif
