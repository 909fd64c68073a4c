/* SPDX-License-Identifier: MIT */
/*
 * The log: one line per event, in logfmt, each sent by a single write(2).
 *
 * It never blocks, never raises SIGPIPE, never changes errno, and never writes
 * to a descriptor 2 that is another file than at start: a program that has
 * closed its stderr may have a client's connection there.
 */
#ifndef DUALBIND_BASE_LOG_H
#define DUALBIND_BASE_LOG_H

#include "base/strbuf.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/stat.h>
#include <sys/types.h>

enum log_level { LOG_OFF, LOG_ERROR, LOG_INFO, LOG_DEBUG };
enum { LOG_PATH_MAX = 1024 };

struct log {
	enum log_level level;
	char path[LOG_PATH_MAX]; /* empty: stderr */
	bool has_stderr;         /* descriptor 2 was open at start */
	dev_t stderr_device;
	ino_t stderr_inode;
};

/* Remember what descriptor 2 is now. */
void log_start(struct log *log);

/* Read "level" or "level:/path". False with *PROBLEM and *REMEDY. */
bool log_parse(struct log *log, const char *text, const char **problem, const char **remedy);

/* Begin a line, with the process that it is about. */
void log_begin(struct strbuf *line, pid_t process);

/* Whether its file, if it names one, can be opened for writing; this creates the file. False with errno. */
bool log_can_be_written(const struct log *log);

/* End the line and write it. If the file cannot be opened, one line on standard error
 * says so, the first time. */
void log_send(const struct log *log, struct strbuf *line);

#endif
