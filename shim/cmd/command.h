/* SPDX-License-Identifier: MIT */
/*
 * The dualbind command: what main.c and the subcommands share.
 */
#ifndef DUALBIND_CMD_COMMAND_H
#define DUALBIND_CMD_COMMAND_H

#include "inspect/exit_status.h"

#include <stdbool.h>

struct command {
	const char *name, *summary, *help;
	int (*run)(int argc, char **argv);
};

int command_run(int argc, char **argv);
int command_check(int argc, char **argv);
int command_ps(int argc, char **argv);
int command_install(int argc, char **argv);
int command_rules(int argc, char **argv);

extern const char help_run[], help_check[], help_ps[], help_install[], help_rules[];

/*
 * For subcommands whose only option is --json, and which take LEAST to MOST operands:
 * reads the options with getopt_long(3). STATUS_USAGE, after a message, or 0 with the
 * first operand at optind.
 */
int command_options(int argc, char **argv, int least, int most, bool *json);

#endif
