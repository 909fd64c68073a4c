/* SPDX-License-Identifier: MIT */
/* dualbind ps: the listening sockets of this network namespace. */
#include "cmd/command.h"

#include "cmd/listjson.h"
#include "cmd/repeat.h"
#include "cmd/say.h"
#include "cmd/table.h"
#include "cmd/unseen.h"
#include "inspect/reach.h"
#include "inspect/sock_owners.h"
#include "inspect/whyalone.h"
#include "socket/sock.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

const char help_ps[] = "usage: dualbind ps [--json | --watch]\n"
		       "\n"
		       "Lists the TCP listeners and the bound UDP sockets of this network namespace, who\n"
		       "holds them, which address families reach them, and the rule that would make an\n"
		       "IPv4-only one on 0.0.0.0 reachable over IPv6.\n"
		       "\n"
		       "  IPv4 only          on 0.0.0.0: RULE says what to add to DUALBIND_ALLOW; none\n"
		       "                     helps UDP of a program that does not call the library; where\n"
		       "                     one covers it already, RULE says why it was not converted;\n"
		       "                     of a dry run, an entry with ! or a static program check PID\n"
		       "                     tells, and RULE shows the rule all the same\n"
		       "  IPv4, beside [::]  served over IPv6 by another socket: nothing to be done\n"
		       "  IPv6 only          IPV6_V6ONLY is set, or it is bound to an IPv6 address\n"
		       "  dual-stack         on :: for both, by the program itself\n"
		       "  converted          on :: for both, by dualbind; the program bound 0.0.0.0\n"
		       "  promoted           likewise, and it bound 127.0.0.1\n"
		       "  widened            dualbind cleared IPV6_V6ONLY\n"
		       "\n"
		       "Other users' processes are not seen without privileges: how many sockets have an\n"
		       "unseen owner is told on standard error. What was converted the kernel tells to\n"
		       "any user (Linux 5.10). --watch shows the list again whenever it has changed,\n"
		       "until it is interrupted.\n"
		       "\n"
		       "exit status: 0; 2 wrong usage; 125 the kernel gives no list.\n";

static void holder(char *text, size_t size, const struct listener *listener)
{
	if (listener->owner_count == 0)
		snprintf(text, size, "%s", listener->inode ? "?" : "kernel");
	else if (listener->owner_count == 1)
		snprintf(text, size, "%s %d", listener->owners[0].command, listener->owners[0].pid);
	else
		snprintf(text, size, "%s %d +%zu", listener->owners[0].command, listener->owners[0].pid,
			 listener->owner_count - 1);
}

static enum colour colour_of(enum reach reach, const char *rule)
{
	if (rule[0] != '\0')
		return COLOUR_BAD;
	return reach == REACH_CONVERTED || reach == REACH_PROMOTED || reach == REACH_WIDENED ? COLOUR_GOOD
											     : COLOUR_NONE;
}

/* The rule to add, or why the existing ones did not help. */
static const char *remedy(char rule[REACH_TEXT], const struct listing *listing, const struct listener *listener)
{
	const char *why;

	reach_rule(rule, listing, listener);
	why = rule[0] != '\0' ? why_alone_of_owners(listener) : NULL;
	return why != NULL ? why : rule;
}

static void print_table(const struct listing *listing, FILE *to)
{
	static const char *const heading[] = {"PROTO", "ADDRESS", "REACHED BY", "OWNER", "UID", "RULE"};
	struct table table = {.columns = sizeof heading / sizeof heading[0]};

	table_add(&table, COLOUR_DIM, heading);
	for (size_t i = 0; i < listing->count; i++) {
		const struct listener *listener = &listing->list[i];
		enum reach reach = reach_of(listing, listener);
		char address[REACH_TEXT], rule[REACH_TEXT], owner[128], uid[16];
		const char *cells[] = {transport_name(listener->protocol), address, reach_words(reach), owner, uid,
				       remedy(rule, listing, listener)};

		reach_address(address, listener);
		holder(owner, sizeof owner, listener);
		snprintf(uid, sizeof uid, "%u", (unsigned)listener->uid);
		table_add(&table, colour_of(reach, rule), cells);
	}
	table_print(&table, to, table_is_coloured());
}

struct unseen {
	size_t owners, marks;
};

static struct unseen count_unseen(const struct listing *listing)
{
	struct unseen unseen = {0};

	for (size_t i = 0; i < listing->count; i++) {
		const struct listener *listener = &listing->list[i];

		unseen.owners += listener->owner_count == 0 && listener->inode != 0;
		unseen.marks += reach_of(listing, listener) == REACH_DUAL_UNSEEN;
	}
	return unseen;
}

static void print_json(const struct listing *listing, struct unseen unseen)
{
	struct json json = {.to = stdout};

	json_open(&json, NULL, '{');
	json_open(&json, "listeners", '[');
	for (size_t i = 0; i < listing->count; i++) {
		listjson_open(&json, listing, &listing->list[i]);
		json_close(&json, '}');
	}
	json_close(&json, ']');
	json_number(&json, "unseen_owners", (long)unseen.owners);
	json_number(&json, "unseen_marks", (long)unseen.marks);
	json_close(&json, '}');
	json_end(&json);
}

static const char *why_unseen(const struct listing *listing)
{
	if (geteuid() != 0)
		return "another user's process, or in another PID namespace; root sees more";
	if (listing->owners_refused)
		return "a process that may not be looked into without CAP_SYS_PTRACE, or in another PID namespace";
	return "in another PID namespace";
}

static void say_unseen(const struct listing *listing, struct unseen unseen)
{
	if (unseen.owners > 0)
		say("%zu socket%s: the owner is %s", unseen.owners, unseen.owners > 1 ? "s" : "",
		    why_unseen(listing));
	if (unseen.marks > 0)
		unseen_say(listing, false);
}

static bool as_json;

/* Prints what there is now. */
static int show(FILE *to)
{
	struct listing listing = {0};
	struct unseen unseen;

	if (!sock_diag_read(&listing)) {
		say("the kernel does not list the sockets (sock_diag): %s", strerror(errno));
		return STATUS_FAILED;
	}
	if (!sock_owners_find(&listing, 0))
		say("the owners cannot be told: /proc cannot be read: %s", strerror(errno));
	unseen = count_unseen(&listing);
	if (as_json)
		print_json(&listing, unseen);
	else
		print_table(&listing, to);
	say_unseen(&listing, unseen);
	listing_free(&listing);
	return STATUS_DONE;
}

/* Removes --watch from ARGV. */
static bool take_watch(int *argc, char **argv)
{
	for (int i = 1; i < *argc; i++)
		if (strcmp(argv[i], "--watch") == 0) {
			memmove(argv + i, argv + i + 1, (size_t)(*argc - i) * sizeof *argv);
			--*argc;
			return true;
		}
	return false;
}

int command_ps(int argc, char **argv)
{
	bool watch = take_watch(&argc, argv);
	int status = command_options(argc, argv, 0, 0, &as_json);

	if (status != 0)
		return status;
	if (watch && as_json)
		return say_usage("ps", "--watch and --json exclude each other");
	return watch ? repeat_when_changed(show, 1000, isatty(STDOUT_FILENO)) : show(stdout);
}
