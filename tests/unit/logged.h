/* SPDX-License-Identifier: MIT */
/* What goes to a log. */
#ifndef DUALBIND_TEST_LOGGED_H
#define DUALBIND_TEST_LOGGED_H

#include "base/log.h"

#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

static int logged_file = -1;

/* From now on LOG keeps what is of LEVEL. */
static inline void logged_start(struct log *log, enum log_level level)
{
	if (logged_file < 0)
		logged_file = memfd_create("log", MFD_CLOEXEC);
	log->level = level;
	snprintf(log->path, sizeof log->path, "/proc/self/fd/%d", logged_file);
}

/* The lines since the last time, in a static buffer. */
static inline const char *logged(void)
{
	static char lines[8192];
	ssize_t length = pread(logged_file, lines, sizeof lines - 1, 0);

	lines[length > 0 ? length : 0] = '\0';
	if (ftruncate(logged_file, 0) != 0)
		perror("the log");
	return lines;
}

#endif
