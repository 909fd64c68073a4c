/* SPDX-License-Identifier: MIT */
/*
 * The files that are mapped into a process from their beginning: its program and its libraries.
 */
#ifndef DUALBIND_INSPECT_MAPPED_H
#define DUALBIND_INSPECT_MAPPED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* MEMORY, for mapped_read(), is the memory of the process. False ends the walk. */
typedef bool mapped_visitor(void *context, int *memory, uint64_t base, const char *path);

/* False: the process's files are not shown. */
bool mapped_walk(pid_t pid, mapped_visitor *visit, void *context);

/* A held_reader (held.h) of *MEMORY. */
bool mapped_read(void *memory, uint64_t address, void *to, size_t size);

#endif
