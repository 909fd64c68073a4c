/* SPDX-License-Identifier: MIT */
#include "cmd/caret.h"

#include "cmd/say.h"

#include <stdio.h>

/* What is shown of a long list. */
enum { BEFORE = 60, AFTER = 40 };

static bool continues(char byte)
{
	return ((unsigned char)byte & 0xc0) == 0x80; /* inside a UTF-8 character */
}

static int printable(char byte)
{
	if (byte == '\t' || byte == '\n' || byte == '\r')
		return ' ';
	return (unsigned char)byte < ' ' || byte == 0x7f ? '?' : byte;
}

void caret_show(const char *source, const char *list, const struct allow_error *error)
{
	size_t start = error->offset > BEFORE ? error->offset - BEFORE : 0;
	size_t column = start > 0 ? 3 : 0;

	while (start > 0 && continues(list[start]))
		start--;
	say("%s: entry %zu: %s", source, error->number, error->problem);
	fprintf(stderr, "    %s", start > 0 ? "..." : "");
	for (size_t i = start; list[i] != '\0'; i++) {
		if (i > error->offset + AFTER && !continues(list[i])) {
			fputs("...", stderr);
			break;
		}
		if (i < error->offset && !continues(list[i]))
			column++;
		fputc(printable(list[i]), stderr);
	}
	fprintf(stderr, "\n    %*s^\n", (int)column, "");
	say("%s", error->remedy);
}
