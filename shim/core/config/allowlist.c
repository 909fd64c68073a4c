/* SPDX-License-Identifier: MIT */
#include "config/allowlist.h"

#include <fnmatch.h>
#include <string.h>

/* An entry while it is read: CURSOR moves from its start to END. */
struct reader {
	const char *cursor, *end;
	const char *problem, *remedy;
};

static const char separators[] = " ,\t\n\r";
static const char ports_form[] = "write a port such as 8080, a range such as 8000-8100, or * for every port";

static bool fail(struct reader *reader, const char *place, const char *problem, const char *remedy)
{
	reader->cursor = place;
	reader->problem = problem;
	reader->remedy = remedy;
	return false;
}

static bool take(struct reader *reader, char wanted)
{
	if (reader->cursor == reader->end || *reader->cursor != wanted)
		return false;
	reader->cursor++;
	return true;
}

/* Takes the text up to the last STOP before the end; if there is no STOP, nothing. */
static struct text take_before_last(struct reader *reader, char stop)
{
	struct text found = {reader->cursor, 0};

	for (const char *place = reader->end; place > reader->cursor; place--)
		if (place[-1] == stop) {
			found.length = (size_t)(place - 1 - reader->cursor);
			reader->cursor = place;
			return found;
		}
	found.start = NULL;
	return found;
}

static bool is(struct text text, const char *word)
{
	return text.length == strlen(word) && memcmp(text.start, word, text.length) == 0;
}

static bool read_program(struct reader *reader, struct allow_entry *entry)
{
	const char *start = reader->cursor;

	entry->program = take_before_last(reader, '@');
	if (entry->program.start == NULL)
		return true;
	if (entry->program.length == 0)
		return fail(reader, start, "missing program name before @",
			    "write a name or a glob, such as nginx@80 or python3*@8080");
	if (entry->program.length > ALLOWLIST_PROGRAM_MAX)
		return fail(reader, start, "the program is longer than 255 characters", "shorten it with *");
	return true;
}

static bool is_address_alone(struct text text)
{
	return is(text, "0.0.0.0") || is(text, "127.0.0.1") || is(text, "[::]") || is(text, "::");
}

static bool read_address(struct reader *reader, struct allow_entry *entry)
{
	const char *start = reader->cursor;
	struct text address = {start, (size_t)(reader->end - start)};

	if (is_address_alone(address))
		return fail(reader, reader->end, "missing port after the address",
			    "write address:port, such as 0.0.0.0:8080, or 0.0.0.0:* for every port");
	address = take_before_last(reader, ':');
	if (address.start == NULL)
		entry->addresses = entry->forbid ? ALLOW_ADDRESSES : ALLOW_ANY4;
	else if (is(address, "0.0.0.0"))
		entry->addresses = ALLOW_ANY4;
	else if (is(address, "127.0.0.1"))
		entry->addresses = ALLOW_LOOPBACK4;
	else if (is(address, "[::]"))
		entry->addresses = ALLOW_ANY6;
	else
		return fail(reader, start, "unknown address", "use 0.0.0.0: (the default), 127.0.0.1: or [::]:");
	return true;
}

static bool read_port(struct reader *reader, uint16_t *port)
{
	const char *start = reader->cursor;
	unsigned long value = 0;

	while (reader->cursor < reader->end && *reader->cursor >= '0' && *reader->cursor <= '9') {
		value = value * 10 + (unsigned long)(*reader->cursor - '0');
		if (value > UINT16_MAX)
			return fail(reader, start, "the port is above 65535", "write a port from 1 to 65535");
		reader->cursor++;
	}
	if (reader->cursor == start)
		return fail(reader, start, "missing port", ports_form);
	if (value == 0)
		return fail(reader, start, "0 is not a port",
			    "write * for every port, also those that the kernel chooses");
	*port = (uint16_t)value;
	return true;
}

static bool read_ports(struct reader *reader, struct allow_entry *entry)
{
	const char *start = reader->cursor;

	if (take(reader, '*')) {
		entry->low = 1;
		entry->high = UINT16_MAX;
		return true;
	}
	if (!read_port(reader, &entry->low))
		return false;
	entry->high = entry->low;
	if (take(reader, '-') && !read_port(reader, &entry->high))
		return false;
	if (entry->high < entry->low)
		return fail(reader, start, "the first port of the range is above the last",
			    "write the smaller port first");
	return true;
}

