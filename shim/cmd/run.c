/* SPDX-License-Identifier: MIT */
/* dualbind run: start a program with the library, or under the supervisor. */
#define _GNU_SOURCE
#include "cmd/command.h"

#include "base/strbuf.h"
#include "cmd/caret.h"
#include "cmd/elsewhere.h"
#include "cmd/plan.h"
#include "cmd/say.h"
#include "cmd/starts.h"
#include "config/settings.h"
#include "inspect/environment.h"
#include "supervise/judge.h"
#include "supervise/report.h"
#include "supervise/supervise.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

const char help_run[] = "usage: dualbind run [OPTION...] [--] PROGRAM [ARGUMENT...]\n"
			"\n"
			"Starts PROGRAM so that its listeners on 0.0.0.0 are reachable over IPv6 too.\n"
			"\n"
			"  -a, --allow RULES    which listeners (default: *, every TCP listener on 0.0.0.0);\n"
			"                       \"dualbind help rules\" tells how they are written\n"
			"      --peers ipv4|native\n"
			"                       how IPv6 clients are shown (default: ipv4)\n"
			"      --pool CIDR      where the addresses that stand for them are taken from\n"
			"                       (default: 240.0.0.0/4)\n"
			"      --log LEVEL[:PATH]\n"
			"                       off, error (default), info or debug, to standard error or PATH\n"
			"      --dry-run        start PROGRAM, tell what would be converted (--log info), and\n"
			"                       convert nothing\n"
			"      --mode auto|preload|supervise|both\n"
			"                       how: by a library that is loaded into the program, by a\n"
			"                       supervisor that watches its system calls (Go, static\n"
			"                       programs), or by both (a script that starts either kind).\n"
			"                       auto (default): the library, or both where PROGRAM does not\n"
			"                       load it, makes its own system calls, or is seen to start a\n"
			"                       program that does; the supervisor then converts for Go,\n"
			"                       Rust and Zig alone. Under supervise and both it converts\n"
			"                       for other programs too, which may refuse or misread IPv6\n"
			"                       clients\n"
			"  -h, --help\n"
			"\n"
			"Options end at PROGRAM. What no option says is taken from DUALBIND_ALLOW,\n"
			"DUALBIND_PEERS, DUALBIND_POOL, DUALBIND_LOG and DUALBIND_DRY_RUN. DUALBIND_KEY, any\n"
			"text, makes all that have the same one show IPv6 clients alike; it has no option,\n"
			"since options are seen in ps. The library is libdualbind.so next to this command or\n"
			"in ../lib, or what DUALBIND_LIBRARY names.\n"
			"\n"
			"exit status: PROGRAM's own; 2 wrong usage, or a malformed rule; 125 dualbind\n"
			"refuses, since PROGRAM would not be served, and says why; 126 PROGRAM cannot be\n"
			"executed; 127 it was not found.\n";

/* The settings. Each has an option, a variable, and the value that counts. */
enum which { ALLOW, PEERS, POOL, LOG, DRY_RUN, SETTINGS };

static const struct {
	const char *option, *variable;
} names[SETTINGS] = {
    [ALLOW] = {"--allow", "DUALBIND_ALLOW"},       [PEERS] = {"--peers", "DUALBIND_PEERS"},
    [POOL] = {"--pool", "DUALBIND_POOL"},          [LOG] = {"--log", "DUALBIND_LOG"},
    [DRY_RUN] = {"--dry-run", "DUALBIND_DRY_RUN"},
};

struct run {
	const char *given[SETTINGS]; /* the value from an option; NULL: there is none */
	enum mode mode;
	struct environment environment;
	struct settings settings;
};

enum { HELPED = -1, FILE_MOST = 200 };

