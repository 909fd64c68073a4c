/* SPDX-License-Identifier: MIT */
/*
 * Which dualbind supervises a process, and which process a dualbind supervises.
 */
#ifndef DUALBIND_INSPECT_SUPERVISOROF_H
#define DUALBIND_INSPECT_SUPERVISOROF_H

#include <stdbool.h>
#include <sys/types.h>

/* 0: it is not supervised. *SEEN: whether that could be told. */
pid_t supervisor_of(pid_t pid, bool *seen);

/* If PID is a supervisor, the process of the program that it has started; else 0. */
pid_t supervised_by(pid_t pid);

#endif
