/* SPDX-License-Identifier: MIT */
/* By which mechanism a program is served, for each kind of program and each mode. */
#define _GNU_SOURCE
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "cmd/plan.h"
#include "supervise/filter.h"
#include "supervise/judge.h"

#include <elf.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* This program, which may be loaded anywhere, stands for the library. */
#define LIBRARY "/proc/self/exe"

static struct program program;
static struct plan plan;

/* A program that is linked to glibc, for this machine. */
static int begin(void **state)
{
	int file = open(LIBRARY, O_RDONLY | O_CLOEXEC);

	(void)state;
	memset(&program, 0, sizeof program);
	program.name = "x";
	strcpy(program.path, "/bin/x");
	strcpy(program.file, "/bin/x");
	program.kind = elf_read(file, &program.elf);
	close(file);
	program.elf.libc = ELF_GLIBC;
	return program.kind != ELF_SOUND;
}

static void is_static(void)
{
	program.elf.libc = ELF_NO_LIBC;
}

static void is_go(void)
{
	program.elf.go = true;
	program.language = LANGUAGE_GO;
}

/* The mechanism and whose the program's own listeners are, as "both native"; or "no", and
 * then REASON and REMEDY are in plan.refusal. */
static void expect(enum mode mode, const char *starts, const char *wanted)
{
	static const char *const own[] = {
	    [OWN_LIBRARY] = "library", [OWN_SUPERVISOR] = "supervisor", [OWN_NATIVE] = "native"};
	char seen[64] = "no";

	if (plan_make(&plan, &program, mode, LIBRARY, starts))
		snprintf(seen, sizeof seen, "%s %s%s", plan_name(&plan), own[plan.own],
			 plan.serves ? "" : ", none served");
	assert_string_equal(seen, wanted);
}

static void says(const char *part, const char *remedy)
{
	assert_non_null(strstr(plan.refusal.reason, part));
	assert_non_null(strstr(plan.refusal.remedy, remedy));
}

static void in_each_mode(const char *automatic, const char *preload, const char *supervise, const char *both)
{
	expect(MODE_AUTO, NULL, automatic);
	expect(MODE_PRELOAD, NULL, preload);
	expect(MODE_SUPERVISE, NULL, supervise);
	expect(MODE_BOTH, NULL, both);
}

static void an_ordinary_program(void **state)
{
	(void)state;
	in_each_mode("preload library", "preload library", "supervise supervisor", "both library");
	assert_string_equal(plan.why, "as --mode says");
	program.elf.libc = ELF_MUSL;
	in_each_mode("preload library", "preload library", "supervise supervisor", "both library");
	program.unreadable = true;
	in_each_mode("preload library", "preload library", "supervise supervisor", "both library");
}

static void a_program_that_starts_another_kind(void **state)
{
	(void)state;
	expect(MODE_AUTO, "it seems to start x", "both library");
	assert_string_equal(plan.why, "it seems to start x");
	expect(MODE_PRELOAD, "it seems to start x", "preload library");
	program.elf.bits = 32; /* and so the supervisor could not */
	expect(MODE_AUTO, "it seems to start x", "no");
}

/* Nothing can be preloaded. What it takes IPv6 clients for is known of some languages. */
static void programs_beyond_the_library(void **state)
{
	(void)state;
	is_static();
	in_each_mode("both native", "no", "supervise supervisor", "both supervisor");
	expect(MODE_PRELOAD, NULL, "no");
	says("/bin/x cannot be served by preloading: it is static",
	     "--mode supervise would convert its listeners, but "
	     "then " JUDGE_RISK "; with --mode left out");
	program.language = LANGUAGE_RUST;
	in_each_mode("both supervisor", "no", "supervise supervisor", "both supervisor");
	expect(MODE_PRELOAD, NULL, "no");
	says("it is static", "leave --mode out: a supervisor then converts its listeners");
	is_go();
	program.elf.libc = ELF_GLIBC;
	in_each_mode("both supervisor", "no", "supervise supervisor", "both supervisor");
	program.elf.go = false;
	program.language = LANGUAGE_UNKNOWN;
	program.elf.libc = ELF_OTHER_LIBC;
	in_each_mode("both native", "no", "supervise supervisor", "both supervisor");
	assert_true(plan_make(&plan, &program, MODE_AUTO, LIBRARY, NULL));
	assert_string_equal(plan.why, "its loader is neither glibc's nor musl's");
}

/* It loads the library, and passes it by. */
static void programs_that_pass_the_library_by(void **state)
{
	(void)state;
	program.calls_kernel = true;
	in_each_mode("both native", "preload native", "supervise supervisor", "both supervisor");
	program.language = LANGUAGE_RUST;
	expect(MODE_AUTO, NULL, "both supervisor");
	assert_string_equal(plan.why, "it makes system calls of its own, past the C library");
	program.calls_kernel = false;
	strcpy(program.file, "/usr/bin/clickhouse-server");
	expect(MODE_AUTO, NULL, "both supervisor");
	assert_string_equal(plan.why, "it is known to clear LD_PRELOAD and to execute itself again");
}