static bool read_protocol(struct reader *reader, struct allow_entry *entry)
{
	struct text protocol;

	entry->protocols = entry->forbid ? TRANSPORT_ANY : TRANSPORT_TCP;
	if (!take(reader, '/'))
		return reader->cursor == reader->end ||
		       fail(reader, reader->cursor, "unexpected text after the port", ports_form);
	protocol = (struct text){reader->cursor, (size_t)(reader->end - reader->cursor)};
	if (is(protocol, "tcp"))
		entry->protocols = TRANSPORT_TCP;
	else if (is(protocol, "udp"))
		entry->protocols = TRANSPORT_UDP;
	else if (is(protocol, "any"))
		entry->protocols = TRANSPORT_ANY;
	else
		return fail(reader, reader->cursor, "unknown protocol", "write /tcp (the default), /udp or /any");
	return true;
}

static bool read_entry(struct reader *reader, struct allow_entry *entry)
{
	entry->forbid = take(reader, '!');
	return read_program(reader, entry) && read_address(reader, entry) && read_ports(reader, entry) &&
	       read_protocol(reader, entry);
}

bool allowlist_parse(struct allowlist *list, const char *text, struct allow_error *error)
{
	const char *start = text;

	list->count = 0;
	for (;;) {
		struct reader reader = {0};
		size_t length;

		start += strspn(start, separators);
		length = strcspn(start, separators);
		if (length == 0)
			return true;
		reader.cursor = start;
		reader.end = start + length;
		if (list->count == ALLOWLIST_MAX)
			fail(&reader, start, "there are more than 256 entries", "use ranges or *");
		else if (read_entry(&reader, &list->entries[list->count])) {
			list->count++;
			start = reader.end;
			continue;
		}
		*error = (struct allow_error){
		    .entry = {start, length},
		    .number = list->count + 1,
		    .offset = (size_t)(reader.cursor - text),
		    .problem = reader.problem,
		    .remedy = reader.remedy,
		};
		list->count = 0;
		return false;
	}
}

static bool matches(struct text program, const char *executable, const char *comm)
{
	char glob[ALLOWLIST_PROGRAM_MAX + 1];

	if (program.length == 0)
		return true;
	memcpy(glob, program.start, program.length);
	glob[program.length] = '\0';
	return fnmatch(glob, executable, 0) == 0 || fnmatch(glob, comm, 0) == 0;
}

bool allowlist_names_programs(const struct allowlist *list)
{
	for (size_t i = 0; i < list->count; i++)
		if (list->entries[i].program.length > 0)
			return true;
	return false;
}

void allowlist_keep_for(struct allowlist *list, const char *executable, const char *comm)
{
	size_t kept = 0;

	for (size_t i = 0; i < list->count; i++)
		if (matches(list->entries[i].program, executable, comm)) {
			list->entries[kept] = list->entries[i];
			list->entries[kept++].program = (struct text){NULL, 0};
		}
	list->count = kept;
}

/* DHCP exists only for IPv4: DHCPv6 has other ports. */
bool allowlist_never_covers(uint16_t port, enum transport protocol)
{
	enum { DHCP_SERVER = 67, DHCP_CLIENT = 68 };

	return protocol == TRANSPORT_UDP && (port == DHCP_SERVER || port == DHCP_CLIENT);
}

static bool applies(const struct allow_entry *entry, enum allow_address address, uint16_t port,
		    enum transport protocol)
{
	if (!(entry->addresses & address) || !(entry->protocols & protocol))
		return false;
	if (port < entry->low || port > entry->high)
		return false;
	return entry->forbid || !allowlist_never_covers(port, protocol);
}

bool allowlist_covers(const struct allowlist *list, enum allow_address address, uint16_t port,
		      enum transport protocol)
{
	bool covered = false;

	for (size_t i = 0; i < list->count; i++) {
		if (!applies(&list->entries[i], address, port, protocol))
			continue;
		if (list->entries[i].forbid)
			return false;
		covered = true;
	}
	return covered;
}

bool allowlist_forbids(const struct allowlist *list, enum allow_address address, uint16_t port,
		       enum transport protocol)
{
	for (size_t i = 0; i < list->count; i++)
		if (list->entries[i].forbid && applies(&list->entries[i], address, port, protocol))
			return true;
	return false;
}

bool allowlist_mentions(const struct allowlist *list, enum allow_address address, enum transport protocol)
{
	for (size_t i = 0; i < list->count; i++) {
		const struct allow_entry *entry = &list->entries[i];

		if (!entry->forbid && (entry->addresses & address) && (entry->protocols & protocol))
			return true;
	}
	return false;
}
