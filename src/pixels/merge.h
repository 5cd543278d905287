/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/*
 * Fewer rectangles by merging neighbours. Inside src/pixels/. Any thread.
 */
#ifndef ORIEL_PIXELS_MERGE_H
#define ORIEL_PIXELS_MERGE_H

#include <stdbool.h>
#include <stddef.h>

#include "src/base/rect.h"

/* More rectangles than this, which must then be those of a pixman region, are taken together by
 * rows before they are looked at in pairs, so that no client can make merging slow. */
#define ORIEL_MERGE_PAIRS 512

/* Merges n disjoint, non-empty rectangles in place until at most max >= 1 are left, still disjoint,
 * and returns their number. Best with neighbours close to each other in the array. */
int oriel_merge_rects(struct oriel_rect *rects, int n, int max);

/* Pixels of a non-empty rectangle. */
static inline size_t oriel_rect_area(const struct oriel_rect *r)
{
	return (size_t)r->width * (size_t)r->height;
}

/* The smallest rectangle around two non-empty ones, whose far edges must fit into int32_t. */
struct oriel_rect oriel_rect_around(const struct oriel_rect *a, const struct oriel_rect *b);

#endif
