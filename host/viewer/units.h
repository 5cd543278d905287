/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/*
 * The three units of length and the only conversions between them.
 *
 *   logical   the guest's desktop; what messages carry
 *   SDL       what SDL gives and takes for windows, displays and the pointer: pixels on X11, points
 *             on macOS
 *   pixels    of a window's surface: SDL units times the window's pixel density
 *
 * On X11 `sdl` is the scale (option, or that of the screens) and the density is 1. On macOS a
 * logical unit is a point.
 *
 * Screens of several scales each have units of their own, and a window has those of the screen that
 * it is on. Popups have those of their toplevel, wherever they are.
 */
#ifndef ORIEL_HOST_VIEWER_UNITS_H
#define ORIEL_HOST_VIEWER_UNITS_H

#include <math.h>
#include <stdbool.h>
#include <stdint.h>

#include "src/wire/messages.h"

struct oriel_units {
	double sdl; /* SDL units per logical unit; > 0 */
	/* One place of the desktop in both: a corner of the screen. */
	int sdl_x, sdl_y, x, y;
};

/* Positions; saturate far outside of any desktop. */
static inline int oriel_units_scale(double value, double factor)
{
	double scaled = floor(value * factor + 0.5);

	if (!(scaled > -1e8))
		return -100000000;
	return scaled < 1e8 ? (int)scaled : 100000000;
}

static inline int oriel_units_to_sdl(const struct oriel_units *u, double logical)
{
	return oriel_units_scale(logical, u->sdl);
}

static inline int oriel_units_to_logical(const struct oriel_units *u, double sdl)
{
	return oriel_units_scale(sdl, 1 / u->sdl);
}

/* Places of the desktop. */
static inline int oriel_units_x_to_logical(const struct oriel_units *u, int sdl)
{
	return u->x + oriel_units_to_logical(u, (double)sdl - u->sdl_x);
}

static inline int oriel_units_y_to_logical(const struct oriel_units *u, int sdl)
{
	return u->y + oriel_units_to_logical(u, (double)sdl - u->sdl_y);
}

static inline int oriel_units_x_to_sdl(const struct oriel_units *u, int logical)
{
	return u->sdl_x + oriel_units_to_sdl(u, (double)logical - u->x);
}

static inline int oriel_units_y_to_sdl(const struct oriel_units *u, int logical)
{
	return u->sdl_y + oriel_units_to_sdl(u, (double)logical - u->y);
}

static inline bool oriel_units_same(const struct oriel_units *a, const struct oriel_units *b)
{
	return a->sdl == b->sdl && a->sdl_x == b->sdl_x && a->sdl_y == b->sdl_y && a->x == b->x &&
	       a->y == b->y;
}

/* Sizes of windows: at least 1, at most what X11 and the protocol can hold. */
static inline int oriel_units_size_to_sdl(const struct oriel_units *u, uint32_t logical)
{
	int size = oriel_units_to_sdl(u, logical);

	return size < 1 ? 1 : size > ORIEL_MAX_SIDE ? ORIEL_MAX_SIDE : size;
}

static inline uint32_t oriel_units_size_to_logical(const struct oriel_units *u, int sdl)
{
	int size = oriel_units_to_logical(u, sdl);

	return size < 1 ? 1 : size > ORIEL_MAX_SIDE ? ORIEL_MAX_SIDE : (uint32_t)size;
}

#endif
