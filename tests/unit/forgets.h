/* SPDX-License-Identifier: MIT */
/*
 * A kernel that says 0 to setsockopt(2) and does nothing. The linker's --wrap sends
 * the core's calls of sys_X to __wrap_sys_X in forgets.c (FORGOTTEN in tests/tests.mk).
 */
#ifndef DUALBIND_TEST_FORGETS_H
#define DUALBIND_TEST_FORGETS_H

#include <stdbool.h>

enum { FORGETS_NAMES = 4, READS_THE_TRUTH = -2, READS_UNKNOWN = -1 };

/* Of which options. */
struct forgets {
	int level, name[FORGETS_NAMES]; /* up to a 0 */
	int reads;                      /* a constant, or one of these two */
	bool refused;                   /* ENOPROTOOPT to setsockopt(2) too: an old kernel, which says so */
	bool plain;                     /* and of SO_NO_CHECK and SO_LINGER */
	bool registrations;             /* epoll instances show none in their fdinfo */
};

/* NULL: of none. */
void forgets_start(const struct forgets *forgets);

#endif
