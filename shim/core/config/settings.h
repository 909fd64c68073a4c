/* SPDX-License-Identifier: MIT */
/*
 * What the environment says, read once, at start or at the first hooked call
 * if that comes earlier, and immutable after.
 *
 * Anything malformed leaves the shim inert, with one line in the log.
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
	/* Whether an entry, for whatever program, may make a socket of UDP, or of TCP, be
	 * shown as AF_INET: one may be inherited from a program with another name. */
	bool datagrams, connections;
	bool dual_datagrams; /* likewise, or be dual-stack as it is: by an entry for [::] */
	bool dry_run;
	bool given; /* DUALBIND_ALLOW is not empty; otherwise nothing else counts */
	struct log log;
	struct allowlist allow; /* the entries for this program; last, since most of it stays untouched */
};

enum settings_state { SETTINGS_UNREAD, SETTINGS_READING, SETTINGS_INERT, SETTINGS_ACTIVE };

/*
 * What settings_get() gives. `dualbind check PID` reads it in other processes (preload/settings_note.c,
 * inspect/held.h): a change of what is in it raises SETTINGS_LAYOUT.
 */
struct settings_kept {
	atomic_int state; /* enum settings_state */
	struct settings settings;
};

enum { SETTINGS_LAYOUT = 1 };

extern struct settings_kept settings_kept;

/*
 * The settings, or NULL where the shim is inert: DUALBIND_ALLOW unset or
 * empty, or a variable malformed. A call that meets the reading unfinished (in
 * a signal handler, or a thread that a library's constructor started) finds it
 * inert rather than waits. Async-signal-safe after the first call.
 */
const struct settings *settings_get(void);

/* The value of a variable; NULL: it is not set. */
typedef const char *settings_lookup(const void *context, const char *name);

/* What is wrong with a variable. */
struct settings_problem {
	const char *variable, *value, *problem, *remedy;
	struct allow_error entry; /* of DUALBIND_ALLOW; its problem is NULL where another variable is wrong */
};

/* Read ALLOW, which is DUALBIND_ALLOW, and the other variables, which LOOKUP gives, into *SETTINGS, with the
 * entries for all programs, which point into ALLOW. False with *PROBLEM, which was zero: one is malformed; the
 * log can be used. */
bool settings_parse(struct settings *settings, const char *allow, settings_lookup *lookup, const void *context,
		    struct settings_problem *problem);

/* The same with the entries for this program, and the problem goes into the log. False: inert. */
bool settings_read(struct settings *settings, settings_lookup *lookup, const void *context);

#endif
