/* SPDX-License-Identifier: MIT */
/*
 * A table on a terminal: each column is as wide as its widest cell.
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

/* Adds a row of COLUMNS words at CELLS, which are copied, without control characters (printable.h). The first row is
 * the heading. If there is no memory the program ends. */
void table_add(struct table *table, enum colour colour, const char *const cells[]);

/* Prints the rows, with colours if COLOURED, and frees them. */
void table_print(struct table *table, FILE *to, bool coloured);

/* Whether standard output is a terminal, and colours are wanted (NO_COLOR). */
bool table_is_coloured(void);

#endif
