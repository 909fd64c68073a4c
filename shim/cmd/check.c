/* SPDX-License-Identifier: MIT */
/* dualbind check: what would happen to a program, or what happens to a process. */
#include "cmd/command.h"

#include "base/procfs.h"
#include "cmd/checkpid.h"
#include "cmd/describe.h"
#include "cmd/elsewhere.h"
#include "cmd/say.h"
#include "cmd/starts.h"
#include "supervise/filter.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char help_check[] = "usage: dualbind check [--json] PROGRAM|PID\n"
			  "\n"
			  "PROGRAM, found as run finds it, or in /usr/sbin: what it is (C library, static,\n"
			  "Go, set-user-ID), which mechanism \"dualbind run\" would take and why, whether the\n"
			  "library loads there, and if not, whether the supervisor converts its own\n"
			  "listeners.\n"
			  "\n"
			  "PID, a number: what the process is, whether the library is in it and with which\n"
			  "rules, and for each listening socket who can reach it and what to do. A program\n"
			  "whose name is a number is written ./NUMBER.\n"
			  "\n"
			  "exit status: 0 it, or what it starts, would be, or is, served; 1 neither would\n"
			  "be, or a socket on 0.0.0.0 is IPv4-only; 2 wrong usage; 125 it cannot be told;\n"
			  "126 PROGRAM cannot be executed; 127 it was not found.\n";

static void warn_of_children(const struct program *program, const struct plan *plan)
{
	if (!plan->supervise && program_is_shell(program))
		puts("A shell may start programs of another kind (Go, static). run looks for them in the command "
		     "line\nand the script; --mode both serves those too that are not named there.");
}

static int check_program(const char *name, bool as_json)
{
	static struct program program;
	static struct plan plan;
	struct json json = {.to = stdout};
	char *nothing[] = {NULL};
	int status = program_find(&program, name, getenv("PATH"));
	bool possible;

	if (status == STATUS_NOT_FOUND && elsewhere_find(&program, name))
		status = STATUS_DONE;
	if (status != 0) {
		say("%s", program.problem);
		return status;
	}
	possible = plan_make(&plan, &program, MODE_AUTO, getenv("DUALBIND_LIBRARY"),
			     starts_unserved(&program, nothing, getenv("PATH")));
	if (possible && plan.supervise && !filter_can_be_answered())
		plan_lose_supervisor(&plan);
	if (as_json) {
		json_open(&json, NULL, '{');
		describe_program_json(&json, &program);
		describe_plan_json(&json, &plan, possible);
		json_close(&json, '}');
		json_end(&json);
	} else {
		describe_program(&program);
		describe_plan(&program, &plan, possible);
		if (possible)
			warn_of_children(&program, &plan);
	}
	return possible && plan.serves ? STATUS_DONE : STATUS_UNSERVED;
}

int command_check(int argc, char **argv)
{
	bool json;
	int status = command_options(argc, argv, 1, 1, &json), pid;
	const char *word;

	if (status != 0)
		return status;
	word = argv[optind];
	if (word[0] == '\0')
		return say_usage("check", "the name of the program is empty");
	if (word[0] != '0' && strlen(word) < 10 && procfs_number(word, &pid) && pid > 0)
		return check_pid(pid, json);
	return check_program(word, json);
}
