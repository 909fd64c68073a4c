/* SPDX-License-Identifier: MIT */
/*
 * The files of a process in /proc.
 */
#ifndef DUALBIND_INSPECT_PROCFILE_H
#define DUALBIND_INSPECT_PROCFILE_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

enum { PROCFILE_PATH = 64 };

/* "/proc/PID/NAME", in PATH. */
const char *procfile_path(char path[PROCFILE_PATH], pid_t pid, const char *name);

/* open(2) for reading. */
int procfile_open(pid_t pid, const char *name);

/* Where a link leads; empty if that is not shown. */
void procfile_link(char *target, size_t size, pid_t pid, const char *name);

/* The name of a process, from its file NAME and REST (procfs_open), to be shown or matched: SIZE - 1
 * bytes at most. False, and empty, if it cannot be read. */
bool procfile_comm(int folder, const char *name, const char *rest, char *comm, size_t size);

/* The whole of a file, ended by a zero, to be freed; NULL if it cannot be read. */
char *procfile_read(pid_t pid, const char *name, size_t *length);

/* The number after KEY, in a line of the process's status; 0 if there is none. */
int procfile_number(pid_t pid, const char *key);

/* Whether ERROR, an errno value, says that this user may not look into the process. */
bool procfile_is_refusal(int error);

#endif
