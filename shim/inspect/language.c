/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "inspect/language.h"

#include <string.h>
#include <sys/types.h>
#include <unistd.h>

enum { MARKER_MAX = 32, CHUNK_BYTES = 16 << 10 };

/*
 * Text that the standard library puts into every program whose main() is in that
 * language: Rust's checks signal(2) before main() (rustc 1.63 to 1.95); Zig's has the
 * name of the error when a bind or listen fails (0.11 to 0.17), and that of the variable
 * which it gives to programs that it starts (from 0.13 on). The first letter is kept
 * separately, or this command itself would seem to be in each of these languages.
 */
static const struct marker {
	char first;
	const char *rest;
	enum language language;
} markers[] = {{'s', "ignal(libc::SIGPIPE, ", LANGUAGE_RUST},
	       {'P', "rocessFdQuotaExceeded", LANGUAGE_ZIG},
	       {'Z', "IG_PROGRESS", LANGUAGE_ZIG}};

static bool has_marker(const char *bytes, size_t length, const struct marker *marker)
{
	const size_t size = strlen(marker->rest);
	const char *end = bytes + length, *found;

	for (bytes++; bytes < end; bytes = found + 1) {
		found = memmem(bytes, (size_t)(end - bytes), marker->rest, size);
		if (found == NULL)
			return false;
		if (found[-1] == marker->first)
			return true;
	}
	return false;
}

static enum language find_language(const char *bytes, size_t length)
{
	for (size_t i = 0; i < sizeof markers / sizeof markers[0]; i++)
		if (has_marker(bytes, length, &markers[i]))
			return markers[i].language;
	return LANGUAGE_UNKNOWN;
}

/* The end of a chunk is searched again together with the next one. */
enum language language_of(int file, const struct elf *elf)
{
	char bytes[MARKER_MAX + CHUNK_BYTES];
	size_t kept = 0;
	ssize_t size;

	if (elf->go)
		return LANGUAGE_GO;
	for (off_t at = 0; at < LANGUAGE_BYTES_MAX; at += size) {
		enum language found;
		size_t length;

		size = pread(file, bytes + kept, CHUNK_BYTES, at);
		if (size <= 0)
			break;
		length = kept + (size_t)size;
		found = find_language(bytes, length);
		if (found != LANGUAGE_UNKNOWN)
			return found;
		kept = length < MARKER_MAX ? length : MARKER_MAX;
		memmove(bytes, bytes + length - kept, kept);
	}
	return LANGUAGE_UNKNOWN;
}

const char *language_name(enum language language)
{
	static const char *const names[] = {
	    [LANGUAGE_UNKNOWN] = NULL,
	    [LANGUAGE_GO] = "Go",
	    [LANGUAGE_RUST] = "Rust",
	    [LANGUAGE_ZIG] = "Zig",
	};

	return names[language];
}
