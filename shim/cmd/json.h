/* SPDX-License-Identifier: MIT */
/*
 * JSON (RFC 8259), written as it is built, with commas and escapes.
 */
#ifndef DUALBIND_CMD_JSON_H
#define DUALBIND_CMD_JSON_H

#include <stdbool.h>
#include <stdio.h>

struct json {
	FILE *to;
	bool follows; /* a comma is due before the next value */
};

/* KEY is NULL inside arrays and at the top. */
void json_open(struct json *json, const char *key, char bracket);        /* '{' or '[' */
void json_close(struct json *json, char bracket);                        /* '}' or ']' */
void json_string(struct json *json, const char *key, const char *value); /* NULL: null */
void json_number(struct json *json, const char *key, long value);
void json_bool(struct json *json, const char *key, bool value);
void json_null(struct json *json, const char *key);
void json_end(struct json *json); /* a newline, after the last value */

#endif