static void a_script_that_clears_the_environment(void **state)
{
	(void)state;
	program.clean = true;
	in_each_mode("both native, none served", "no", "supervise supervisor", "both supervisor");
	expect(MODE_AUTO, NULL, "both native, none served");
	says("", "leave -i out of its #! line");
	expect(MODE_PRELOAD, NULL, "no");
	says("the #! line clears the environment", "leave -i out of its #! line");
}

/* What rights a supervisor leaves it depends on those of this process. */
static void a_program_with_rights_of_its_own(void **state)
{
	static const struct {
		const char *name, *behind;
	} launchers[] = {{"/usr/bin/ssh-agent", "/usr/bin/ssh-agent dualbind run PROGRAM"},
			 {"sg", "sg GROUP -c 'dualbind run PROGRAM'"},
			 {"/bin/su", "/bin/su USER -c 'dualbind run PROGRAM'"},
			 {"other", "other ... dualbind run PROGRAM"}};

	(void)state;
	program.privilege = PRIVILEGE_SETUID;
	if (privilege_keeps())
		in_each_mode("both native, none served", "no", "supervise supervisor", "no");
	else
		in_each_mode("no", "no", "no", "no");
	for (size_t i = 0; i < sizeof launchers / sizeof launchers[0]; i++) {
		program.name = launchers[i].name;
		expect(MODE_PRELOAD, NULL, "no");
		says("/bin/x has more rights than its caller (set-user-ID): its loader ignores LD_PRELOAD",
		     launchers[i].behind);
	}
}

/* A program of 32 bits can only be preloaded. */
static void narrow_programs(void **state)
{
	(void)state;
	program.elf.bits = 32;
	is_static();
	expect(MODE_SUPERVISE, NULL, "no");
	says("/bin/x is a 32-bit program, whose calls the supervisor does not see", "use a 64-bit build of it");
	expect(MODE_AUTO, NULL, "no");
}

static void a_library_that_is_not_to_be_had(void **state)
{
	(void)state;
	assert_false(plan_make(&plan, &program, MODE_AUTO, "/none.so", NULL));
	says("the library /none.so: No such file or directory", "give DUALBIND_LIBRARY the path");
	assert_true(plan_make(&plan, &program, MODE_SUPERVISE, "/none.so", NULL));
	/* Programs that would not load it are supervised even so, and others start without it. */
	is_static();
	program.language = LANGUAGE_RUST;
	assert_true(plan_make(&plan, &program, MODE_AUTO, "/none.so", NULL));
	assert_true(plan.alone);
	assert_true(plan.serves);
	assert_string_equal(plan_name(&plan), "supervise");
	says("the library /none.so", "DUALBIND_LIBRARY");
	assert_false(plan_make(&plan, &program, MODE_BOTH, "/none.so", NULL));
}

/* A static program loads none, and so no other machine's is in its way. */
static void another_machine(void **state)
{
	(void)state;
	program.elf.machine = 4660;
	expect(MODE_AUTO, NULL, "no");
	says("the program is for machine 4660", "DUALBIND_LIBRARY");
	is_static();
	expect(MODE_AUTO, NULL, "both native");
}

/* If the kernel cannot supervise. */
static void without_a_supervisor(void **state)
{
	(void)state;
	expect(MODE_AUTO, NULL, "preload library");
	plan_lose_supervisor(&plan);
	assert_false(plan.unsupervised); /* none was wanted */
	assert_true(plan.serves);
	expect(MODE_BOTH, NULL, "both library");
	plan_lose_supervisor(&plan);
	assert_true(plan.unsupervised && plan.serves);
	assert_int_equal(plan.own, OWN_LIBRARY);
	is_static();
	expect(MODE_BOTH, NULL, "both supervisor");
	plan_lose_supervisor(&plan);
	assert_true(plan.serves); /* what it starts */
	assert_int_equal(plan.own, OWN_NATIVE);
	expect(MODE_SUPERVISE, NULL, "supervise supervisor");
	plan_lose_supervisor(&plan);
	assert_false(plan.serves);
	assert_int_equal(plan.own, OWN_NATIVE);
	says(FILTER_LACK, "use a newer kernel");
}

static void modes(void **state)
{
	static const char *const words[] = {"auto", "preload", "supervise", "both"};
	enum mode mode;

	(void)state;
	for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
		assert_true(plan_mode(&mode, words[i]));
		assert_int_equal(mode, i);
	}
	assert_false(plan_mode(&mode, ""));
	assert_false(plan_mode(&mode, "Auto"));
	assert_false(plan_mode(&mode, "preloads"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup(an_ordinary_program, begin),
	    cmocka_unit_test_setup(a_program_that_starts_another_kind, begin),
	    cmocka_unit_test_setup(programs_beyond_the_library, begin),
	    cmocka_unit_test_setup(programs_that_pass_the_library_by, begin),
	    cmocka_unit_test_setup(a_script_that_clears_the_environment, begin),
	    cmocka_unit_test_setup(a_program_with_rights_of_its_own, begin),
	    cmocka_unit_test_setup(narrow_programs, begin),
	    cmocka_unit_test_setup(a_library_that_is_not_to_be_had, begin),
	    cmocka_unit_test_setup(another_machine, begin),
	    cmocka_unit_test_setup(without_a_supervisor, begin),
	    cmocka_unit_test(modes),
	};

	return cmocka_run_group_tests_name("plan", tests, NULL, NULL);
}
