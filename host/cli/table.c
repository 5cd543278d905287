/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
#include "host/cli/table.h"

#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

void oriel_table_init(struct oriel_table *table, const char *align)
{
	*table = (struct oriel_table){.n_columns = strlen(align), .align = align};
}

void oriel_table_finish(struct oriel_table *table)
{
	for (size_t i = 0; i < table->n_cells; i++)
		free(table->cells[i]);
	free(table->cells);
}

/* Reads one character of *text, goes past it, and says how many columns it takes; -1: it can't
 * be printed. */
static int next_width(const char **text, size_t *ret_bytes)
{
	wchar_t wide;
	mbstate_t state = {0};
	size_t n = mbrtowc(&wide, *text, strlen(*text), &state);
	int width;

	*ret_bytes = n == 0 || n > MB_LEN_MAX ? 1 : n;
	width = n == 0 || n > MB_LEN_MAX ? -1 : wcwidth(wide);
	*text += *ret_bytes;
	return width;
}

static size_t text_width(const char *text)
{
	size_t bytes, width = 0;

	while (*text)
		width += (size_t)next_width(&text, &bytes);
	return width;
}

/* A printable copy, cut to ORIEL_TABLE_CELL columns. */
static char *clean(const char *untrusted_text)
{
	const char *text = untrusted_text;
	char *copy = malloc(strlen(text) + sizeof "..."), *to = copy, *cut = copy;
	size_t columns = 0;

	while (copy && *text) {
		const char *from = text;
		size_t bytes;
		int width = next_width(&text, &bytes);

		columns += width < 0 ? 1 : (size_t)width;
		if (columns > ORIEL_TABLE_CELL) {
			strcpy(cut, "...");
			return copy;
		}
		if (width < 0)
			*to = '?';
		else
			memcpy(to, from, bytes);
		to += width < 0 ? 1 : bytes;
		if (columns <= ORIEL_TABLE_CELL - 3)
			cut = to;
	}
	if (copy)
		*to = '\0';
	return copy;
}

void oriel_table_add(struct oriel_table *table, const char *untrusted_text)
{
	char **cells = realloc(table->cells, (table->n_cells + 1) * sizeof *cells);

	if (cells)
		table->cells = cells;
	if (cells)
		cells[table->n_cells] = clean(untrusted_text);
	if (cells && cells[table->n_cells])
		table->n_cells++;
	else
		table->error = -ENOMEM;
}

void oriel_table_format(struct oriel_table *table, const char *format, ...)
{
	char text[256];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof text, format, args);
	va_end(args);
	oriel_table_add(table, text);
}

static void print_cell(FILE *file, const char *text, size_t width, char align, int last)
{
	int blanks = (int)(width - text_width(text));

	if (align == 'r')
		fprintf(file, "%*s%s", blanks, "", text);
	else if (last)
		fputs(text, file);
	else
		fprintf(file, "%s%*s", text, blanks, "");
	fputs(last ? "\n" : "  ", file);
}

int oriel_table_print(const struct oriel_table *table, FILE *file)
{
	size_t widths[ORIEL_TABLE_COLUMNS] = {0};
	size_t n = table->n_columns;

	if (table->error)
		return table->error;
	for (size_t i = 0; i < table->n_cells; i++) {
		size_t width = text_width(table->cells[i]);

		if (width > widths[i % n])
			widths[i % n] = width;
	}
	for (size_t i = 0; i < table->n_cells / n * n; i++)
		print_cell(
			file, table->cells[i], widths[i % n], table->align[i % n], i % n == n - 1);
	return 0;
}

void oriel_table_bytes(uint64_t bytes, char *text, size_t size)
{
	static const char *const units[] = {"kB", "MB", "GB", "TB", "PB", "EB"};
	double value = (double)bytes / 1000;
	size_t unit = 0;

	if (bytes < 1000) {
		snprintf(text, size, "%" PRIu64 " B", bytes);
		return;
	}
	/* 999.95 would be rounded up to 1000.0. */
	for (; value >= 999.95 && unit < 5; unit++)
		value /= 1000;
	snprintf(text, size, "%.1f %s", value, units[unit]);
}
