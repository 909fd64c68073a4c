/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "cmd/rulesof.h"

#include "base/procfs.h"
#include "config/settings.h"
#include "cmd/printable.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool is_told(enum held_state state)
{
	return state != HELD_UNREADABLE && state != HELD_UNKNOWN;
}

static void take_held(struct rules_of *rules, const struct held *held)
{
	rules->source = RULES_OF_LIBRARY;
	rules->malformed = held->state == HELD_MALFORMED;
	if (held->state != HELD_ACTIVE)
		return;
	rules->dry_run = held->dry_run;
	rules->allow = held->allow;
	allowtext_write(rules->written, &rules->allow);
	rules->text = rules->written;
}

static const char *look_up(const void *environment, const char *name)
{
	return environment_get(environment, name);
}

/* The rules as the library reads them from that environment. */
static void take_environment(struct rules_of *rules, const struct process *process)
{
	static struct settings settings;
	struct settings_problem wrong = {0};
	char path[PATH_MAX];

	rules->source = RULES_OF_ENVIRONMENT;
	rules->text = environment_get(&process->environment, "DUALBIND_ALLOW");
	if (rules->text == NULL)
		return;
	memset(&settings, 0, sizeof settings);
	rules->malformed = !settings_parse(&settings, rules->text, look_up, &process->environment, &wrong);
	if (rules->malformed) {
		rules->text = wrong.entry.problem != NULL ? rules->text : NULL;
		return;
	}
	rules->dry_run = settings.dry_run;
	rules->allow = settings.allow;
	snprintf(path, sizeof path, "%s", process->executable);
	allowlist_keep_for(&rules->allow, procfs_program_name(path), process->command);
}

void rules_of(struct rules_of *rules, const struct process *process)
{
	memset(rules, 0, sizeof *rules);
	if (process->loaded && is_told(process->held.state))
		take_held(rules, &process->held);
	else if (process->environment_seen)
		take_environment(rules, process);
}

static const char *sentence_without(const struct rules_of *rules, const struct process *process)
{
	if (rules->source == RULES_OF_LIBRARY && process->held.state == HELD_UNREAD)
		return "The library has not read its rules yet.";
	if (rules->source == RULES_OF_LIBRARY && process->secure)
		return "It has no rules: it was started with rights of its own, and the library does nothing.";
	if (rules->malformed)
		return "It has no rules: a setting was malformed, and the library does nothing.";
	if (rules->source != RULES_UNSEEN)
		return "It has no rules: DUALBIND_ALLOW is not set.";
	if (!process->environment_lost)
		return "Its rules are not shown to this user.";
	if (process->loaded && process->held.state == HELD_UNKNOWN)
		return "Its rules cannot be read: it has written over its environment, and the library in it is of "
		       "another version.";
	if (process->loaded)
		return "Its rules cannot be read: it has written over its environment, and its memory is not shown "
		       "to this user.";
	return "With which rules it was started cannot be read: it has written over its environment.";
}

/* They come from another process's environment, and may have any bytes. */
static void print_malformed(const char *rules)
{
	char *shown = strdup(rules);

	if (shown != NULL)
		printable_clean(shown);
	printf("Its rules: %s (malformed: \"dualbind rules\" tells where)\n", shown ? shown : "");
	free(shown);
}

void rules_of_print(const struct rules_of *rules, const struct process *process)
{
	if (rules->text == NULL)
		puts(sentence_without(rules, process));
	else if (rules->malformed)
		print_malformed(rules->text);
	else if (rules->text[0] == '\0' && rules->source == RULES_OF_LIBRARY)
		puts("It has no rules: none is for this program.");
	else
		printf("Its rules: %s\n", rules->text);
}

static void pool_json(const struct held *held, struct json *json)
{
	char text[INET_ADDRSTRLEN + 4], address[INET_ADDRSTRLEN];
	struct in_addr network = {htonl(held->pool_network)};

	inet_ntop(AF_INET, &network, address, sizeof address);
	snprintf(text, sizeof text, "%s/%u", address, held->pool_length);
	json_string(json, "pool", text);
}

void rules_of_json(const struct rules_of *rules, const struct process *process, struct json *json)
{
	static const char *const sources[] = {NULL, "library", "environment"};
	static const char *const states[] = {
	    [HELD_UNREADABLE] = NULL, [HELD_UNKNOWN] = NULL,          [HELD_UNREAD] = "unread",
	    [HELD_INERT] = "inert",   [HELD_MALFORMED] = "malformed", [HELD_ACTIVE] = "active",
	};
	enum held_state state = process->loaded ? process->held.state : HELD_UNREADABLE;

	json_string(json, "rules", rules->text);
	json_bool(json, "rules_seen", rules->source != RULES_UNSEEN);
	json_string(json, "rules_of", sources[rules->source]);
	json_string(json, "library_state", states[state]);
	if (state != HELD_ACTIVE)
		return;
	json_string(json, "peers", process->held.native_peers ? "native" : "ipv4");
	pool_json(&process->held, json);
	json_bool(json, "dry_run", process->held.dry_run);
}
