/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
#include "src/clipboard/types.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "src/base/utf8.h"
#include "src/clipboard/files.h"

#define ORIGIN "application/x-oriel-origin;"

/* Best first. The last ones are not UTF-8 by definition. */
static const char *const texts[] = {
	ORIEL_TYPE_TEXT, "UTF8_STRING", "text/plain", "TEXT", "STRING", "COMPOUND_TEXT"};
/* Under how many of them we offer text. */
#define OFFERED_TEXTS 5

void oriel_types_add(struct oriel_types *types, const char *name)
{
	size_t size = strlen(name);
	char *copy;

	if (size == 0 || size > ORIEL_MAX_NAME || types->n == ORIEL_MAX_TYPES ||
		!oriel_utf8_valid(name, size) || oriel_types_have(types, name))
		return;
	copy = strdup(name);
	if (copy)
		types->names[types->n++] = copy;
}

void oriel_types_clear(struct oriel_types *types)
{
	for (int i = 0; i < types->n; i++)
		free(types->names[i]);
	types->n = 0;
}

bool oriel_types_have(const struct oriel_types *types, const char *name)
{
	for (int i = 0; i < types->n; i++)
		if (strcmp(types->names[i], name) == 0)
			return true;
	return false;
}

bool oriel_types_same(const struct oriel_types *a, const struct oriel_types *b)
{
	if (a->n != b->n)
		return false;
	for (int i = 0; i < a->n; i++)
		if (strcmp(a->names[i], b->names[i]) != 0)
			return false;
	return true;
}

void oriel_types_copy(struct oriel_types *to, const struct oriel_types *from)
{
	struct oriel_types copy = {0};

	for (int i = 0; i < from->n; i++)
		oriel_types_add(&copy, from->names[i]);
	oriel_types_clear(to);
	*to = copy;
}

void oriel_types_filter(struct oriel_types *types, bool (*drop)(const char *name))
{
	int n = 0;

	for (int i = 0; i < types->n; i++) {
		if (drop(types->names[i]))
			free(types->names[i]);
		else
			types->names[n++] = types->names[i];
	}
	types->n = n;
}

bool oriel_type_is_text(const char *name)
{
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
		if (strcasecmp(name, texts[i]) == 0)
			return true;
	return false;
}

void oriel_types_from_programs(struct oriel_types *types)
{
	struct oriel_types result = {0};

	for (int i = 0; i < types->n; i++)
		oriel_types_add(&result,
			oriel_type_is_text(types->names[i]) ? ORIEL_TYPE_TEXT : types->names[i]);
	oriel_types_clear(types);
	*types = result;
}

void oriel_types_for_programs(struct oriel_types *types)
{
	struct oriel_types result = {0};

	for (int i = 0; i < types->n; i++) {
		oriel_types_add(&result, types->names[i]);
		for (int j = 0; strcmp(types->names[i], ORIEL_TYPE_TEXT) == 0 && j < OFFERED_TEXTS;
			j++)
			oriel_types_add(&result, texts[j]);
	}
	oriel_types_clear(types);
	*types = result;
}

const char *oriel_types_text(const struct oriel_types *types)
{
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
		for (int j = 0; j < types->n; j++)
			if (strcasecmp(types->names[j], texts[i]) == 0)
				return types->names[j];
	return NULL;
}

bool oriel_type_is_origin(const char *name)
{
	return strncmp(name, ORIGIN, sizeof ORIGIN - 1) == 0;
}

bool oriel_type_is_file_list(const char *name)
{
	return strcmp(name, ORIEL_TYPE_URIS) == 0 || strcmp(name, ORIEL_TYPE_GNOME_FILES) == 0;
}

static bool is_files(const char *name)
{
	return strcmp(name, ORIEL_TYPE_FILES) == 0;
}

void oriel_types_to_link(struct oriel_types *types)
{
	bool has = oriel_types_have(types, ORIEL_TYPE_URIS);

	if (!oriel_files_supported())
		return;
	oriel_types_filter(types, oriel_type_is_file_list);
	if (has)
		oriel_types_add(types, ORIEL_TYPE_FILES);
}

void oriel_types_from_link(struct oriel_types *types)
{
	bool has = oriel_types_have(types, ORIEL_TYPE_FILES);

	if (!oriel_files_supported())
		return;
	oriel_types_filter(types, is_files);
	if (!has)
		return;
	oriel_types_add(types, ORIEL_TYPE_URIS);
	oriel_types_add(types, ORIEL_TYPE_GNOME_FILES);
}
