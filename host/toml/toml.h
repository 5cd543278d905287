/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/*
 * Reads a TOML file, for C: a list of its tables and values. Any thread.
 */
#ifndef ORIEL_HOST_TOML_TOML_H
#define ORIEL_HOST_TOML_TOML_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

#define ORIEL_TOML_DEPTH 3      /* what is deeper is not told: its table is */
#define ORIEL_TOML_SIZE 1048576 /* largest file, bytes */

enum oriel_toml_kind {
	ORIEL_TOML_TABLE,
	ORIEL_TOML_TEXT,
	ORIEL_TOML_NUMBER,
	ORIEL_TOML_TRUTH,
	ORIEL_TOML_OTHER, /* lists, dates, text with NUL in it */
};

struct oriel_toml_item {
	const char *path[ORIEL_TOML_DEPTH]; /* names of tables, its own name last; UTF-8 */
	unsigned depth;
	unsigned line;
	enum oriel_toml_kind kind;
	const char *text; /* the value: "1.5", "true"; "" for TABLE and OTHER */
};

struct oriel_toml_fault {
	unsigned line;
	char text[160];
};

/* Calls take for each item, in the order of lines; all is borrowed for the call. When take returns
 * something else than 0, that ends it, and is returned. Otherwise 0, or -EINVAL: it is no TOML, as
 * ret_fault says; nothing was told then. */
int oriel_toml_read(const char *text, size_t size,
	int (*take)(void *user, const struct oriel_toml_item *item), void *user,
	struct oriel_toml_fault *ret_fault);

#ifdef __cplusplus
}
#endif

#endif
