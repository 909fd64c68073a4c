/* SPDX-License-Identifier: MIT */
#include "cmd/caret.h"

#include "cmd/printable.h"
#include "cmd/say.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* How many bytes of a long list are shown. */
enum { BEFORE = 60, AFTER = 40 };

static bool continues(char byte)
{
	return ((unsigned char)byte & 0xc0) == 0x80; /* inside a UTF-8 character */
}

/* A copy that is safe to print; NULL: no memory. */
static char *printable(const char *list)
{
	char *copy = strdup(list);

	if (copy == NULL)
		return NULL;
	for (char *at = copy; *at != '\0'; at++)
		if (strchr("\t\n\r", *at) != NULL)
			*at = ' ';
	printable_clean(copy);
	return copy;
}

void caret_show(const char *source, const char *list, const struct allow_error *error)
{
	size_t start = error->offset > BEFORE ? error->offset - BEFORE : 0;
	size_t column = start > 0 ? 3 : 0;
	char *shown = printable(list);

	while (start > 0 && continues(list[start]))
		start--;
	say("%s: entry %zu: %s", source, error->number, error->problem);
	fprintf(stderr, "    %s", start > 0 ? "..." : "");
	for (size_t i = start; shown != NULL && list[i] != '\0'; i++) {
		if (i > error->offset + AFTER && !continues(list[i])) {
			fputs("...", stderr);
			break;
		}
		if (i < error->offset && !continues(list[i]))
			column++;
		fputc(shown[i], stderr);
	}
	free(shown);
	fprintf(stderr, "\n    %*s^\n", (int)column, "");
	say("%s", error->remedy);
}
