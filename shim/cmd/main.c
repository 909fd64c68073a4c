/* SPDX-License-Identifier: MIT */
/* dualbind: its subcommands, and its help. */
#include "cmd/command.h"
#include "cmd/say.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#ifndef VERSION
#define VERSION "unknown"
#endif

static const struct command commands[] = {
    {"run", "start a program so that its IPv4 listeners are reachable over IPv6", help_run, command_run},
    {"check", "tell what would happen to a program, or happens to a process", help_check, command_check},
    {"ps", "list the listening sockets here, and which are IPv4-only", help_ps, command_ps},
    {"rules", "read an allowlist and show what it says", help_rules, command_rules},
    {"install", "copy the library and this command to a folder", help_install, command_install},
};

enum { COMMANDS = sizeof commands / sizeof commands[0] };

static int help_all(void)
{
	fputs("usage: dualbind COMMAND [OPTION...] [ARGUMENT...]\n"
	      "\n"
	      "Makes IPv4-only servers reachable over IPv6, unmodified.\n"
	      "\n",
	      stdout);
	for (size_t i = 0; i < COMMANDS; i++)
		printf("  %-8s %s\n", commands[i].name, commands[i].summary);
	fputs("\n"
	      "dualbind help COMMAND, or dualbind COMMAND --help, tells more; so does the\n"
	      "manual page dualbind(1). dualbind --version tells the version.\n"
	      "\n"
	      "exit status: 0 done; 1 check: the program would not be served; 2 wrong usage,\n"
	      "or a malformed rule; 125 dualbind failed, or refuses; 126 the program cannot be\n"
	      "executed; 127 it was not found. run otherwise has its program's.\n",
	      stdout);
	return STATUS_DONE;
}

static const struct command *find(const char *name)
{
	for (size_t i = 0; i < COMMANDS; i++)
		if (strcmp(commands[i].name, name) == 0)
			return &commands[i];
	return NULL;
}

static int help_one(const char *name)
{
	const struct command *command = find(name);

	if (command == NULL)
		return say_usage("", "unknown command \"%s\": write run, check, ps, rules or install", name);
	fputs(command->help, stdout);
	return STATUS_DONE;
}

/* Not for run, where the option may belong to the program: run looks for it itself. */
static bool asks_for_help(int argc, char **argv)
{
	for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++)
		if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0)
			return true;
	return false;
}

static int dispatch(int argc, char **argv)
{
	const char *name = argc > 1 ? argv[1] : "--help";
	const struct command *command = find(name);

	if (argc < 2) {
		help_all();
		return STATUS_USAGE;
	}
	if (command != NULL)
		return command->run != command_run && asks_for_help(argc - 1, argv + 1)
			   ? help_one(name)
			   : command->run(argc - 1, argv + 1);
	if (strcmp(name, "--version") == 0 || strcmp(name, "-V") == 0) {
		puts("dualbind " VERSION);
		return STATUS_DONE;
	}
	if (strcmp(name, "--help") == 0 || strcmp(name, "-h") == 0 || strcmp(name, "help") == 0)
		return argc > 2 ? help_one(argv[2]) : help_all();
	return help_one(name);
}

/* If the output cannot be written, the command fails. */
int main(int argc, char **argv)
{
	int status = dispatch(argc, argv);

	if (fflush(stdout) != 0 || ferror(stdout)) {
		say("standard output cannot be written: %s", strerror(errno));
		return status == STATUS_DONE ? STATUS_FAILED : status;
	}
	return status;
}
