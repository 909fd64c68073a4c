/* SPDX-License-Identifier: MIT */
/*
 * What the library holds in another process: the settings that it has read there, and why sockets were
 * not converted. It is found by a note (preload/settings_note.c) in the memory of the process, not in the
 * library's file, which may have been replaced since. Nothing that is read is trusted.
 */
#ifndef DUALBIND_INSPECT_HELD_H
#define DUALBIND_INSPECT_HELD_H

#include "bind/left_alone.h"
#include "config/allowlist.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum held_state {
	HELD_UNREADABLE, /* the memory cannot be read */
	HELD_UNKNOWN,    /* a library of another version, or damaged */
	HELD_UNREAD,     /* the library has not read them yet */
	HELD_INERT,      /* DUALBIND_ALLOW was unset or empty */
	HELD_MALFORMED,  /* a variable was malformed: the library is inert, too */
	HELD_ACTIVE,
};

struct held {
	enum held_state state;
	/* If it is HELD_ACTIVE. */
	bool native_peers, dry_run;
	uint32_t pool_network; /* host byte order */
	unsigned pool_length;
	struct allowlist allow; /* the entries for this program */
};

/* Copy SIZE bytes at ADDRESS of the process. False if they cannot be read. */
typedef bool held_reader(void *context, uint64_t address, void *to, size_t size);

/* BASE: where the library's file begins in the process. */
void held_read(struct held *held, uint64_t base, held_reader *read, void *context);

/* The process's copy of what bind/left_alone.h keeps. False: it cannot be read. */
bool held_left_alone(uint32_t kept[LEFT_ALONE_MAX], uint64_t base, held_reader *read, void *context);

#endif
