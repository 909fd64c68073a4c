/*
 * Folders of /proc whose entries are numbers: processes, threads, descriptors.
 */
#ifndef DUALBIND_PROC_H
#define DUALBIND_PROC_H

#include <stdbool.h>
#include <stdint.h>

/* Called for each such entry, with the folder it is in. False ends the walk. */
typedef bool proc_visitor(void *context, int folder, const char *name, int number);

/* False where FOLDER, an open one, cannot be read to its end. No malloc. */
bool proc_walk(int folder, proc_visitor *visit, void *context);

/* openat(2) of NAME and REST put together, to read, with FLAGS besides. */
int proc_open(int folder, const char *name, const char *rest, int flags);

/* A decimal number and nothing else. */
bool proc_number(const char *name, int *number);

/* The digits that TEXT starts with, in BASE 10 or 16 (lower case). False: none. */
bool proc_digits(const char *text, unsigned base, uint64_t *number);

#endif
