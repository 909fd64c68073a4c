/* SPDX-License-Identifier: MIT */
/*
 * What in a process makes calls past the library, although it is loaded there.
 */
#ifndef DUALBIND_CMD_PASSEDBY_H
#define DUALBIND_CMD_PASSEDBY_H

#include "inspect/process.h"

#include <limits.h>

struct passed_by {
	bool unsupervisable;   /* on this kernel; set by the caller */
	int ring;              /* the number of an io_uring instance; -1: none is seen */
	bool second;           /* a second C library: dlmopen(3) */
	char module[PATH_MAX]; /* a library whose code binds by itself; empty: none is seen */
};

/* Looks only for an io_uring instance, which takes no time. */
void passed_by_ring(struct passed_by *passed, pid_t pid);

/* Looks for the rest, for which every file that is mapped there is read. */
void passed_by_files(struct passed_by *passed, pid_t pid);

/* Prints a sentence that says what the io_uring instance means. */
void passed_by_print_ring(const struct passed_by *passed);

/* Why a listener of PROCESS, in which the library is loaded, was not converted, and which
 * mode helps; NULL: nothing was found. In a static buffer. */
const char *passed_by_why(const struct passed_by *passed, const struct process *process);

#endif
