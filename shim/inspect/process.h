/* SPDX-License-Identifier: MIT */
/*
 * A running process, as /proc shows it: its program, whether the library is in it,
 * and with which settings.
 */
#ifndef DUALBIND_INSPECT_PROCESS_H
#define DUALBIND_INSPECT_PROCESS_H

#include "inspect/environment.h"
#include "inspect/held.h"
#include "inspect/program.h"

#include <sys/types.h>

struct process {
	pid_t pid;
	char command[64];
	char executable[PATH_MAX];
	struct program program;
	bool maps_seen, loaded;
	char library[PATH_MAX]; /* where LOADED */
	struct held held;       /* what the library holds, if LOADED */
	bool environment_seen;  /* as it was when the process started */
	bool environment_lost;  /* it is not seen, since the process has overwritten it */
	char *text;             /* the strings of the environment */
	struct environment environment;
	bool secure;          /* AT_SECURE: its loader has ignored LD_PRELOAD */
	pid_t supervisor;     /* the dualbind that supervises it, or 0 */
	bool supervisor_seen; /* whether that could be told */
};

/* False with errno: ESRCH if there is no such process, ENOEXEC if it has no program,
 * like a kernel thread. */
bool process_read(struct process *process, pid_t pid);

/* Enter its network namespace, if it is another one. False with errno. */
bool process_enter_network(pid_t pid);

#endif
