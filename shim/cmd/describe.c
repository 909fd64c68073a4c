/* SPDX-License-Identifier: MIT */
#include "cmd/describe.h"

#include "supervise/filter.h"
#include "supervise/judge.h"

#include <stdio.h>
#include <string.h>

void describe_kind(char *text, size_t size, const struct program *program)
{
	const struct elf *elf = &program->elf;
	const char *name = language_name(program->language);
	char language[32] = "";

	if (name != NULL)
		snprintf(language, sizeof language, "a %s program, ", name);
	if (program->unreadable)
		snprintf(text, size, "a program that may be executed, but not read: what it is cannot be told");
	else if (elf->libc == ELF_NO_LIBC)
		snprintf(text, size, "%sstatic%s, for %s", language, elf->movable ? " (position-independent)" : "",
			 elf_machine(elf));
	else
		snprintf(text, size, "%sdynamically linked to %s (%s), for %s", language, elf_libc_name(elf->libc),
			 elf->loader[0] ? elf->loader : "it is the loader", elf_machine(elf));
}

void describe_program(const struct program *program)
{
	char kind[PATH_MAX + 128];

	if (program->by_shell)
		printf("%s is a text without a #! line, which %s reads.\n", program->path, program->file);
	else if (program->scripts > 0)
		printf("%s is a script, which %s runs%s.\n", program->path, program->file,
		       program->clean ? ", with an environment that its #! line clears" : "");
	describe_kind(kind, sizeof kind, program);
	printf("%s is %s.\n", program->file, kind);
	if (program->privilege != PRIVILEGE_NONE)
		printf("It takes rights that its caller does not have (%s): its loader ignores LD_PRELOAD.\n",
		       privilege_name(program->privilege));
}

/* For a program that does not load the library. */
static void describe_own(const struct program *program, const struct plan *plan)
{
	if (plan->preload && (program->clean || program->privilege != PRIVILEGE_NONE))
		printf("Programs that it starts go without the library, since LD_PRELOAD is lost there.\n"
		       "Remedy: %s.\n",
		       plan->refusal.remedy);
	else if (plan->preload)
		printf("The library %s serves those programs that it starts and that load it.\n", plan->library);
	else if (plan->refusal.reason[0] != '\0')
		printf("Programs that it starts go without the library: %s (%s).\n", plan->refusal.reason,
		       plan->refusal.remedy);
	puts(plan->own == OWN_SUPERVISOR ? "The supervisor converts its own listeners."
	     : plan->unsupervised
		 ? "Its own listeners stay IPv4."
		 : "Its own listeners stay IPv4: it may not expect IPv6 clients. --mode supervise would "
		   "convert them,\nbut then " JUDGE_RISK ".");
}

void describe_plan(const struct program *program, const struct plan *plan, bool possible)
{
	if (!possible) {
		printf("dualbind run refuses it: %s.\n", plan->refusal.reason);
		printf("Remedy: %s.\n", plan->refusal.remedy);
		return;
	}
	printf("dualbind run takes the mechanism \"%s\": %s.\n", plan_name(plan), plan->why);
	if (plan->unsupervised)
		puts("Nothing is supervised: " FILTER_LACK ".");
	if (plan->own == OWN_LIBRARY)
		printf("The library %s can be loaded into it.\n", plan->library);
	else
		describe_own(program, plan);
}

void describe_program_json(struct json *json, const struct program *program)
{
	static const char *const libc[] = {
	    [ELF_NO_LIBC] = NULL, [ELF_GLIBC] = "glibc", [ELF_MUSL] = "musl", [ELF_OTHER_LIBC] = "other"};
	bool known = !program->unreadable;

	json_string(json, "path", program->path);
	json_string(json, "file", program->file);
	json_number(json, "scripts", (long)program->scripts);
	json_bool(json, "readable", known);
	json_string(json, "libc", known ? libc[program->elf.libc] : NULL);
	json_string(json, "loader", program->elf.loader[0] ? program->elf.loader : NULL);
	if (known) {
		json_bool(json, "static", program->elf.libc == ELF_NO_LIBC);
		json_bool(json, "go", program->elf.go);
		json_string(json, "language", language_name(program->language));
		json_string(json, "machine", elf_machine(&program->elf));
	}
	json_string(json, "privilege",
		    program->privilege == PRIVILEGE_NONE ? NULL : privilege_name(program->privilege));
}

void describe_plan_json(struct json *json, const struct plan *plan, bool possible)
{
	static const char *const own[] = {
	    [OWN_LIBRARY] = "library", [OWN_SUPERVISOR] = "supervisor", [OWN_NATIVE] = "native"};

	json_string(json, "mechanism", possible ? plan_name(plan) : NULL);
	json_string(json, "own_listeners", possible ? own[plan->own] : NULL);
	json_bool(json, "unsupervised", possible && plan->unsupervised);
	json_string(json, "why", possible ? plan->why : plan->refusal.reason);
	json_string(json, "remedy", possible && plan->serves ? NULL : plan->refusal.remedy);
	json_string(json, "library", possible && plan->preload ? plan->library : NULL);
}
