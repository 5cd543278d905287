/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/*
 * Finding changes. Each tile is read only till the outermost changed pixel is known on each of its
 * four sides, so contents that differ everywhere cost next to nothing, and equal ones one memcmp.
 */
#include <stdint.h>
#include <string.h>

#include "src/pixels/damage.h"
#include "src/pixels/merge.h"

#define PIXEL 4 /* bytes */
#define TILE 64 /* pixels */
#define STEP 8  /* pixels looked at together */

/* Changed places kept while comparing, and those of one row of tiles. */
#define KEEP ORIEL_MERGE_PAIRS
#define KEEP_ROW (KEEP / 2)

struct comparison {
	const uint8_t *before, *after;
	size_t before_stride, after_stride;
	uint32_t mask; /* bits of a pixel that matter */
	struct oriel_rect found[KEEP];
	int n;
	int row; /* index of the first found in this row of tiles */
};

static int32_t min(int32_t a, int32_t b)
{
	return a < b ? a : b;
}

static uint32_t pixel_at(const uint8_t *row, size_t x)
{
	uint32_t pixel;

	memcpy(&pixel, row + x * PIXEL, sizeof pixel);
	return pixel;
}

/* Without early ends, so that compilers use vectors. */
static uint32_t colours_differ(const uint8_t *a, const uint8_t *b, size_t n, uint32_t mask)
{
	uint32_t difference = 0;

	for (size_t i = 0; i < n; i++)
		difference |= pixel_at(a, i) ^ pixel_at(b, i);
	return difference & mask;
}

/* Whether the pixels from x on, n of them, differ in row y. */
static bool differs(const struct comparison *c, int32_t x, int32_t y, int32_t n)
{
	const uint8_t *a = c->before + (size_t)y * c->before_stride + (size_t)x * PIXEL;
	const uint8_t *b = c->after + (size_t)y * c->after_stride + (size_t)x * PIXEL;

	/* What differs mostly does so at once. */
	if ((pixel_at(a, 0) ^ pixel_at(b, 0)) & c->mask)
		return true;
	if (memcmp(a, b, (size_t)n * PIXEL) == 0)
		return false;
	if (c->mask == UINT32_MAX)
		return true;
	for (; n >= STEP; n -= STEP, a += STEP * PIXEL, b += STEP * PIXEL)
		if (colours_differ(a, b, STEP, c->mask))
			return true;
	return colours_differ(a, b, (size_t)n, c->mask);
}

/* Cuts off the equal rows above and below; false: all are equal. */
static bool trim_rows(const struct comparison *c, struct oriel_rect *r)
{
	while (r->height > 0 && !differs(c, r->x, r->y, r->width)) {
		r->y++;
		r->height--;
	}
	if (r->height == 0)
		return false;
	while (!differs(c, r->x, r->y + r->height - 1, r->width))
		r->height--;
	return true;
}

/* Cuts off the equal columns at the left and the right of a rectangle that has differing ones. */
static void trim_columns(const struct comparison *c, struct oriel_rect *r)
{
	int32_t left = r->x + r->width, right = r->x;

	for (int32_t y = r->y; y < r->y + r->height && right - left < r->width; y++) {
		if (left > r->x && differs(c, r->x, y, left - r->x)) {
			for (left = r->x; !differs(c, left, y, 1);)
				left++;
		}
		if (right < r->x + r->width && differs(c, right, y, r->x + r->width - right)) {
			for (right = r->x + r->width; !differs(c, right - 1, y, 1);)
				right--;
		}
	}
	r->width = right - left;
	r->x = left;
}

/* Joins a tile's changes to those of the tile at its left when little else comes along. */
static bool join_left(struct comparison *c, const struct oriel_rect *r)
{
	struct oriel_rect *last, around;

	if (c->n == c->row)
		return false;
	last = &c->found[c->n - 1];
	around = oriel_rect_around(last, r);
	if (c->n - c->row < KEEP_ROW &&
		(oriel_rect_area(last) + oriel_rect_area(r)) * 4 < oriel_rect_area(&around) * 3)
		return false;
	*last = around;
	return true;
}

/* Lets rectangles of earlier rows grow down over this row's where the sides are in line. */
static void join_above(struct comparison *c)
{
	int n = c->row;

	for (int i = c->row; i < c->n; i++) {
		struct oriel_rect r = c->found[i], *above = NULL;

		for (int j = c->row - 1; j >= 0 && !above; j--)
			if (c->found[j].x == r.x && c->found[j].width == r.width &&
				c->found[j].y + c->found[j].height == r.y)
				above = &c->found[j];
		if (above)
			above->height += r.height;
		else
			c->found[n++] = r;
	}
	c->n = n;
}

static void compare_row(struct comparison *c, struct oriel_rect *row)
{
	/* Memory is read fastest in whole rows: most of what has not changed ends here. */
	if (!trim_rows(c, row))
		return;
	if (c->n > KEEP - KEEP_ROW)
		c->n = oriel_merge_rects(c->found, c->n, (KEEP - KEEP_ROW) / 2);
	c->row = c->n;
	for (int32_t x = row->x; x < row->x + row->width; x += TILE) {
		struct oriel_rect r = {x, row->y, min(TILE, row->x + row->width - x), row->height};

		if (!trim_rows(c, &r))
			continue;
		trim_columns(c, &r);
		if (!join_left(c, &r))
			c->found[c->n++] = r;
	}
	join_above(c);
}

int oriel_damage_compare(const void *before, size_t before_stride, const void *after,
	size_t after_stride, const struct oriel_rect *area, bool ignore_alpha,
	struct oriel_rect *out, int max)
{
	/* Alpha is the last byte of a pixel, on any machine. */
	static const uint8_t colours[PIXEL] = {0xff, 0xff, 0xff, 0};
	struct comparison c;

	c.before = before;
	c.after = after;
	c.before_stride = before_stride;
	c.after_stride = after_stride;
	c.mask = ignore_alpha ? pixel_at(colours, 0) : UINT32_MAX;
	c.n = 0;

	for (int32_t y = area->y; y < area->y + area->height; y += TILE) {
		struct oriel_rect row = {
			area->x, y, area->width, min(TILE, area->y + area->height - y)};

		compare_row(&c, &row);
	}
	c.n = oriel_merge_rects(c.found, c.n, max);
	memcpy(out, c.found, (size_t)c.n * sizeof *out);
	return c.n;
}
