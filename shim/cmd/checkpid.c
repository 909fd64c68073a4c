/* SPDX-License-Identifier: MIT */
#include "cmd/checkpid.h"

#include "cmd/command.h"
#include "cmd/describe.h"
#include "cmd/listjson.h"
#include "cmd/printable.h"
#include "cmd/say.h"
#include "cmd/table.h"
#include "cmd/unseen.h"
#include "cmd/verdict.h"
#include "inspect/reach.h"
#include "inspect/sock_owners.h"
#include "inspect/supervisorof.h"
#include "socket/sock.h"
#include "supervise/filter.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* Reads the whole namespace: a listener on :: at the same port may be another process's. */
static void read_sockets(struct subject *subject)
{
	pid_t pid = subject->process.pid;

	if (!process_enter_network(pid))
		subject->sockets_problem = "they are in another network namespace; run this inside it, or as root";
	else if (!sock_diag_read(&subject->listing))
		subject->sockets_problem = "the kernel does not list them (sock_diag)";
	else if (!sock_owners_find(&subject->listing, pid))
		subject->sockets_problem = geteuid() == 0
					       ? "its descriptors are not shown without CAP_SYS_PTRACE"
					       : "its descriptors are not shown to this user; run this as root";
	else
		subject->sockets_seen = true;
}

static void print_presence(const struct subject *subject)
{
	const struct process *process = &subject->process;
	const char *preload =
	    process->environment_seen ? environment_get(&process->environment, "LD_PRELOAD") : NULL;

	if (process->loaded)
		printf("The library is loaded in it: %s.\n", process->library);
	else if (!process->maps_seen)
		puts("Whether the library is loaded in it is not shown to this user.");
	else
		printf("The library is not loaded in it%s.\n",
		       process->secure                            ? ": the kernel started it with rights of its own"
		       : process->program.elf.libc == ELF_NO_LIBC ? ": it is static"
		       : !process->environment_seen               ? ""
		       : preload == NULL                          ? ": it was started without LD_PRELOAD"
								  : ", although it was started with LD_PRELOAD");
	if (process->supervisor != 0)
		printf("It runs under dualbind, process %d.\n", process->supervisor);
	else if (!process->supervisor_seen)
		puts("Whether it runs under dualbind is not shown to this user.");
	if (verdict_active(subject))
		passed_by_print_ring(&subject->passed);
	rules_of_print(&subject->rules, process);
}

static void print_sockets(const struct subject *subject)
{
	static const char *const heading[] = {"PROTO", "ADDRESS", "REACHED BY", "TO DO"};
	struct table table = {.columns = sizeof heading / sizeof heading[0]};

	if (!subject->sockets_seen) {
		printf("Its sockets: %s.\n", subject->sockets_problem);
		return;
	}
	table_add(&table, COLOUR_DIM, heading);
	for (size_t i = 0; i < subject->listing.count; i++) {
		const struct listener *listener = &subject->listing.list[i];
		char address[REACH_TEXT], what[VERDICT_BYTES];
		const char *cells[] = {transport_name(listener->protocol), address,
				       reach_words(reach_of(&subject->listing, listener)), what};

		if (listener->owner_count == 0)
			continue;
		reach_address(address, listener);
		verdict_write(what, subject, listener);
		table_add(&table, what[0] ? COLOUR_BAD : COLOUR_NONE, cells);
	}
	if (table.count == 1)
		puts("It has no listening socket.");
	else
		table_print(&table, stdout, table_is_coloured());
}

