/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/*
 * Names of clipboard types. What programs call text is one type on the link,
 * ORIEL_TYPE_TEXT; each end offers it under all the names that its programs know.
 */
#ifndef ORIEL_CLIPBOARD_TYPES_H
#define ORIEL_CLIPBOARD_TYPES_H

#include <stdbool.h>

#include "src/wire/messages.h"

#define ORIEL_SELECTIONS 2 /* clipboard and primary: enum oriel_selection */

#define ORIEL_TYPE_TEXT "text/plain;charset=utf-8"
#define ORIEL_TYPE_PNG "image/png"
#define ORIEL_TYPE_BMP "image/bmp"
#define ORIEL_TYPE_TIFF "image/tiff"
#define ORIEL_TYPE_URIS "text/uri-list"
#define ORIEL_TYPE_GNOME_FILES "x-special/gnome-copied-files"
/* Copied files with their content, between the ends of a link: see src/clipboard/files.h. */
#define ORIEL_TYPE_FILES "application/x-oriel-files"

/* A list of types; at most ORIEL_MAX_TYPES names, each of 1 to ORIEL_MAX_NAME bytes of UTF-8, none
 * twice. Zeroed: empty. */
struct oriel_types {
	char *names[ORIEL_MAX_TYPES];
	int n;
};

/* Copies name to the end; what is there already, too much or no name is left out. */
void oriel_types_add(struct oriel_types *types, const char *name);
void oriel_types_clear(struct oriel_types *types);
bool oriel_types_have(const struct oriel_types *types, const char *name);
bool oriel_types_same(const struct oriel_types *a, const struct oriel_types *b);
/* to becomes a copy of from. */
void oriel_types_copy(struct oriel_types *to, const struct oriel_types *from);
/* Drops the names that `drop` says yes to. */
void oriel_types_filter(struct oriel_types *types, bool (*drop)(const char *name));

/* Whether it is one of the names of plain text. */
bool oriel_type_is_text(const char *name);
/* All names of plain text become one ORIEL_TYPE_TEXT, in the place of the first. */
void oriel_types_from_programs(struct oriel_types *types);
/* ORIEL_TYPE_TEXT gets all its names. */
void oriel_types_for_programs(struct oriel_types *types);
/* The name of text among a program's own types that gives UTF-8, as good as can be; NULL: none. */
const char *oriel_types_text(const struct oriel_types *types);

/* Copied files are named by their places, which are of no meaning at the other end of a link: there
 * goes ORIEL_TYPE_FILES instead. Nothing changes where files can't be packed, see files.h. */
void oriel_types_to_link(struct oriel_types *types);
void oriel_types_from_link(struct oriel_types *types);
/* Whether it is one of the names that stand for ORIEL_TYPE_FILES. */
bool oriel_type_is_file_list(const char *name);

/* Marks of where an offer comes from: types without content that travel with it, so that a guest
 * knows its own offers when they come back through the host's clipboard. */
bool oriel_type_is_origin(const char *name);

#endif
