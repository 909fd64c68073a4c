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

/* Called for each such entry, with the folder in which it is. False ends the walk. */
typedef bool procfs_visitor(void *context, int folder, const char *name, int number);

/* False if FOLDER, an open one, cannot be read to its end. */
bool procfs_walk(int folder, procfs_visitor *visit, void *context);

/* openat(2) of NAME and REST put together, for reading, with additional FLAGS. */
int procfs_open(int folder, const char *name, const char *rest, int flags);

/* The same in this thread's own folder, or, if the kernel has none, in this process's.
 * (/proc/self is the first thread's, which may have ended before the others.) REST starts
 * with a slash. */
int procfs_open_own(const char *rest, int flags);

/* Whether this process can see its own folder: not in a chroot without /proc. */
bool procfs_is_there(void);

enum { PROCFS_LINE_BYTES = 256 };

/* Called for each line, without its newline and cut to fit. False ends the reading. */
typedef bool procfs_line_visitor(void *context, const char *line);

/* False if FILE, an open one, cannot be read to its end, or a visit has ended the
 * reading. */
bool procfs_lines(int file, procfs_line_visitor *visit, void *context);

/* The same, and FILE is closed. If FILE is -1: false, and errno is not changed. */
bool procfs_all_lines(int file, procfs_line_visitor *visit, void *context);

/* Read the beginning of a small file, as a string of less than SIZE bytes; it is opened as by procfs_open().
 * Returns the number of bytes; or -1 with errno, and an empty string. */
ssize_t procfs_text(int folder, const char *name, const char *rest, char *text, size_t size);

/* Read where the link NAME in FOLDER leads, as a string of less than SIZE bytes. Returns the number of bytes; if it
 * cannot be read, 0 or -1 with errno, and an empty string. */
ssize_t procfs_link(int folder, const char *name, char *target, size_t size);

/* How many of the LENGTH bytes of PATH, from a link or a list in /proc, are the path of a file, without the
 * " (deleted)" that follows if the file was removed. */
size_t procfs_path_length(const char *path, size_t length);

/* The name that is compared with a rule's glob: the part after the last slash of PATH, to which the link "exe" of a
 * process leads, even if the file was replaced since. PATH is cut. */
const char *procfs_program_name(char *path);

/* Whether NAME is a decimal number and nothing else. */
bool procfs_number(const char *name, int *number);

/* The word of LINE with that number, from 0, and all that follows; "" if there is none. */
const char *procfs_word(const char *line, unsigned number);

/* The digits that TEXT starts with, in BASE 10 or 16. False: none. */
bool procfs_digits(const char *text, unsigned base, uint64_t *number);

#endif
