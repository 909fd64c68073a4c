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
 * For subcommands that know --json alone, and take MOST words at most: reads
 * the options with getopt_long(3). STATUS_USAGE, having said what is wrong, or
 * 0 with the first word at optind.
 */
int command_options(int argc, char **argv, int least, int most, bool *json);

#endif
