/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "cmd/table.h"

#include "cmd/command.h"
#include "cmd/printable.h"
#include "cmd/say.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void table_add(struct table *table, enum colour colour, const char *const cells[])
{
	if (table->count == table->room) {
		table->room = table->room ? 2 * table->room : 32;
		table->rows = reallocarray(table->rows, table->room, sizeof *table->rows);
	}
	for (size_t i = 0; table->rows != NULL && i < table->columns; i++) {
		table->rows[table->count].cells[i] = strdup(cells[i]);
		if (table->rows[table->count].cells[i] == NULL)
			table->rows = NULL;
		else
			printable_clean(table->rows[table->count].cells[i]);
	}
	if (table->rows == NULL) {
		say("out of memory");
		exit(STATUS_FAILED);
	}
	table->rows[table->count++].colour = colour;
}

static void print_row(const struct table *table, const struct table_row *row, const size_t *widths, FILE *to)
{
	size_t last = table->columns;

	while (last > 1 && row->cells[last - 1][0] == '\0') /* no blanks at the end of a line */
		last--;
	for (size_t i = 0; i + 1 < last; i++)
		fprintf(to, "%-*s  ", (int)widths[i], row->cells[i]);
	fputs(row->cells[last - 1], to);
}

void table_print(struct table *table, FILE *to, bool coloured)
{
	static const char *const codes[] = {
	    [COLOUR_NONE] = "", [COLOUR_GOOD] = "\033[32m", [COLOUR_BAD] = "\033[33m", [COLOUR_DIM] = "\033[2m"};
	size_t widths[TABLE_COLUMNS] = {0};

	for (size_t row = 0; row < table->count; row++)
		for (size_t i = 0; i < table->columns; i++)
			if (strlen(table->rows[row].cells[i]) > widths[i])
				widths[i] = strlen(table->rows[row].cells[i]);
	for (size_t row = 0; row < table->count; row++) {
		const char *code = coloured ? codes[table->rows[row].colour] : "";

		fputs(code, to);
		print_row(table, &table->rows[row], widths, to);
		fprintf(to, "%s\n", code[0] ? "\033[0m" : "");
		for (size_t i = 0; i < table->columns; i++)
			free(table->rows[row].cells[i]);
	}
	free(table->rows);
	*table = (struct table){0};
}

bool table_is_coloured(void)
{
	const char *none = getenv("NO_COLOR"), *terminal = getenv("TERM");

	return (none == NULL || none[0] == '\0') && terminal != NULL && strcmp(terminal, "dumb") != 0 &&
	       isatty(STDOUT_FILENO);
}
