/* SPDX-License-Identifier: MIT */
/*
 * The judge: whether the supervisor may make a dual-stack socket of an AF_INET
 * listener. Nobody shows IPv4 addresses to the program then: its clients are
 * AF_INET6, the IPv4 ones too, and a program that does not look at the family
 * refuses or misreads all of them.
 */
#ifndef DUALBIND_SUPERVISE_JUDGE_H
#define DUALBIND_SUPERVISE_JUDGE_H

#include "base/address.h"
#include "supervise/target.h"

#include <stdbool.h>

/* What a conversion without the library means for a program in a language that is not known
 * to look at the family. */
#define JUDGE_RISK                                                                                                 \
	"all its clients, IPv4 ones too, come as AF_INET6: nginx and others refuse them, some log 0.0.0.0; "       \
	"test it first"

/* For which programs the supervisor does so. */
enum converts {
	CONVERTS_ALL,      /* --mode supervise */
	CONVERTS_UNLOADED, /* both: for those in which the library is not, or that pass it by */
	CONVERTS_KNOWN,    /* auto: for languages that look at the family (language.h) */
};

/* Before the first call. LIBRARY is the path that programs are told to preload;
 * NULL: none. */
void judge_start(enum converts converts, const char *library);

/* Whether a program that cannot be seen may well have the library. */
bool judge_expects_library(void);

/* Whether the supervisor may do so for the target, by what it executes now. */
bool judge_converts(const struct target *target);

/*
 * A socket of the target that binds ASKED, over PROTOCOL, stays IPv4 although a
 * rule covers it: a line says why, one for each process. False where there is
 * nothing to say of this program that is not true of all that are supervised.
 */
bool judge_report(const struct target *target, const struct address *asked, enum transport protocol);

#endif
