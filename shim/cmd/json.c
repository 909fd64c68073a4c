/* SPDX-License-Identifier: MIT */
#include "cmd/json.h"

#include <stddef.h>

/* The length of the UTF-8 character at TEXT; 0 if there is none. */
static size_t character(const unsigned char *text)
{
	size_t length = text[0] < 0x80 ? 1 : text[0] < 0xc2 ? 0 : text[0] < 0xe0 ? 2 : text[0] < 0xf0 ? 3 : 4;

	if (text[0] > 0xf4)
		return 0;
	for (size_t i = 1; i < length; i++)
		if ((text[i] & 0xc0) != 0x80)
			return 0;
	/* Overlong forms, surrogates, and values above U+10FFFF. */
	if ((text[0] == 0xe0 && text[1] < 0xa0) || (text[0] == 0xed && text[1] > 0x9f) ||
	    (text[0] == 0xf0 && text[1] < 0x90) || (text[0] == 0xf4 && text[1] > 0x8f))
		return 0;
	return length;
}

/* A path or a process's name may have any bytes; those that are not UTF-8 become U+FFFD. */
static void quote(FILE *to, const char *value)
{
	const unsigned char *at = (const unsigned char *)value;

	fputc('"', to);
	while (*at != '\0') {
		size_t length = character(at);

		if (length == 0)
			fputs("\\ufffd", to);
		else if (*at == '"' || *at == '\\')
			fprintf(to, "\\%c", *at);
		else if (*at < ' ' || *at == 0x7f)
			fprintf(to, "\\u%04x", *at);
		else
			fwrite(at, 1, length, to);
		at += length ? length : 1;
	}
	fputc('"', to);
}

static void begin(struct json *json, const char *key)
{
	if (json->follows)
		fputc(',', json->to);
	json->follows = true;
	if (key != NULL) {
		quote(json->to, key);
		fputc(':', json->to);
	}
}

void json_open(struct json *json, const char *key, char bracket)
{
	begin(json, key);
	fputc(bracket, json->to);
	json->follows = false;
}

void json_close(struct json *json, char bracket)
{
	fputc(bracket, json->to);
	json->follows = true;
}

void json_string(struct json *json, const char *key, const char *value)
{
	begin(json, key);
	if (value != NULL)
		quote(json->to, value);
	else
		fputs("null", json->to);
}

void json_number(struct json *json, const char *key, long value)
{
	begin(json, key);
	fprintf(json->to, "%ld", value);
}

void json_bool(struct json *json, const char *key, bool value)
{
	begin(json, key);
	fputs(value ? "true" : "false", json->to);
}

void json_null(struct json *json, const char *key)
{
	json_string(json, key, NULL);
}

void json_end(struct json *json)
{
	fputc('\n', json->to);
	json->follows = false;
}
