/* SPDX-License-Identifier: MIT */
/*
 * dualbind check for a running process.
 */
#ifndef DUALBIND_CMD_CHECKPID_H
#define DUALBIND_CMD_CHECKPID_H

#include <stdbool.h>
#include <sys/types.h>

/* Returns the command's exit status. */
int check_pid(pid_t pid, bool as_json);

#endif
