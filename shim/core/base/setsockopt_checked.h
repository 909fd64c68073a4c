/* SPDX-License-Identifier: MIT */
/*
 * Options that are read back after they were set: setsockopt(2) may return 0 and do
 * nothing (gVisor's does, for options that it does not have).
 */
#ifndef DUALBIND_BASE_SETSOCKOPT_CHECKED_H
#define DUALBIND_BASE_SETSOCKOPT_CHECKED_H

#include "base/own_errno.h"

#include <stdbool.h>

/* Set an option and read it back. False with errno. */
bool setsockopt_checked(int fd, int level, int name, int value);

/* The same for SO_REUSEADDR and SO_REUSEPORT, given as bits. */
enum { REUSE_ADDR = 1, REUSE_PORT = 2 };

bool setsockopt_reuse(int fd, unsigned options, int value);

#endif
