/* SPDX-License-Identifier: MIT */
/*
 * The allowlist: which listeners the shim may make dual-stack.
 *
 *   list    = entries separated by spaces or commas
 *   entry   = ["!"] [program "@"] [address ":"] ports ["/" protocol]
 *   program = shell glob (fnmatch(3)) for the program's name
 *   address = what the program binds: 0.0.0.0 (default), 127.0.0.1 or [::]
 *   ports   = "*" | N | N "-" M, 1 to 65535; never DHCP's 67 and 68 over UDP, which
 *             do not exist for IPv6
 *   protocol= tcp (default) | udp | any
 *
 * A "!" entry forbids, and wins over every other one, wherever it is in the list.
 * Without an address it forbids all three, without a protocol both.
 *
 * The library and the command share this parser. It allocates nothing: an entry
 * points into the text from which it was read, until allowlist_keep_for() has
 * dropped the entries of other programs. After that the text is not needed.
 */
#ifndef DUALBIND_CONFIG_ALLOWLIST_H
#define DUALBIND_CONFIG_ALLOWLIST_H

#include "base/transport.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { ALLOWLIST_MAX = 256, ALLOWLIST_PROGRAM_MAX = 255 };

/* These are bits, since a "!" entry may cover several. */
enum allow_address { ALLOW_ANY4 = 1, ALLOW_LOOPBACK4 = 2, ALLOW_ANY6 = 4, ALLOW_ADDRESSES = 7 };

struct text {
	const char *start;
	size_t length;
};

struct allow_entry {
	struct text program; /* length 0: every program */
	bool forbid;
	unsigned char addresses; /* enum allow_address */
	unsigned char protocols; /* enum transport */
	uint16_t low, high;      /* host byte order, both included */
};

struct allowlist {
	size_t count;
	struct allow_entry entries[ALLOWLIST_MAX];
};

struct allow_error {
	struct text entry;   /* the whole offending entry */
	size_t number;       /* which entry it is, from 1 */
	size_t offset;       /* bytes from the start of the list to the offending place */
	const char *problem; /* what is wrong there */
	const char *remedy;  /* what would be right */
};

/* Parse TEXT, a string, into LIST. False with *ERROR if it is malformed. */
bool allowlist_parse(struct allowlist *list, const char *text, struct allow_error *error);

/* Whether any entry is only for certain programs. */
bool allowlist_names_programs(const struct allowlist *list);

/* Keep the entries whose glob matches EXECUTABLE (a base name) or COMM. */
void allowlist_keep_for(struct allowlist *list, const char *executable, const char *comm);

/* Whether a listener that binds ADDRESS (one bit) at PORT (host order, 1 to
 * 65535) over PROTOCOL (one bit) is allowed. */
bool allowlist_covers(const struct allowlist *list, enum allow_address address, uint16_t port,
		      enum transport protocol);

/* Whether no entry can allow that port: DHCP's over UDP. */
bool allowlist_never_covers(uint16_t port, enum transport protocol);

/* Whether a "!" entry forbids it. */
bool allowlist_forbids(const struct allowlist *list, enum allow_address address, uint16_t port,
		       enum transport protocol);

/* Whether any entry allows ADDRESS over PROTOCOL, at any port. */
bool allowlist_mentions(const struct allowlist *list, enum allow_address address, enum transport protocol);

#endif
