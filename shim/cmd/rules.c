/* SPDX-License-Identifier: MIT */
/* dualbind rules: an allowlist as a table. */
#include "cmd/command.h"

#include "cmd/caret.h"
#include "cmd/json.h"
#include "cmd/say.h"
#include "cmd/table.h"
#include "config/allowlist.h"

#include <getopt.h>
#include <limits.h>
#include <stdio.h>

const char help_rules[] = "usage: dualbind rules [--json] RULES\n"
			  "\n"
			  "Reads an allowlist, as DUALBIND_ALLOW and run's -a take it, and shows it as a\n"
			  "table, or what is wrong with it.\n"
			  "\n"
			  "Entries are separated by spaces or commas:\n"
			  "\n"
			  "  entry    = [\"!\"] [program \"@\"] [address \":\"] ports [\"/\" protocol]\n"
			  "  program  = shell glob, matched with the executable's base name and with the\n"
			  "             command name that the kernel shows\n"
			  "  address  = what the program binds: 0.0.0.0 (default), 127.0.0.1 or [::]\n"
			  "  ports    = \"*\" | N | N \"-\" M\n"
			  "  protocol = \"tcp\" (default) | \"udp\" | \"any\"\n"
			  "\n"
			  "  8080                     a TCP listener on 0.0.0.0:8080\n"
			  "  '* !9090'                all but 9090: a ! entry wins wherever it stands\n"
			  "  53/any                   TCP and UDP\n"
			  "  'nginx@80'               port 80, in programs called nginx\n"
			  "  'gradio*@127.0.0.1:7860' promote: a loopback listener becomes reachable\n"
			  "  '[::]:6379'              widen: an IPv6-only listener on :: takes IPv4 too\n"
			  "\n"
			  "exit status: 0; 2 the list is malformed, or wrong usage.\n";

static const char *effect_of(const struct allow_entry *entry)
{
	return entry->forbid                         ? "forbid"
	       : entry->addresses == ALLOW_ANY4      ? "convert"
	       : entry->addresses == ALLOW_LOOPBACK4 ? "promote"
						     : "widen";
}

static const char *address_of(const struct allow_entry *entry)
{
	return entry->addresses == ALLOW_ADDRESSES   ? "any"
	       : entry->addresses == ALLOW_ANY4      ? "0.0.0.0"
	       : entry->addresses == ALLOW_LOOPBACK4 ? "127.0.0.1"
						     : "[::]";
}

static const char *protocol_of(const struct allow_entry *entry)
{
	return entry->protocols == TRANSPORT_ANY ? "any" : entry->protocols == TRANSPORT_TCP ? "tcp" : "udp";
}

static const char *program_of(const struct allow_entry *entry, char text[ALLOWLIST_PROGRAM_MAX + 1])
{
	snprintf(text, ALLOWLIST_PROGRAM_MAX + 1, "%.*s", (int)entry->program.length,
		 entry->program.length ? entry->program.start : "");
	return text;
}

static void print_table(const struct allowlist *list)
{
	static const char *const heading[] = {"EFFECT", "PROGRAM", "ADDRESS", "PORTS", "PROTOCOL"};
	struct table table = {.columns = sizeof heading / sizeof heading[0]};
	char program[ALLOWLIST_PROGRAM_MAX + 1], ports[16];

	table_add(&table, COLOUR_DIM, heading);
	for (size_t i = 0; i < list->count; i++) {
		const struct allow_entry *entry = &list->entries[i];
		const char *cells[] = {effect_of(entry), entry->program.length ? program_of(entry, program) : "any",
				       address_of(entry), ports, protocol_of(entry)};

		if (entry->low == 1 && entry->high == UINT16_MAX)
			snprintf(ports, sizeof ports, "all");
		else
			snprintf(ports, sizeof ports, entry->low == entry->high ? "%u" : "%u-%u", entry->low,
				 entry->high);
		table_add(&table, COLOUR_NONE, cells);
	}
	table_print(&table, stdout, table_is_coloured());
}

static void print_json(const struct allowlist *list)
{
	struct json json = {.to = stdout};
	char program[ALLOWLIST_PROGRAM_MAX + 1];

	json_open(&json, NULL, '[');
	for (size_t i = 0; i < list->count; i++) {
		const struct allow_entry *entry = &list->entries[i];

		json_open(&json, NULL, '{');
		json_string(&json, "effect", effect_of(entry));
		json_string(&json, "program", entry->program.length ? program_of(entry, program) : NULL);
		json_string(&json, "address", address_of(entry));
		json_number(&json, "low", entry->low);
		json_number(&json, "high", entry->high);
		json_string(&json, "protocol", protocol_of(entry));
		json_close(&json, '}');
	}
	json_close(&json, ']');
	json_end(&json);
}

int command_rules(int argc, char **argv)
{
	static struct allowlist list;
	struct allow_error error;
	bool json;
	int status = command_options(argc, argv, 1, INT_MAX, &json);

	if (status != 0)
		return status;
	if (argc - optind > 1)
		return say_usage("rules", "extra operand \"%s\": quote the list: dualbind rules '%s %s ...'",
				 argv[optind + 1], argv[optind], argv[optind + 1]);
	if (!allowlist_parse(&list, argv[optind], &error)) {
		caret_show("RULES", argv[optind], &error);
		return STATUS_USAGE;
	}
	if (json)
		print_json(&list);
	else if (list.count > 0)
		print_table(&list);
	else
		say("the list is empty: nothing would be converted");
	return STATUS_DONE;
}
