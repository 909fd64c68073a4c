/* SPDX-License-Identifier: MIT */
/*
 * The judge: whether the supervisor may convert an AF_INET listener to a dual-stack
 * one. Without the library the program is not shown IPv4 addresses then: all its clients
 * are AF_INET6, even IPv4 ones, and a program that does not look at the family refuses or
 * misreads all of them.
 */
#ifndef DUALBIND_SUPERVISE_JUDGE_H
#define DUALBIND_SUPERVISE_JUDGE_H

#include "base/address.h"
#include "supervise/target.h"

#include <stdbool.h>

/* The risk of a conversion without the library, for a program in a language of which it is not known that it looks
 * at the family. */
#define JUDGE_RISK                                                                                                 \
	"all its clients, IPv4 ones too, come as AF_INET6: nginx and others refuse them, some log 0.0.0.0; "       \
	"test it first"

/* For which programs the supervisor converts. */
enum converts {
	CONVERTS_ALL,      /* --mode supervise */
	CONVERTS_UNLOADED, /* --mode both: programs without the library, or that make calls past it */
	CONVERTS_KNOWN,    /* --mode auto: languages that look at the family (language.h) */
};

/* To be called before the first call is judged. LIBRARY is the path in LD_PRELOAD of the
 * programs; NULL: none. */
void judge_start(enum converts converts, const char *library);

/* Whether a program into which we cannot look probably has the library. */
bool judge_expects_library(void);

/* Whether the supervisor may convert for the target, by the program that it executes now. */
bool judge_converts(const struct target *target);

/*
 * A socket of the target that binds ASKED, over PROTOCOL, stays IPv4 although a
 * rule covers it: logs why, once for each process. False if there is no reason that is
 * special to this program.
 */
bool judge_report(const struct target *target, const struct address *asked, enum transport protocol);

#endif
