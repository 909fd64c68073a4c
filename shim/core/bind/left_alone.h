/* SPDX-License-Identifier: MIT */
/*
 * Why a socket that a rule may be for stays as the program made it: as a line of the log, and
 * for `dualbind check PID` and `ps`, which read it in other processes (inspect/held.h).
 */
#ifndef DUALBIND_BIND_LEFT_ALONE_H
#define DUALBIND_BIND_LEFT_ALONE_H

#include "bind/bind_request.h"

#include <stdatomic.h>
#include <stdint.h>

enum reason {
	NO_REASON, /* nothing is to be said */
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

/* It is kept, and a line of the log, at the level that the reason is worth: what is kept already has
 * been told (listen(2) tries what bind(2) could not). ERROR is of NOT_TO_BE_HAD alone. */
void left_alone_report(const struct bind_request *request, enum reason reason, enum mark mark, int error);

/* Without a line. */
void left_alone_yielded(const struct bind_request *request);

/* What the request is for has become ours. */
void left_alone_forget(const struct bind_request *request);

/*
 * What is kept: an entry has its place by port and protocol, so that a port may have displaced
 * another. Whoever changes what is in it raises LEFT_ALONE_LAYOUT, the type of the ELF note that
 * tells where it is (as preload/settings_note.c does of the settings).
 */
enum { LEFT_ALONE_LAYOUT = 1, LEFT_ALONE_MAX = 32 };

extern _Atomic uint32_t left_alone_kept[LEFT_ALONE_MAX];

struct left_alone {
	enum reason reason;
	int error;
};

/* Of a copy of it, of which nothing is trusted. */
struct left_alone left_alone_find(const uint32_t kept[LEFT_ALONE_MAX], enum transport transport, uint16_t port);

#endif
