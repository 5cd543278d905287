/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
#include "src/pixels/damage.h"

#include <pixman.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "src/pixels/merge.h"

/* Rectangles up to this many need no memory from the heap. */
#define FEW 256

/* Clients may say "from here to infinity": edges are kept where the widths between any two of
 * them fit into int32_t. */
#define EDGE_MAX (INT32_MAX / 2)

static int32_t edge(int64_t at)
{
	if (at > EDGE_MAX)
		return EDGE_MAX;
	return at < -EDGE_MAX ? -EDGE_MAX : (int32_t)at;
}

static pixman_box32_t to_box(const struct oriel_rect *r)
{
	return (pixman_box32_t){edge(r->x), edge(r->y), edge((int64_t)r->x + r->width),
		edge((int64_t)r->y + r->height)};
}

static struct oriel_rect from_box(const pixman_box32_t *b)
{
	return (struct oriel_rect){b->x1, b->y1, b->x2 - b->x1, b->y2 - b->y1};
}

/* Writes the boxes that are not empty; returns their number. */
static int to_boxes(const struct oriel_rect *in, int n, pixman_box32_t *boxes)
{
	int count = 0;

	for (int i = 0; i < n; i++) {
		pixman_box32_t box = to_box(&in[i]);

		if (box.x1 < box.x2 && box.y1 < box.y2)
			boxes[count++] = box;
	}
	return count;
}

/* One rectangle around all: always right, never small. For want of memory. */
static int surround(const struct oriel_rect *in, int n, struct oriel_rect *out)
{
	int count = 0;

	for (int i = 0; i < n; i++) {
		pixman_box32_t box;
		struct oriel_rect r;

		if (!to_boxes(&in[i], 1, &box))
			continue;
		r = from_box(&box);
		out[0] = count ? oriel_rect_around(&out[0], &r) : r;
		count = 1;
	}
	return count;
}

/* Fewer than or max rectangles that cover the boxes, or -1 for want of memory. */
static int cover(const pixman_box32_t *boxes, int n, struct oriel_rect *out, int max)
{
	struct oriel_rect few[FEW], *rects = few;
	pixman_region32_t region;
	const pixman_box32_t *united;
	int count = -1;

	if (!pixman_region32_init_rects(&region, boxes, n))
		return -1;
	united = pixman_region32_rectangles(&region, &n);
	if (n > FEW)
		rects = malloc((size_t)n * sizeof *rects);
	if (rects) {
		for (int i = 0; i < n; i++)
			rects[i] = from_box(&united[i]);
		count = oriel_merge_rects(rects, n, max);
		memcpy(out, rects, (size_t)count * sizeof *rects);
	}
	if (rects != few)
		free(rects);
	pixman_region32_fini(&region);
	return count;
}

int oriel_damage_simplify(const struct oriel_rect *in, int n, struct oriel_rect *out, int max)
{
	pixman_box32_t few[FEW], *boxes = few;
	int count = -1;

	if (n > FEW)
		boxes = malloc((size_t)n * sizeof *boxes);
	if (boxes) {
		int n_boxes = to_boxes(in, n, boxes);

		count = n_boxes ? cover(boxes, n_boxes, out, max) : 0;
	}
	if (boxes != few)
		free(boxes);
	return count >= 0 ? count : surround(in, n, out);
}

size_t oriel_damage_area(const struct oriel_rect *rects, int n)
{
	size_t area = 0;

	for (int i = 0; i < n; i++)
		if (rects[i].width > 0 && rects[i].height > 0)
			area += oriel_rect_area(&rects[i]);
	return area;
}
