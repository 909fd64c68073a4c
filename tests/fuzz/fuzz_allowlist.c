/* SPDX-License-Identifier: MIT */
/* The allowlist: what is read of it, written again in full, decides the same, and
 * an entry alone covers what it names and nothing else. */
#include "fuzz.h"

#include "config/allowlist.h"

static const enum allow_address addresses[] = {ALLOW_ANY4, ALLOW_LOOPBACK4, ALLOW_ANY6};
static const char *const address_names[] = {"0.0.0.0:", "127.0.0.1:", "[::]:"};
static const enum transport protocols[] = {TRANSPORT_TCP, TRANSPORT_UDP};
enum { ENTRY_BYTES = ALLOWLIST_PROGRAM_MAX + 64 };

static const char *protocol_name(unsigned char bits)
{
	return bits == TRANSPORT_TCP ? "tcp" : bits == TRANSPORT_UDP ? "udp" : "any";
}

/* As the grammar has it, with nothing left to defaults but "any address". */
static size_t write_entry(const struct allow_entry *entry, char *to)
{
	int length = sprintf(to, "%s", entry->forbid ? "!" : "");

	if (entry->program.length > 0)
		length += sprintf(to + length, "%.*s@", (int)entry->program.length, entry->program.start);
	for (int i = 0; i < 3; i++)
		if (entry->addresses == addresses[i])
			length += sprintf(to + length, "%s", address_names[i]);
	if (entry->low == 1 && entry->high == UINT16_MAX)
		length += sprintf(to + length, "*");
	else
		length += sprintf(to + length, "%u-%u", entry->low, entry->high);
	return (size_t)length + (size_t)sprintf(to + length, "/%s ", protocol_name(entry->protocols));
}

static void same_decisions(const struct allowlist *one, const struct allowlist *other, uint16_t port)
{
	for (int a = 0; a < 3; a++)
		for (int p = 0; p < 2; p++) {
			must(allowlist_covers(one, addresses[a], port, protocols[p]) ==
			     allowlist_covers(other, addresses[a], port, protocols[p]));
			must(allowlist_forbids(one, addresses[a], port, protocols[p]) ==
			     allowlist_forbids(other, addresses[a], port, protocols[p]));
			must(!allowlist_covers(one, addresses[a], port, protocols[p]) ||
			     (allowlist_mentions(one, addresses[a], protocols[p]) &&
			      !allowlist_forbids(one, addresses[a], port, protocols[p])));
		}
}

/* The edges of every entry, and beside them. */
static void same_at_the_edges(const struct allowlist *one, const struct allowlist *other)
{
	for (size_t i = 0; i < one->count && i < 8; i++)
		for (int by = -1; by <= 1; by++) {
			if (one->entries[i].low + by > 0)
				same_decisions(one, other, (uint16_t)(one->entries[i].low + by));
			if (one->entries[i].high + by <= UINT16_MAX)
				same_decisions(one, other, (uint16_t)(one->entries[i].high + by));
		}
	same_decisions(one, other, 67);
}

static void covers_what_it_names(const struct allow_entry *entry)
{
	static struct allowlist alone;
	uint16_t inside = entry->low, below = (uint16_t)(entry->low - 1), above = (uint16_t)(entry->high + 1);
	bool all = entry->low == 1 && entry->high == UINT16_MAX;

	must(entry->low > 0 && entry->low <= entry->high);
	must(entry->addresses != 0 && entry->protocols != 0);
	alone.count = 1;
	alone.entries[0] = *entry;
	for (int a = 0; a < 3; a++)
		for (int p = 0; p < 2; p++) {
			bool dhcp = protocols[p] == TRANSPORT_UDP && (inside == 67 || inside == 68);
			bool named =
			    !dhcp && (entry->addresses & addresses[a]) && (entry->protocols & protocols[p]);

			must(allowlist_covers(&alone, addresses[a], inside, protocols[p]) ==
			     (named && !entry->forbid));
			must(below == 0 || !allowlist_covers(&alone, addresses[a], below, protocols[p]));
			must(above == 0 || !allowlist_covers(&alone, addresses[a], above, protocols[p]));
			must(!all || protocols[p] == TRANSPORT_TCP || entry->forbid ||
			     !allowlist_covers(&alone, addresses[a], 67, protocols[p]));
		}
}

static void sound_error(const struct allow_error *error, const char *text)
{
	size_t at = (size_t)(error->entry.start - text);

	must(error->entry.length > 0 && at + error->entry.length <= strlen(text));
	must(error->offset >= at && error->offset <= at + error->entry.length);
	must(error->number >= 1 && error->number <= ALLOWLIST_MAX + 1);
	must(error->problem[0] != '\0' && error->remedy[0] != '\0');
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct allowlist list, again;
	char *text = text_of(data, size), *written = malloc(ALLOWLIST_MAX * (size_t)ENTRY_BYTES);
	struct allow_error error;
	size_t used = 0;

	must(written != NULL);
	if (!allowlist_parse(&list, text, &error)) {
		must(list.count == 0);
		sound_error(&error, text);
	} else {
		written[0] = '\0';
		for (size_t i = 0; i < list.count; i++) {
			covers_what_it_names(&list.entries[i]);
			used += write_entry(&list.entries[i], written + used);
		}
		must(allowlist_parse(&again, written, &error) && again.count == list.count);
		same_at_the_edges(&list, &again);
		allowlist_keep_for(&list, "python3.11", "python3");
		allowlist_keep_for(&again, "python3.11", "python3");
		must(again.count == list.count);
		same_at_the_edges(&list, &again);
	}
	free(written);
	free(text);
	return 0;
}
