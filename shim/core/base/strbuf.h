/* SPDX-License-Identifier: MIT */
/*
 * A line of text, built without stdio, malloc or locale, so that it can be
 * built inside a signal handler. What does not fit is cut; the room for the
 * newline is always kept.
 */
#ifndef DUALBIND_BASE_STRBUF_H
#define DUALBIND_BASE_STRBUF_H

#include "base/address.h"

#include <stddef.h>

enum { LINE_MAX_BYTES = 512 };

struct line {
	size_t length;
	char text[LINE_MAX_BYTES];
};

void line_add(struct line *line, const char *words);
void line_add_bytes(struct line *line, const char *bytes, size_t count);
/* In double quotes, at most MOST bytes; control characters become "?", so that
 * a line stays one line. */
void line_add_quoted(struct line *line, const char *bytes, size_t count, size_t most);

void line_add_number(struct line *line, unsigned long number);

/* 192.0.2.1 or [2001:db8::1], RFC 5952, with %ID where there is a scope id. */
void line_add_address(struct line *line, const struct address *address);

/* EADDRINUSE and the like by name, others as errno=N. */
void line_add_error(struct line *line, int error);

/* What is there so far, as a string. */
const char *line_text(struct line *line);

void line_end(struct line *line);

#endif
