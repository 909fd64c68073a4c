/* SPDX-License-Identifier: MIT */
#include "cmd/allowtext.h"

#include <stdio.h>
#include <string.h>

static void write_ports(char *text, size_t size, const struct allow_entry *entry)
{
	if (entry->low == 1 && entry->high == UINT16_MAX)
		snprintf(text, size, "*");
	else if (entry->low == entry->high)
		snprintf(text, size, "%u", (unsigned)entry->low);
	else
		snprintf(text, size, "%u-%u", (unsigned)entry->low, (unsigned)entry->high);
}

static const char *protocol_of(const struct allow_entry *entry)
{
	if (entry->forbid && entry->protocols == TRANSPORT_ANY)
		return "";
	if (entry->protocols == TRANSPORT_ANY)
		return "/any";
	if (entry->protocols == TRANSPORT_UDP)
		return "/udp";
	return entry->forbid ? "/tcp" : "";
}

static size_t write_entry(char *text, size_t size, const struct allow_entry *entry, const char *address)
{
	char ports[16];
	int length;

	write_ports(ports, sizeof ports, entry);
	length = snprintf(text, size, "%s%s%s%s,", entry->forbid ? "!" : "", address, ports, protocol_of(entry));
	return length > 0 && (size_t)length < size ? (size_t)length : 0;
}

void allowtext_write(char text[ALLOWTEXT_BYTES], const struct allowlist *list)
{
	static const struct {
		enum allow_address address;
		const char *words;
	} addresses[] = {{ALLOW_ANY4, "0.0.0.0:"}, {ALLOW_LOOPBACK4, "127.0.0.1:"}, {ALLOW_ANY6, "[::]:"}};
	size_t length = 0;

	for (size_t i = 0; i < list->count; i++) {
		const struct allow_entry *entry = &list->entries[i];

		if (entry->addresses == (entry->forbid ? ALLOW_ADDRESSES : ALLOW_ANY4)) {
			length += write_entry(text + length, ALLOWTEXT_BYTES - length, entry, "");
			continue;
		}
		for (size_t k = 0; k < sizeof addresses / sizeof addresses[0]; k++)
			if (entry->addresses & addresses[k].address)
				length +=
				    write_entry(text + length, ALLOWTEXT_BYTES - length, entry, addresses[k].words);
	}
	text[length > 0 ? length - 1 : 0] = '\0';
}
