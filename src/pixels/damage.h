/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/*
 * Rectangles of changed pixels: united, simplified, and found by comparison where a client says
 * nothing. All in buffer pixels, four bytes each. Any thread.
 */
#ifndef ORIEL_PIXELS_DAMAGE_H
#define ORIEL_PIXELS_DAMAGE_H

#include <stdbool.h>
#include <stddef.h>

#include "src/base/rect.h"

/* Writes at most max disjoint rectangles that cover all of in and little else: overlaps are
 * united, and with too many the nearest are merged. Returns their number; empty ones vanish.
 * max >= 1. out may not be in. Edges beyond +-2^30 are taken as +-2^30: clip the result. */
int oriel_damage_simplify(const struct oriel_rect *in, int n, struct oriel_rect *out, int max);

/* Area in pixels; of overlapping rectangles the sum. */
size_t oriel_damage_area(const struct oriel_rect *rects, int n);

/* Compares two contents of the same size inside area, by tiles of 64x64 that are then trimmed to
 * the rows and columns that differ. Opaque contents (ignore_alpha) differ only in B, G, R.
 * Returns the number of rectangles written, at most max >= 1; they are disjoint, and with too many
 * changes they cover more than those. */
int oriel_damage_compare(const void *before, size_t before_stride, const void *after,
	size_t after_stride, const struct oriel_rect *area, bool ignore_alpha,
	struct oriel_rect *out, int max);

/* Copies a rectangle of a content with stride bytes a row into packed rows, and back. */
void oriel_pixels_pack(
	void *packed, const void *content, size_t stride, const struct oriel_rect *rect);
void oriel_pixels_unpack(
	void *content, size_t stride, const void *packed, const struct oriel_rect *rect);

#endif
