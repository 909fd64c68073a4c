#include "plan.h"

#include <string.h>

/* Whether nothing that is preloaded would see the program's bind(). */
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

/* The kernel makes such a program's loader ignore LD_PRELOAD; without
 * CAP_SYS_ADMIN, a supervisor has to take its rights away. */
static bool is_served_privileged(struct refusal *refusal, const struct program *program, enum mode mode)
{
	bool keeps = privilege_keeps();

	if (program->privilege == PRIVILEGE_NONE || (keeps && (mode == MODE_AUTO || mode == MODE_SUPERVISE)))
		return true;
	refuse(refusal,
	       keeps ? "leave --mode out, or take --mode supervise"
		     : "start it as root or as the user whose rights it takes, or take them off the file "
		       "(chmod ug-s, setcap -r) and grant them in another way",
	       "%s has more rights than its caller (%s): its loader ignores LD_PRELOAD%s", program->file,
	       privilege_name(program->privilege),
	       keeps ? "" : ", and a supervisor without CAP_SYS_ADMIN would take the rights away");
	return false;
}

/* A mode that was asked for, and cannot serve the program. */
static bool is_served_so(struct refusal *refusal, const struct program *program, const char *beyond, enum mode mode)
{
	if (mode != MODE_PRELOAD)
		return true;
	if (program->clean) {
		refuse(refusal, "take --mode supervise, or env without -i",
		       "the #! line clears the environment (env -i), and LD_PRELOAD with it");
		return false;
	}
	if (beyond == NULL)
		return true;
	refuse(refusal, "leave --mode out, or take --mode supervise or --mode both",
	       "%s cannot be served by preloading: %s", program->file, beyond);
	return false;
}

/* Why the library does not serve PROGRAM itself, whatever it starts; NULL: it does. */
static const char *beyond_library(const struct program *program, const char *beyond)
{
	if (program->privilege != PRIVILEGE_NONE)
		return "its loader ignores LD_PRELOAD (set-user-ID, or file capabilities)";
	return program->clean ? "its #! line clears the environment (env -i)" : beyond;
}

/* Whatever auto supervises may be a launcher, and what it starts a program for the
 * library: that is carried along. */
static void choose(struct plan *plan, const char *beyond, enum mode mode)
{
	plan->preload = mode != MODE_SUPERVISE;
	plan->supervise = mode == MODE_SUPERVISE || mode == MODE_BOTH || (mode == MODE_AUTO && beyond != NULL);
	plan->why = mode != MODE_AUTO ? "as --mode says"
		    : beyond          ? beyond
				      : "it calls the C library, before which the library stands";
}

static bool can_supervise(struct plan *plan, const struct program *program)
{
	if (!plan->supervise || program->unreadable || program->elf.bits == 64)
		return true;
	refuse(&plan->refusal, "use a 64-bit build of it",
	       "%s is a 32-bit program, whose calls the supervisor does not see", program->file);
	return false;
}

/* Where the program itself would not load the library anyway, it is not missed
 * so much that nothing could be done. */
static bool can_preload(struct plan *plan, const struct program *program, const char *beyond, enum mode mode,
			const char *library)
{
	const bool loads_it = !program->unreadable && beyond == NULL;

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
	if (mode == MODE_AUTO && program->language == LANGUAGE_UNKNOWN)
		return OWN_NATIVE;
	return OWN_SUPERVISOR;
}

bool plan_make(struct plan *plan, const struct program *program, enum mode mode, const char *library)
{
	const char *never = beyond_preload(program), *beyond = beyond_library(program, never);

	memset(plan, 0, sizeof *plan);
	if (!is_served_privileged(&plan->refusal, program, mode) ||
	    !is_served_so(&plan->refusal, program, never, mode))
		return false;
	choose(plan, beyond, mode);
	plan->own = own_listeners(plan, program, beyond, mode);
	return can_preload(plan, program, beyond, mode, library) && can_supervise(plan, program);
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
