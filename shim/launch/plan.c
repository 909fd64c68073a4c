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
static bool choose_privileged(struct plan *plan, const struct program *program, enum mode mode)
{
	bool keeps = privilege_keeps();

	if (keeps && (mode == MODE_AUTO || mode == MODE_SUPERVISE)) {
		plan->supervise = true;
		plan->why = "its loader ignores LD_PRELOAD (set-user-ID, or file capabilities)";
		return true;
	}
	refuse(&plan->refusal,
	       keeps ? "leave --mode out, or take --mode supervise"
		     : "start it as root or as the user whose rights it takes, or take them off the file "
		       "(chmod ug-s, setcap -r) and grant them in another way",
	       "%s has more rights than its caller (%s): its loader ignores LD_PRELOAD%s", program->file,
	       privilege_name(program->privilege),
	       keeps ? "" : ", and a supervisor without CAP_SYS_ADMIN would take the rights away");
	return false;
}

static void choose(struct plan *plan, const char *beyond, enum mode mode)
{
	plan->preload = mode == MODE_PRELOAD || mode == MODE_BOTH || (mode == MODE_AUTO && beyond == NULL);
	plan->supervise = mode == MODE_SUPERVISE || mode == MODE_BOTH || (mode == MODE_AUTO && beyond != NULL);
	plan->why = mode != MODE_AUTO ? "as --mode says"
		    : beyond          ? beyond
				      : "it calls the C library, before which the library stands";
}

static bool supervisable(struct plan *plan, const struct program *program)
{
	if (!plan->supervise || program->unreadable || program->elf.bits == 64)
		return true;
	refuse(&plan->refusal, "use a 64-bit build of it",
	       "%s is a 32-bit program, whose calls the supervisor does not see", program->file);
	return false;
}

bool plan_make(struct plan *plan, const struct program *program, enum mode mode, const char *library)
{
	const char *beyond = beyond_preload(program);
	bool known = !program->unreadable && beyond == NULL;

	memset(plan, 0, sizeof *plan);
	if (program->clean && mode == MODE_PRELOAD) {
		refuse(&plan->refusal, "take --mode supervise, or env without -i",
		       "the #! line clears the environment (env -i), and LD_PRELOAD with it");
		return false;
	}
	if (program->privilege != PRIVILEGE_NONE) {
		if (!choose_privileged(plan, program, mode))
			return false;
	} else if (mode == MODE_PRELOAD && beyond != NULL) {
		refuse(&plan->refusal, "leave --mode out, or take --mode supervise or --mode both",
		       "%s cannot be served by preloading: %s", program->file, beyond);
		return false;
	} else
		choose(plan, program->clean ? "its #! line clears the environment (env -i)" : beyond, mode);
	if (plan->preload && (!locate_library(plan->library, library, &plan->refusal) ||
			      !locate_loads(plan->library, known ? &program->elf : NULL, &plan->refusal)))
		return false;
	return supervisable(plan, program);
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
