/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/*
 * Text in columns on standard output, as wide as its widest cell. Texts may be a peer's: what
 * can't be printed is shown as '?'.
 */
#ifndef ORIEL_HOST_CLI_TABLE_H
#define ORIEL_HOST_CLI_TABLE_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#define ORIEL_TABLE_COLUMNS 10
#define ORIEL_TABLE_CELL 40 /* widest cell; longer texts end in ... */

struct oriel_table {
	size_t n_columns;
	const char *align; /* one letter a column: l or r; its length is n_columns */
	char **cells;      /* row by row */
	size_t n_cells;
	int error; /* -ENOMEM once something could not be kept */
};

/* align is borrowed. */
void oriel_table_init(struct oriel_table *table, const char *align);
void oriel_table_finish(struct oriel_table *table);

/* Adds the next cell. */
void oriel_table_add(struct oriel_table *table, const char *untrusted_text);
void oriel_table_format(struct oriel_table *table, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* Prints all whole rows. 0 or -ENOMEM. */
int oriel_table_print(const struct oriel_table *table, FILE *file);

/* "0 B", "999 B", "1.0 kB", "12.3 MB": powers of 1000. size >= 16. */
void oriel_table_bytes(uint64_t bytes, char *text, size_t size);

#endif
