/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
#include "host/viewer/scales.h"

#include <stdlib.h>
#include <string.h>

/* One part of a list, up to its comma or end. */
struct part {
	const char *name; /* not ended; NULL: all screens */
	size_t name_size;
	double scale; /* 0: malformed */
};

static const char *next_part(const char *at, struct part *ret)
{
	size_t size = strcspn(at, ",");
	const char *number = at;
	char *end;

	*ret = (struct part){0};
	/* The last one: names may have an equals sign in them. */
	for (size_t i = 0; i < size; i++)
		if (at[i] == '=')
			number = at + i + 1;
	if (number > at) {
		ret->name = at;
		ret->name_size = (size_t)(number - 1 - at);
	}
	ret->scale = strtod(number, &end);
	/* Written so that nan fails too. */
	if (end == number || end != at + size || !(ret->scale >= 0.25 && ret->scale <= 10))
		ret->scale = 0;
	return at[size] ? at + size + 1 : NULL;
}

bool oriel_scales_check(const char *list)
{
	struct part part;

	while (list) {
		list = next_part(list, &part);
		if (!part.scale || (part.name && !part.name_size))
			return false;
	}
	return true;
}

double oriel_scales_find(const char *list, const char *name)
{
	double all = 0;
	struct part part;

	while (list) {
		list = next_part(list, &part);
		if (!part.name)
			all = part.scale;
		else if (strlen(name) == part.name_size &&
			 memcmp(part.name, name, part.name_size) == 0)
			return part.scale;
	}
	return all;
}

/* Distance on the host along an edge that two screens share. */
static int along(
	int to, int from, const struct oriel_units *to_units, const struct oriel_units *from_units)
{
	return oriel_units_to_logical(to >= from ? from_units : to_units, (double)to - from);
}

static bool overlap(int a, int a_size, int b, int b_size)
{
	return a < b + b_size && b < a + a_size;
}

/* Places a screen beside one that has its place. Returns whether they touch. */
static bool place_beside(const struct oriel_rect *area, struct oriel_units *u,
	const struct oriel_rect *other, const struct oriel_units *o)
{
	if (overlap(area->y, area->height, other->y, other->height)) {
		u->y = o->y + along(area->y, other->y, u, o);
		if (area->x == other->x + other->width)
			u->x = o->x + oriel_units_to_logical(o, other->width);
		else if (area->x + area->width == other->x)
			u->x = o->x - oriel_units_to_logical(u, area->width);
		else
			return false;
		return true;
	}
	if (!overlap(area->x, area->width, other->x, other->width))
		return false;
	u->x = o->x + along(area->x, other->x, u, o);
	if (area->y == other->y + other->height)
		u->y = o->y + oriel_units_to_logical(o, other->height);
	else if (area->y + area->height == other->y)
		u->y = o->y - oriel_units_to_logical(u, area->height);
	else
		return false;
	return true;
}

/* Right of all that have a place. */
static void place_apart(
	struct oriel_units *units, const struct oriel_rect *areas, const bool *placed, int n, int i)
{
	units[i].x = units[i].y = 0;
	for (int j = 0; j < n; j++) {
		int right = units[j].x + oriel_units_to_logical(&units[j], areas[j].width);

		if (placed[j] && right > units[i].x)
			units[i].x = right;
	}
}

static bool place_one(
	struct oriel_units *units, const struct oriel_rect *areas, bool *placed, int n)
{
	for (int i = 0; i < n; i++)
		for (int j = 0; j < n && !placed[i]; j++)
			if (placed[j] && place_beside(&areas[i], &units[i], &areas[j], &units[j]))
				return placed[i] = true;
	for (int i = 0; i < n; i++)
		if (!placed[i]) {
			place_apart(units, areas, placed, n, i);
			return placed[i] = true;
		}
	return false;
}

void oriel_scales_arrange(const struct oriel_rect *areas, struct oriel_units *units, int n)
{
	bool placed[ORIEL_MAX_OUTPUTS] = {false};
	bool equal = true;

	for (int i = 0; i < n; i++) {
		units[i].sdl_x = units[i].sdl_y = units[i].x = units[i].y = 0;
		equal &= units[i].sdl == units[0].sdl;
	}
	if (equal)
		return;
	for (int i = 0; i < n; i++) {
		units[i].sdl_x = areas[i].x;
		units[i].sdl_y = areas[i].y;
	}
	units[0].x = oriel_units_to_logical(&units[0], areas[0].x);
	units[0].y = oriel_units_to_logical(&units[0], areas[0].y);
	placed[0] = true;
	while (place_one(units, areas, placed, n))
		;
}
