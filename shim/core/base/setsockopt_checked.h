/* SPDX-License-Identifier: MIT */
/*
 * Options whose answer is not believed: a kernel may say 0 to setsockopt(2) and
 * do nothing (gVisor's does to those that it lacks). What counts is what reads back.
 */
#ifndef DUALBIND_BASE_SETSOCKOPT_CHECKED_H
#define DUALBIND_BASE_SETSOCKOPT_CHECKED_H

#include "base/own_errno.h"

#include <stdbool.h>

/* Set an option and read it back. False with errno. */
bool setsockopt_checked(int fd, int level, int name, int value);

/* The same of SO_REUSEADDR and SO_REUSEPORT, as bits. */
enum { REUSE_ADDR = 1, REUSE_PORT = 2 };

bool setsockopt_reuse(int fd, unsigned options, int value);

#endif
