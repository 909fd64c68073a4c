/* SPDX-License-Identifier: MIT */
/*
 * A line of text, built without stdio, malloc or locale, so that a signal handler
 * can build one. What does not fit is cut; there is always room for the newline.
 */
#ifndef DUALBIND_BASE_STRBUF_H
#define DUALBIND_BASE_STRBUF_H

#include "base/address.h"

#include <stddef.h>

enum { STRBUF_MAX = 512 };

struct strbuf {
	size_t length;
	char text[STRBUF_MAX];
};

void strbuf_add(struct strbuf *line, const char *words);
void strbuf_add_bytes(struct strbuf *line, const char *bytes, size_t count);
/* In double quotes, at most MOST bytes; control characters become "?", so that
 * a line stays one line. */
void strbuf_add_quoted(struct strbuf *line, const char *bytes, size_t count, size_t most);

void strbuf_add_number(struct strbuf *line, unsigned long number);

/* 192.0.2.1 or [2001:db8::1], as in RFC 5952, with %ID if there is a scope id. */
void strbuf_add_address(struct strbuf *line, const struct address *address);

/* EADDRINUSE and the like by name, others as errno=N. */
void strbuf_add_error(struct strbuf *line, int error);

/* The text so far, as a string. */
const char *strbuf_text(struct strbuf *line);

void strbuf_end(struct strbuf *line);

#endif
