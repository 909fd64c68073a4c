/* SPDX-License-Identifier: MIT */
/*
 * Why a socket for which there may be a rule was not converted: as a line of the log, and for
 * `dualbind check PID` and `ps`, which read it in other processes (inspect/held.h).
 */
#ifndef DUALBIND_BIND_LEFT_ALONE_H
#define DUALBIND_BIND_LEFT_ALONE_H

#include "bind/bind_request.h"

#include <stdatomic.h>
#include <stdint.h>

enum reason {
	NO_REASON, /* there is nothing to say */
	NO_RULE,
	ELSEWHERE,
	PASSED_BY,
	SUBMITS,
	COMPANY,
	UDP_STRANGERS,
	SHARED,
	NOT_TO_BE_HAD, /* the swap failed, with an errno */
	YIELDED,       /* the program has bound a socket of its own for the other family */
	REASONS,
};

/* The reason is kept, and logged at a level that depends on it; if it was kept already it was logged before
 * (listen(2) tries again what bind(2) could not do). ERROR is only for NOT_TO_BE_HAD. */
void left_alone_report(const struct bind_request *request, enum reason reason, enum mark mark, int error);

/* Keeps YIELDED, without a line in the log. */
void left_alone_yielded(const struct bind_request *request);

/* To be called when the request's socket was converted. */
void left_alone_forget(const struct bind_request *request);

/*
 * What is kept. The place of an entry depends on port and protocol, so one port may replace another.
 * Whoever changes the layout must raise LEFT_ALONE_LAYOUT, the type of the ELF note that tells where
 * it is (as preload/settings_note.c does for the settings).
 */
enum { LEFT_ALONE_LAYOUT = 1, LEFT_ALONE_MAX = 32 };

extern _Atomic uint32_t left_alone_kept[LEFT_ALONE_MAX];

struct left_alone {
	enum reason reason;
	int error;
};

/* Looks in a copy of it, of which nothing is trusted. */
struct left_alone left_alone_find(const uint32_t kept[LEFT_ALONE_MAX], enum transport transport, uint16_t port);

#endif
