/* SPDX-License-Identifier: MIT */
/*
 * What makes calls in a process that pass the library by although it is loaded there.
 */
#ifndef DUALBIND_CMD_PASSEDBY_H
#define DUALBIND_CMD_PASSEDBY_H

#include "inspect/process.h"

#include <limits.h>

struct passed_by {
	bool unsupervisable;   /* on this kernel, as the caller says */
	int ring;              /* the number of an io_uring instance; -1: none is seen */
	bool second;           /* a second C library: dlmopen(3) */
	char module[PATH_MAX]; /* a library whose code binds by itself; empty: none is seen */
};

/* The ring of the process alone, which is told at once. */
void passed_by_ring(struct passed_by *passed, pid_t pid);

/* The rest, for which each file that is mapped there is looked through. */
void passed_by_files(struct passed_by *passed, pid_t pid);

/* What the io_uring instance means: a sentence. */
void passed_by_print_ring(const struct passed_by *passed);

/* Why a listener of PROCESS, in which the library is loaded, was not converted, and which
 * mode helps; NULL: nothing is seen. In a static buffer. */
const char *passed_by_why(const struct passed_by *passed, const struct process *process);

#endif
