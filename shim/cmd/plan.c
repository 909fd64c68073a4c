/* SPDX-License-Identifier: MIT */
#include "cmd/plan.h"

#include "supervise/filter.h"
#include "supervise/judge.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* Why a preloaded library would not see the program's bind(); NULL: it would. */
static const char *beyond_preload(const struct program *program)
{
	if (program->unreadable)
		return NULL;
	if (program->elf.go)
		return "it is a Go program, which calls the kernel itself";
	if (program->elf.libc == ELF_NO_LIBC)
		return "it is static, so nothing can be preloaded";
	if (program->elf.libc == ELF_OTHER_LIBC)
		return "its loader is neither glibc's nor musl's";
	return NULL;
}

/* The command line in which PROGRAM, a launcher, starts dualbind. */
static void add_behind(char *text, size_t size, const struct program *program)
{
	static const struct {
		const char *name, *before, *after;
	} launchers[] = {
	    {"ssh-agent", "", ""}, {"sg", " GROUP -c '", "'"}, {"su", " USER -c '", "'"}, {"", " ...", ""}};
	const char *base = program_base_name(program->name);
	size_t i = 0;

	while (launchers[i].name[0] != '\0' && strcmp(launchers[i].name, base) != 0)
		i++;
	snprintf(text, size, "%s%s%sdualbind run PROGRAM%s", program->name, launchers[i].before,
		 strchr(launchers[i].before, '\'') ? "" : " ", launchers[i].after);
}

/* For a PROGRAM that loses LD_PRELOAD, so that the programs that it starts are not
 * served either. */
static void set_remedy_behind(struct refusal *refusal, const struct program *program, const char *rest)
{
	char behind[PATH_MAX + 64];

	if (program->privilege == PRIVILEGE_NONE) {
		snprintf(refusal->remedy, sizeof refusal->remedy,
			 "leave -i out of its #! line, or start dualbind behind it there (#!/usr/bin/env -S -i "
			 "/PATH/TO/dualbind run PROGRAM)");
		return;
	}
	add_behind(behind, sizeof behind, program);
	snprintf(refusal->remedy, sizeof refusal->remedy, "if it starts the server, start dualbind behind it: %s%s",
		 behind, rest);
}

/* For a program that is the server itself, and would lose its rights under a supervisor. */
static const char *remedy_without_rights(enum privilege privilege)
{
	if (getuid() == 0)
		return "; in front of it dualbind needs CAP_SYS_ADMIN, and would serve only programs in Go, Rust "
		       "and "
		       "Zig";
	if (privilege == PRIVILEGE_SETUID)
		return "; if it is the server, start dualbind as the user who owns the file";
	if (privilege == PRIVILEGE_SETGID)
		return "; if it is the server, start dualbind with the file's group (setpriv --regid)";
	return "; if it is the server, start dualbind as root";
}

/* The kernel makes such a program's loader ignore LD_PRELOAD; and under a supervisor
 * without CAP_SYS_ADMIN the program loses its rights. */
static bool is_served_privileged(struct refusal *refusal, const struct program *program, enum mode mode)
{
	bool keeps = privilege_keeps();

	if (program->privilege == PRIVILEGE_NONE || (keeps && (mode == MODE_AUTO || mode == MODE_SUPERVISE)))
		return true;
	refuse(refusal, "", "%s has more rights than its caller (%s): its loader ignores LD_PRELOAD%s",
	       program->file, privilege_name(program->privilege),
	       keeps ? "" : ", and a supervisor without CAP_SYS_ADMIN would take the rights away");
	set_remedy_behind(
	    refusal, program,
	    keeps ? "; if it is the server, --mode supervise would convert its listeners, but then " JUDGE_RISK
		  : remedy_without_rights(program->privilege));
	return false;
}

/* False if the mode was asked for and cannot serve the program. */
static bool is_served_so(struct refusal *refusal, const struct program *program, const char *beyond, enum mode mode)
{
	if (mode != MODE_PRELOAD)
		return true;
	if (program->clean) {
		refuse(refusal, "", "the #! line clears the environment (env -i), and LD_PRELOAD with it");
		set_remedy_behind(refusal, program, "");
		return false;
	}
	if (beyond == NULL)
		return true;
	refuse(refusal,
	       program->language != LANGUAGE_UNKNOWN
		   ? "leave --mode out: a supervisor then converts its listeners"
		   : "--mode supervise would convert its listeners, but then " JUDGE_RISK
		     "; with --mode left out they stay IPv4, and only programs that it starts are served",
	       "%s cannot be served by preloading: %s", program->file, beyond);
	return false;
}

/* Programs that first of all execute themselves again without LD_PRELOAD, as ClickHouse does. */
static bool clears_preload(const struct program *program)
{
	static const char *const names[] = {"clickhouse"};
	const char *base = program_base_name(program->file);

	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
		if (strncmp(base, names[i], strlen(names[i])) == 0)
			return true;
	return false;
}

