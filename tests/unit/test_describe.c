/* SPDX-License-Identifier: MIT */
/* A program and its plan, in words and as JSON. */
#define _GNU_SOURCE
#include "capture.h"

#include "cmd/describe.h"
#include "supervise/filter.h"
#include "supervise/judge.h"

#include <elf.h>
#include <stdlib.h>
#include <string.h>

#define GLIBC "/lib64/ld-linux-x86-64.so.2"

static struct program program;
static struct plan plan;

/* /bin/x, which is linked to glibc and served by the library. */
static int begin(void **state)
{
	(void)state;
	memset(&program, 0, sizeof program);
	memset(&plan, 0, sizeof plan);
	strcpy(program.path, "/bin/x");
	strcpy(program.file, "/bin/x");
	program.kind = ELF_SOUND;
	program.elf = (struct elf){.bits = 64, .machine = EM_X86_64, .movable = true, .libc = ELF_GLIBC};
	strcpy(program.elf.loader, GLIBC);
	plan.preload = plan.serves = true;
	plan.own = OWN_LIBRARY;
	plan.why = "so it is";
	strcpy(plan.library, "/lib/l.so");
	return 0;
}

static void is_kind(const char *wanted)
{
	char text[PATH_MAX + 128];

	describe_kind(text, sizeof text, &program);
	assert_string_equal(text, wanted);
}

static void kinds(void **state)
{
	(void)state;
	is_kind("dynamically linked to glibc (" GLIBC "), for x86-64, 64 bits");
	program.elf.loader[0] = '\0';
	is_kind("dynamically linked to glibc (it is the loader), for x86-64, 64 bits");
	program.elf.libc = ELF_NO_LIBC;
	is_kind("static (position-independent), for x86-64, 64 bits");
	program.elf.movable = false;
	program.language = LANGUAGE_RUST;
	is_kind("a Rust program, static, for x86-64, 64 bits");
	program.elf.bits = 32;
	program.elf.machine = 4660;
	is_kind("a Rust program, static, for machine 4660, 32 bits");
	program.unreadable = true;
	is_kind("a program that may be executed, but not read: what it is cannot be told");
}

static void says_of_program(const char *wanted)
{
	struct capture capture = capture_start(stdout);

	describe_program(&program);
	assert_string_equal(capture_end(&capture), wanted);
}

#define IS_GLIBC "/bin/x is dynamically linked to glibc (" GLIBC "), for x86-64, 64 bits.\n"

static void programs(void **state)
{
	(void)state;
	says_of_program(IS_GLIBC);
	strcpy(program.path, "/srv/s");
	program.scripts = 1;
	says_of_program("/srv/s is a script, which /bin/x runs.\n" IS_GLIBC);
	program.clean = true;
	says_of_program(
	    "/srv/s is a script, which /bin/x runs, with an environment that its #! line clears.\n" IS_GLIBC);
	program.scripts = 0;
	program.by_shell = true;
	says_of_program("/srv/s is a text without a #! line, which /bin/x reads.\n" IS_GLIBC);
	program.by_shell = false;
	program.privilege = PRIVILEGE_SETUID;
	says_of_program(IS_GLIBC "It takes rights that its caller does not have (set-user-ID): its loader ignores "
				 "LD_PRELOAD.\n");
}

static void says_of_plan(const char *wanted, bool possible)
{
	struct capture capture = capture_start(stdout);

	describe_plan(&program, &plan, possible);
	assert_string_equal(capture_end(&capture), wanted);
}

#define TAKES_BOTH "dualbind run takes the mechanism \"both\": so it is.\n"
#define STAYS                                                                                                      \
	"Its own listeners stay IPv4: it may not expect IPv6 clients. --mode supervise would convert them,\nbut "  \
	"then " JUDGE_RISK ".\n"

