/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "inspect/environment.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* More variables than run can add. */
enum { SPARE = 16 };

static const char separators[] = " :\t\n\v\f\r"; /* glibc's and musl's */

bool environment_start(struct environment *environment, char *const from[])
{
	size_t count = 0;

	while (from[count] != NULL)
		count++;
	environment->room = count + SPARE;
	environment->list = calloc(environment->room, sizeof *environment->list);
	environment->count = 0;
	if (environment->list == NULL)
		return false;
	for (size_t i = 0; i < count; i++)
		environment->list[environment->count++] = from[i];
	return true;
}

/* Shells and other programs export many names (even BASH_FUNC_x%%), but none has a space. */
static bool is_variable(const char *string)
{
	size_t length = strcspn(string, "=");

	for (size_t i = 0; i < length; i++)
		if ((unsigned char)string[i] <= ' ' || string[i] == '\177')
			return false;
	return length > 0 && string[length] == '=';
}

bool environment_is_whole(const char *text, size_t length)
{
	if (length > 0 && text[length - 1] != '\0')
		return false;
	for (size_t at = 0; at < length; at += strlen(text + at) + 1)
		if (!is_variable(text + at))
			return false;
	return true;
}

static bool is_called(const char *string, const char *name)
{
	size_t length = strlen(name);

	return strncmp(string, name, length) == 0 && string[length] == '=';
}

const char *environment_get(const struct environment *environment, const char *name)
{
	for (size_t i = 0; i < environment->count; i++)
		if (is_called(environment->list[i], name))
			return environment->list[i] + strlen(name) + 1;
	return NULL;
}

/* If a name were there twice, one library might read the first value and another the second: so
 * only the new value stays. */
bool environment_set(struct environment *environment, const char *name, const char *value)
{
	size_t kept = 0;
	bool placed = false;
	char *string;

	if (environment->count + 2 > environment->room || asprintf(&string, "%s=%s", name, value) < 0)
		return false;
	for (size_t i = 0; i < environment->count; i++)
		if (!is_called(environment->list[i], name))
			environment->list[kept++] = environment->list[i];
		else if (!placed) {
			environment->list[kept++] = string;
			placed = true;
		}
	if (!placed)
		environment->list[kept++] = string;
	environment->list[kept] = NULL;
	environment->count = kept;
	return true;
}

static bool is_ours(const char *entry, size_t length)
{
	static const char name[] = "libdualbind.so";
	const size_t size = sizeof name - 1;

	return length >= size && memcmp(entry + length - size, name, size) == 0 &&
	       (length == size || entry[length - size - 1] == '/');
}

bool environment_preloads(const struct environment *environment)
{
	const char *entry = environment_get(environment, "LD_PRELOAD");
	size_t length;

	for (; entry != NULL && *(entry += strspn(entry, separators)) != '\0'; entry += length) {
		length = strcspn(entry, separators);
		if (is_ours(entry, length))
			return true;
	}
	return false;
}

static bool is_same(const char *entry, size_t length, const char *library)
{
	return length == strlen(library) && memcmp(entry, library, length) == 0;
}

char *environment_preload(const char *old, const char *library)
{
	size_t size = (old ? strlen(old) : 0) + strlen(library) + 2;
	char *merged = calloc(1, size), *end = merged;
	bool placed = false;

	if (merged == NULL)
		return NULL;
	for (const char *entry = old ? old : ""; *(entry += strspn(entry, separators)) != '\0';) {
		size_t length = strcspn(entry, separators);
		bool ours = is_ours(entry, length) || is_same(entry, length, library);

		if (!ours || !placed)
			end += sprintf(end, "%s%.*s", end > merged ? ":" : "",
				       ours ? (int)strlen(library) : (int)length, ours ? library : entry);
		placed = placed || ours;
		entry += length;
	}
	if (!placed)
		sprintf(end, "%s%s", end > merged ? ":" : "", library);
	return merged;
}