/* Why PROGRAM does not load the library; NULL: it does. */
static const char *beyond_loader(const struct program *program)
{
	switch (program->privilege) {
	case PRIVILEGE_SETUID:
		return "its loader ignores LD_PRELOAD (set-user-ID)";
	case PRIVILEGE_SETGID:
		return "its loader ignores LD_PRELOAD (set-group-ID)";
	case PRIVILEGE_CAPABILITIES:
		return "its loader ignores LD_PRELOAD (file capabilities)";
	case PRIVILEGE_NONE:
		break;
	}
	return program->clean ? "its #! line clears the environment (env -i)" : beyond_preload(program);
}

/* Why the library does not serve PROGRAM itself, whatever it starts; NULL: it does. */
static const char *beyond_library(const struct program *program)
{
	const char *beyond = beyond_loader(program);

	if (beyond != NULL || program->unreadable)
		return beyond;
	if (program->calls_kernel)
		return "it makes system calls of its own, past the C library";
	return clears_preload(program) ? "it is known to clear LD_PRELOAD and to execute itself again" : NULL;
}

/* A program that auto supervises may be a launcher, and start programs that the library
 * can serve: so the library is given to it as well. */
static void choose(struct plan *plan, const char *beyond, enum mode mode, const char *starts)
{
	const char *need = beyond != NULL ? beyond : starts;

	plan->preload = mode != MODE_SUPERVISE;
	plan->supervise = mode == MODE_SUPERVISE || mode == MODE_BOTH || (mode == MODE_AUTO && need != NULL);
	plan->why = mode != MODE_AUTO ? "as --mode says"
		    : need            ? need
				      : "it calls the C library, so the library is preloaded";
}

static bool can_supervise(struct plan *plan, const struct program *program)
{
	if (!plan->supervise || program->unreadable || program->elf.bits == 64)
		return true;
	refuse(&plan->refusal, "use a 64-bit build of it",
	       "%s is a 32-bit program, whose calls the supervisor does not see", program->file);
	return false;
}

/* False if the library cannot be used and is needed: auto can do with the supervisor alone, if
 * there is one. */
static bool can_preload(struct plan *plan, const struct program *program, enum mode mode, const char *library)
{
	const bool loads_it = !program->unreadable && beyond_loader(program) == NULL;

	if (!plan->preload || (locate_library(plan->library, library, &plan->refusal) &&
			       locate_loads(plan->library, loads_it ? &program->elf : NULL, &plan->refusal)))
		return true;
	if (mode != MODE_AUTO || !plan->supervise)
		return false;
	plan->preload = false;
	plan->alone = true;
	return true;
}

static enum own own_listeners(const struct plan *plan, const struct program *program, const char *beyond,
			      enum mode mode)
{
	if (beyond == NULL && plan->preload)
		return OWN_LIBRARY;
	if (!plan->supervise || (mode == MODE_AUTO && program->language == LANGUAGE_UNKNOWN))
		return OWN_NATIVE;
	return OWN_SUPERVISOR;
}

/* Sets the remedy if neither the program nor others are served. */
static void judge(struct plan *plan, const struct program *program)
{
	const bool lost = program->clean || program->privilege != PRIVILEGE_NONE;

	plan->serves = plan->own != OWN_NATIVE || (plan->preload && !lost);
	if (plan->preload && lost)
		set_remedy_behind(&plan->refusal, program, "");
}

bool plan_make(struct plan *plan, const struct program *program, enum mode mode, const char *library,
	       const char *starts)
{
	const char *beyond = beyond_library(program);

	memset(plan, 0, sizeof *plan);
	if (!is_served_privileged(&plan->refusal, program, mode) ||
	    !is_served_so(&plan->refusal, program, beyond_preload(program), mode))
		return false;
	choose(plan, beyond, mode, program->elf.bits == 32 ? NULL : starts);
	plan->own = own_listeners(plan, program, beyond, mode);
	if (!can_preload(plan, program, mode, library) || !can_supervise(plan, program))
		return false;
	judge(plan, program);
	return true;
}

void plan_lose_supervisor(struct plan *plan)
{
	if (!plan->supervise)
		return;
	plan->unsupervised = true;
	if (plan->own == OWN_SUPERVISOR)
		plan->own = OWN_NATIVE;
	plan->serves = plan->serves && plan->preload;
	if (!plan->serves && plan->refusal.remedy[0] == '\0')
		refuse(&plan->refusal, "use a newer kernel", FILTER_LACK);
}

static const char *const names[] = {
    [MODE_AUTO] = "auto",
    [MODE_PRELOAD] = "preload",
    [MODE_SUPERVISE] = "supervise",
    [MODE_BOTH] = "both",
};

bool plan_mode(enum mode *mode, const char *word)
{
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
		if (strcmp(names[i], word) == 0) {
			*mode = (enum mode)i;
			return true;
		}
	return false;
}

const char *plan_name(const struct plan *plan)
{
	return names[plan->preload && plan->supervise ? MODE_BOTH : plan->preload ? MODE_PRELOAD : MODE_SUPERVISE];
}
