/* SPDX-License-Identifier: MIT */
/*
 * The settings from the environment. They are read once, at start, or at the first
 * hooked call if that comes earlier, and do not change afterwards.
 *
 * If anything is malformed the shim stays inert, and the log says so in one line.
 */
#ifndef DUALBIND_CONFIG_SETTINGS_H
#define DUALBIND_CONFIG_SETTINGS_H

#include "base/log.h"
#include "config/allowlist.h"
#include "config/pool_prefix.h"

#include <stdatomic.h>
#include <stdbool.h>

struct settings {
	struct pool pool;
	bool native_peers; /* IPv6 peers are shown as AF_INET6 */
	/* Whether an entry, for any program, may lead to UDP, or TCP, sockets that are shown as
	 * AF_INET. (A socket may be inherited from a program with another name.) */
	bool datagrams, connections;
	bool dual_datagrams; /* as datagrams, or dual-stack but shown as they are (an entry for [::]) */
	bool dry_run;
	bool given; /* DUALBIND_ALLOW is not empty; if it is, nothing else counts */
	struct log log;
	struct allowlist allow; /* the entries for this program; last, since most of it is never written to */
};

enum settings_state { SETTINGS_UNREAD, SETTINGS_READING, SETTINGS_INERT, SETTINGS_ACTIVE };

/*
 * What settings_get() returns. `dualbind check PID` reads it in other processes (preload/settings_note.c,
 * inspect/held.h): whoever changes its layout must raise SETTINGS_LAYOUT.
 */
struct settings_kept {
	atomic_int state; /* enum settings_state */
	struct settings settings;
};

enum { SETTINGS_LAYOUT = 1 };

extern struct settings_kept settings_kept;

/*
 * The settings, or NULL if the shim is inert: DUALBIND_ALLOW is unset or empty, or a
 * variable is malformed. Also NULL, instead of waiting, while the settings are still
 * being read (for a signal handler, or a thread that a library's constructor has
 * started). Async-signal-safe after the first call.
 */
const struct settings *settings_get(void);

/* The value of a variable; NULL: it is not set. */
typedef const char *settings_lookup(const void *context, const char *name);

/* What is wrong with a variable. */
struct settings_problem {
	const char *variable, *value, *problem, *remedy;
	struct allow_error entry; /* for DUALBIND_ALLOW; its problem is NULL if another variable is wrong */
};

/* Read ALLOW, the value of DUALBIND_ALLOW, and the other variables, by LOOKUP, into *SETTINGS, with the entries for
 * all programs, which point into ALLOW. False with *PROBLEM, which must be zero before: a variable is malformed;
 * the log can be used. */
bool settings_parse(struct settings *settings, const char *allow, settings_lookup *lookup, const void *context,
		    struct settings_problem *problem);

/* The same with only the entries for this program; a problem is logged. False: the shim is inert. */
bool settings_read(struct settings *settings, settings_lookup *lookup, const void *context);

#endif