static void print_json(const struct subject *subject)
{
	const struct process *process = &subject->process;
	struct json json = {.to = stdout};
	char what[VERDICT_BYTES];

	json_open(&json, NULL, '{');
	json_number(&json, "asked_pid", subject->asked);
	json_number(&json, "pid", process->pid);
	json_string(&json, "command", process->command);
	describe_program_json(&json, &process->program);
	describe_plan_json(&json, &subject->plan, subject->possible);
	if (process->maps_seen)
		json_bool(&json, "loaded", process->loaded);
	else
		json_null(&json, "loaded");
	json_string(&json, "loaded_library", process->loaded ? process->library : NULL);
	if (process->supervisor)
		json_number(&json, "supervisor", process->supervisor);
	else
		json_null(&json, "supervisor");
	json_bool(&json, "supervisor_seen", process->supervisor_seen);
	if (subject->passed.ring >= 0)
		json_number(&json, "io_uring", subject->passed.ring);
	else
		json_null(&json, "io_uring");
	rules_of_json(&subject->rules, process, &json);
	json_string(&json, "sockets_problem", subject->sockets_problem);
	json_open(&json, "listeners", '[');
	for (size_t i = 0; subject->sockets_seen && i < subject->listing.count; i++) {
		const struct listener *listener = &subject->listing.list[i];

		if (listener->owner_count == 0)
			continue;
		verdict_write(what, subject, listener);
		listjson_open(&json, &subject->listing, listener);
		if (subject->rules.source == RULES_UNSEEN)
			json_null(&json, "covered");
		else
			json_bool(&json, "covered", verdict_covered(subject, listener));
		json_string(&json, "to_do", what[0] ? what : NULL);
		json_close(&json, '}');
	}
	json_close(&json, ']');
	json_close(&json, '}');
	json_end(&json);
}

static int status_of(const struct subject *subject)
{
	const struct listing *listing = &subject->listing;

	if (!subject->sockets_seen)
		return STATUS_FAILED;
	for (size_t i = 0; i < listing->count; i++)
		if (listing->list[i].owner_count > 0 && reach_is_ipv4_only(listing, &listing->list[i]))
			return STATUS_UNSERVED;
	return STATUS_DONE;
}

static int explain(pid_t pid, int error)
{
	static struct refusal refusal;

	if (error == ESRCH)
		refuse(&refusal, "", "no such process: %d", pid);
	else if (error == ENOEXEC)
		refuse(&refusal, "", "process %d has no program: a kernel thread, or it has ended", pid);
	else
		refuse(&refusal,
		       geteuid() == 0 ? "it takes CAP_SYS_PTRACE"
				      : "run this as root, or as the user whose process it is",
		       "process %d: %s", pid, strerror(error));
	return say_refusal(refusal.reason, refusal.remedy);
}

/* A process whose loader has ignored LD_PRELOAD may have had the library before it executed its program
 * again. If it is restarted it will lose it again. */
static bool make_plan(struct plan *plan, const struct process *process)
{
	bool possible =
	    plan_make(plan, &process->program, process->secure ? MODE_SUPERVISE : MODE_AUTO, NULL, NULL);

	if (process->secure && possible)
		plan->why = "it was started so that its loader ignores LD_PRELOAD";
	return possible;
}

/* A process chooses its own name, and those of its files: they are made safe for a terminal. */
static void clean_names(struct subject *subject)
{
	struct process *process = &subject->process;

	printable_clean(process->command);
	printable_clean(process->library);
	printable_clean(process->program.path);
	printable_clean(process->program.file);
	printable_clean(subject->passed.module);
}

int check_pid(pid_t pid, bool as_json)
{
	static struct subject subject;
	pid_t supervised = supervised_by(pid);

	subject.asked = pid;
	pid = supervised != 0 ? supervised : pid;
	if (!process_read(&subject.process, pid))
		return explain(pid, errno);
	subject.possible = make_plan(&subject.plan, &subject.process);
	subject.passed.unsupervisable = !filter_can_be_answered();
	if (subject.passed.unsupervisable)
		plan_lose_supervisor(&subject.plan);
	rules_of(&subject.rules, &subject.process);
	passed_by_ring(&subject.passed, pid);
	read_sockets(&subject);
	if (subject.process.loaded && status_of(&subject) == STATUS_UNSERVED)
		passed_by_files(&subject.passed, pid);
	if (as_json) {
		print_json(&subject);
		unseen_say(&subject.listing, true);
		return status_of(&subject);
	}
	clean_names(&subject);
	if (supervised != 0)
		printf("Process %d is dualbind, which supervises process %d. Of that one:\n", subject.asked, pid);
	printf("Process %d is called %s.\n", pid, subject.process.command);
	describe_program(&subject.process.program);
	print_presence(&subject);
	if (!verdict_active(&subject))
		describe_plan(&subject.process.program, &subject.plan, subject.possible);
	print_sockets(&subject);
	unseen_say(&subject.listing, true);
	return status_of(&subject);
}