static int read_options(struct run *run, int argc, char **argv)
{
	static const struct option options[] = {
	    {"allow", required_argument, NULL, 'a'}, {"peers", required_argument, NULL, 'p'},
	    {"pool", required_argument, NULL, 'o'},  {"log", required_argument, NULL, 'l'},
	    {"dry-run", no_argument, NULL, 'd'},     {"mode", required_argument, NULL, 'm'},
	    {"help", no_argument, NULL, 'h'},        {NULL, 0, NULL, 0},
	};
	int option;

	opterr = 0;
	while ((option = getopt_long(argc, argv, "+:a:h", options, NULL)) != -1)
		switch (option) {
		case 'a':
			if (run->given[ALLOW] != NULL)
				return say_usage("run", "a second --allow: write one list: -a '%s %s'",
						 run->given[ALLOW], optarg);
			run->given[ALLOW] = optarg;
			break;
		case 'p':
			run->given[PEERS] = optarg;
			break;
		case 'o':
			run->given[POOL] = optarg;
			break;
		case 'l':
			run->given[LOG] = optarg;
			break;
		case 'd':
			run->given[DRY_RUN] = "1";
			break;
		case 'm':
			if (plan_mode(&run->mode, optarg))
				break;
			return say_usage("run", "--mode \"%s\": write auto, preload, supervise or both", optarg);
		case 'h':
			fputs(help_run, stdout);
			return HELPED;
		case ':':
			return say_usage("run", "option %s needs a value", argv[optind - 1]);
		default:
			return say_option("run", argv[optind - 1], " (the program's own come after it)");
		}
	return optind < argc ? 0 : say_usage("run", "missing operand: name a program to start");
}

/* Options win over variables; a variable without an option stays as it was inherited. */
static bool merge(struct run *run, char *const inherited[])
{
	bool merged = environment_start(&run->environment, inherited);

	for (size_t i = 0; merged && i < SETTINGS; i++)
		if (run->given[i] != NULL)
			merged = environment_set(&run->environment, names[i].variable, run->given[i]);
	if (merged && environment_get(&run->environment, "DUALBIND_ALLOW") == NULL)
		merged = environment_set(&run->environment, "DUALBIND_ALLOW", "*");
	/* A dry run that logs nothing would be useless. */
	if (merged && run->given[DRY_RUN] != NULL && environment_get(&run->environment, "DUALBIND_LOG") == NULL)
		merged = environment_set(&run->environment, "DUALBIND_LOG", "info");
	return merged;
}

static const char *look_up(const void *environment, const char *name)
{
	return environment_get(environment, name);
}

/* What has set the variable: an option, or the variable itself. */
static const char *source(const struct run *run, const char *variable)
{
	for (size_t i = 0; i < SETTINGS; i++)
		if (run->given[i] != NULL && strcmp(names[i].variable, variable) == 0)
			return names[i].option;
	return variable;
}

/* Reads the settings as the library will, to find errors before the program runs. */
static int read_settings(struct run *run)
{
	struct settings_problem wrong = {0};
	bool sound = settings_parse(&run->settings, environment_get(&run->environment, "DUALBIND_ALLOW"), look_up,
				    &run->environment, &wrong);

	if (sound && !log_can_be_written(&run->settings.log)) {
		say("%s \"%s\": the file cannot be written: %s", source(run, "DUALBIND_LOG"),
		    environment_get(&run->environment, "DUALBIND_LOG"), strerror(errno));
		return STATUS_FAILED;
	}
	if (sound && run->settings.allow.count == 0 && run->given[ALLOW] != NULL) {
		wrong.problem = "the list is empty";
		wrong.remedy = "write * or ports, or leave the option out";
	} else if (sound && run->given[ALLOW] != NULL &&
		   !allowlist_mentions(&run->settings.allow, ALLOW_ADDRESSES, TRANSPORT_ANY)) {
		wrong.problem = "it only forbids";
		wrong.remedy = "write what is allowed too, such as * for every other TCP port";
	} else if (sound) {
		return 0;
	}
	if (!sound && wrong.entry.problem != NULL)
		caret_show(source(run, wrong.variable), wrong.value, &wrong.entry);
	else
		say("%s \"%s\": %s; %s", source(run, wrong.variable), wrong.value, wrong.problem, wrong.remedy);
	return STATUS_USAGE;
}

static int explain_exec(const char *path, int error)
{
	say("%s cannot be executed: %s", path, strerror(error));
	return error == ENOENT ? STATUS_NOT_FOUND : STATUS_NOT_EXECUTABLE;
}

