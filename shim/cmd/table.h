/* SPDX-License-Identifier: MIT */
/*
 * A table for people: columns as wide as what is in them.
 */
#ifndef DUALBIND_CMD_TABLE_H
#define DUALBIND_CMD_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

enum { TABLE_COLUMNS = 8 };

enum colour { COLOUR_NONE, COLOUR_GOOD, COLOUR_BAD, COLOUR_DIM };

struct table_row {
	char *cells[TABLE_COLUMNS];
	enum colour colour;
};

struct table {
	size_t columns, count, room;
	struct table_row *rows;
};

/* COLUMNS words at CELLS, which are copied, without what a terminal would obey (printable.h). The
 * first row is the heading. A row that finds no memory ends the program. */
void table_add(struct table *table, enum colour colour, const char *const cells[]);

/* Prints the rows, with colours if COLOURED, and frees them. */
void table_print(struct table *table, FILE *to, bool coloured);

/* Whether standard output is a terminal that is to have colours (NO_COLOR). */
bool table_is_coloured(void);

#endif