static void plans(void **state)
{
	(void)state;
	says_of_plan("dualbind run takes the mechanism \"preload\": so it is.\nThe library /lib/l.so can be loaded "
		     "into it.\n",
		     true);
	strcpy(plan.refusal.reason, "it is not to be had");
	strcpy(plan.refusal.remedy, "get it");
	says_of_plan("dualbind run refuses it: it is not to be had.\nRemedy: get it.\n", false);
	plan.supervise = true;
	plan.own = OWN_SUPERVISOR;
	says_of_plan(TAKES_BOTH "The library /lib/l.so serves those programs that it starts and that load it.\n"
				"The supervisor converts its own listeners.\n",
		     true);
	plan.own = OWN_NATIVE;
	says_of_plan(TAKES_BOTH
		     "The library /lib/l.so serves those programs that it starts and that load it.\n" STAYS,
		     true);
	program.clean = true;
	says_of_plan(TAKES_BOTH "Programs that it starts go without the library, since LD_PRELOAD is lost there.\n"
				"Remedy: get it.\n" STAYS,
		     true);
	plan.preload = false;
	says_of_plan("dualbind run takes the mechanism \"supervise\": so it is.\n"
		     "Programs that it starts go without the library: it is not to be had (get it).\n" STAYS,
		     true);
	/* --mode supervise: it is not looked for. */
	plan.refusal.reason[0] = plan.refusal.remedy[0] = '\0';
	plan.own = OWN_SUPERVISOR;
	says_of_plan("dualbind run takes the mechanism \"supervise\": so it is.\n"
		     "The supervisor converts its own listeners.\n",
		     true);
}

static void a_kernel_that_cannot_supervise(void **state)
{
	(void)state;
	plan.supervise = plan.unsupervised = true;
	plan.own = OWN_NATIVE;
	says_of_plan(TAKES_BOTH "Nothing is supervised: " FILTER_LACK ".\n"
				"The library /lib/l.so serves those programs that it starts and that load it.\n"
				"Its own listeners stay IPv4.\n",
		     true);
}

static void writes(const char *wanted, bool possible)
{
	struct json json = {0};
	char *text = NULL;
	size_t length;

	json.to = open_memstream(&text, &length);
	json_open(&json, NULL, '{');
	describe_program_json(&json, &program);
	describe_plan_json(&json, &plan, possible);
	json_close(&json, '}');
	fclose(json.to);
	assert_string_equal(text, wanted);
	free(text);
}

static void as_json(void **state)
{
	(void)state;
	writes("{\"path\":\"/bin/x\",\"file\":\"/bin/x\",\"scripts\":0,\"readable\":true,\"libc\":\"glibc\","
	       "\"loader\":\"" GLIBC "\",\"static\":false,\"go\":false,\"language\":null,"
	       "\"machine\":\"x86-64, 64 bits\",\"privilege\":null,\"mechanism\":\"preload\","
	       "\"own_listeners\":\"library\",\"unsupervised\":false,\"why\":\"so it "
	       "is\",\"remedy\":null,\"library\":\"/lib/l.so\"}",
	       true);
	program.unreadable = true;
	program.elf.loader[0] = '\0';
	program.privilege = PRIVILEGE_CAPABILITIES;
	strcpy(plan.refusal.reason, "it is not to be had");
	strcpy(plan.refusal.remedy, "get it");
	writes("{\"path\":\"/bin/x\",\"file\":\"/bin/x\",\"scripts\":0,\"readable\":false,\"libc\":null,"
	       "\"loader\":null,\"privilege\":\"file "
	       "capabilities\",\"mechanism\":null,\"own_listeners\":null,\"unsupervised\":false,"
	       "\"why\":\"it is not to be had\",\"remedy\":\"get it\",\"library\":null}",
	       false);
}

/* If neither the program nor what it starts is served: what would help. */
static void as_json_unserved(void **state)
{
	(void)state;
	program.elf = (struct elf){.bits = 64, .machine = EM_AARCH64, .go = true};
	program.language = LANGUAGE_GO;
	plan.supervise = true;
	plan.preload = plan.serves = false;
	plan.own = OWN_NATIVE;
	plan.unsupervised = true;
	strcpy(plan.refusal.remedy, "get it");
	writes("{\"path\":\"/bin/x\",\"file\":\"/bin/x\",\"scripts\":0,\"readable\":true,\"libc\":null,"
	       "\"loader\":null,\"static\":true,\"go\":true,\"language\":\"Go\",\"machine\":\"aarch64, 64 bits\","
	       "\"privilege\":null,\"mechanism\":\"supervise\",\"own_listeners\":\"native\",\"unsupervised\":true,"
	       "\"why\":\"so it is\","
	       "\"remedy\":\"get it\",\"library\":null}",
	       true);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup(kinds, begin),   cmocka_unit_test_setup(programs, begin),
	    cmocka_unit_test_setup(plans, begin),   cmocka_unit_test_setup(a_kernel_that_cannot_supervise, begin),
	    cmocka_unit_test_setup(as_json, begin), cmocka_unit_test_setup(as_json_unserved, begin),
	};

	return cmocka_run_group_tests_name("describe", tests, NULL, NULL);
}