/* The words for /bin/sh to read the file, as after execvp(3). argv[0] is not kept, since busybox looks at
 * it. NULL: no memory. */
static char **for_shell(char *path, int argc, char **argv)
{
	static char name[] = "/bin/sh";
	char **shell = calloc((size_t)argc + 2, sizeof *shell);

	if (shell != NULL) {
		shell[0] = name;
		shell[1] = path;
		memcpy(shell + 2, argv + 1, (size_t)argc * sizeof *argv);
	}
	return shell;
}

/* Tells the supervisor for which programs to convert; and logs it if the library cannot be used. */
static void prepare(const struct run *run, const struct plan *plan)
{
	static const enum converts converts[] = {
	    [MODE_AUTO] = CONVERTS_KNOWN,
	    [MODE_SUPERVISE] = CONVERTS_ALL,
	    [MODE_BOTH] = CONVERTS_UNLOADED,
	};
	char words[REASON_BYTES + 64];

	judge_start(converts[run->mode], plan->preload ? plan->library : NULL);
	if (!plan->alone)
		return;
	snprintf(words, sizeof words, "supervised without the library: %s", plan->refusal.reason);
	report_event(&run->settings, LOG_INFO, words, 0);
}

/* Says by which mechanism PROGRAM is served, and why. */
static void tell(const struct run *run, const struct plan *plan, const struct program *program)
{
	struct strbuf line = {0};

	strbuf_add_quoted(&line, program->file, strlen(program->file), FILE_MOST);
	strbuf_add(&line, " is started with \"");
	strbuf_add(&line, plan_name(plan));
	strbuf_add(&line, "\": ");
	strbuf_add(&line, plan->why);
	report_event(&run->settings, LOG_DEBUG, strbuf_text(&line), 0);
}

static int start(struct run *run, const struct plan *plan, struct program *program, int argc, char **argv)
{
	char **environment = run->environment.list, **shell = NULL;
	int error;

	if (program->by_shell) {
		shell = for_shell(program->path, argc, argv);
		if (shell == NULL)
			return say_refusal("out of memory", "");
	}
	if (plan->supervise && run->settings.allow.count > 0) {
		prepare(run, plan);
		return supervise(&run->settings, shell ? program->file : program->path, shell ? shell : argv,
				 environment);
	}
	execve(program->path, argv, environment);
	if (errno == ENOEXEC && shell != NULL)
		execve(program->file, shell, environment);
	error = errno;
	free(shell);
	return explain_exec(program->path, error);
}

int command_run(int argc, char **argv)
{
	static struct run run;
	static struct program program;
	static struct plan plan;
	const char *starts = NULL;
	char *preload = NULL;
	int status = read_options(&run, argc, argv);

	if (status != 0)
		return status == HELPED ? STATUS_DONE : status;
	if (!merge(&run, environ))
		return say_refusal("out of memory", "");
	status = read_settings(&run);
	if (status != 0)
		return status;
	argv += optind;
	argc -= optind;
	if (argv[0][0] == '\0')
		return say_usage("run", "the name of the program is empty");
	status = program_find(&program, argv[0], environment_get(&run.environment, "PATH"));
	if (status != 0) {
		say("%s", program.problem);
		if (status == STATUS_NOT_FOUND)
			elsewhere_hint(argv[0], argv[1]);
		return status;
	}
	if (run.mode == MODE_AUTO)
		starts = starts_unserved(&program, argv + 1, environment_get(&run.environment, "PATH"));
	if (!plan_make(&plan, &program, run.mode, environment_get(&run.environment, "DUALBIND_LIBRARY"), starts))
		return say_refusal(plan.refusal.reason, plan.refusal.remedy);
	tell(&run, &plan, &program);
	if (plan.preload) {
		preload = environment_preload(environment_get(&run.environment, "LD_PRELOAD"), plan.library);
		if (preload == NULL || !environment_set(&run.environment, "LD_PRELOAD", preload))
			return say_refusal("out of memory", "");
		free(preload);
	}
	return start(&run, &plan, &program, argc, argv);
}
