/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
#include "src/pixels/merge.h"

#include <stdint.h>
#include <string.h>

/* How far apart in the array two rectangles are still looked at as a pair. */
#define REACH 16

static int32_t min(int32_t a, int32_t b)
{
	return a < b ? a : b;
}

static int32_t max_of(int32_t a, int32_t b)
{
	return a > b ? a : b;
}

struct oriel_rect oriel_rect_around(const struct oriel_rect *a, const struct oriel_rect *b)
{
	int32_t x = min(a->x, b->x), y = min(a->y, b->y);
	int32_t x2 = max_of(a->x + a->width, b->x + b->width);
	int32_t y2 = max_of(a->y + a->height, b->y + b->height);

	return (struct oriel_rect){x, y, x2 - x, y2 - y};
}

static bool overlap(const struct oriel_rect *a, const struct oriel_rect *b)
{
	return a->x < b->x + b->width && b->x < a->x + a->width && a->y < b->y + b->height &&
	       b->y < a->y + a->height;
}

static void remove_at(struct oriel_rect *rects, int *n, int at)
{
	memmove(&rects[at], &rects[at + 1], (size_t)(*n - at - 1) * sizeof *rects);
	--*n;
}

/* Pixels that a pair's common rectangle has and the pair has not. */
static size_t waste(const struct oriel_rect *a, const struct oriel_rect *b)
{
	struct oriel_rect around = oriel_rect_around(a, b);

	return oriel_rect_area(&around) - oriel_rect_area(a) - oriel_rect_area(b);
}

/* The best partner of a among those behind it; n when there is none. */
static int find_partner(const struct oriel_rect *rects, int n, int a, size_t *ret_waste)
{
	int best = n;
	size_t least = SIZE_MAX;

	for (int b = a + 1; b < n && b <= a + REACH; b++) {
		size_t w = waste(&rects[a], &rects[b]);

		if (w < least) {
			least = w;
			best = b;
		}
	}
	*ret_waste = least;
	return best;
}

/* Puts b into a, and then whatever the grown rectangle touches, till all are disjoint again. */
static int merge_pair(struct oriel_rect *rects, int n, int a, int b)
{
	struct oriel_rect grown = oriel_rect_around(&rects[a], &rects[b]);

	rects[a] = grown;
	remove_at(rects, &n, b);
	for (int i = 0; i < n;) {
		if (i == a || !overlap(&grown, &rects[i])) {
			i++;
			continue;
		}
		grown = oriel_rect_around(&grown, &rects[i]);
		remove_at(rects, &n, i);
		if (i < a)
			a--;
		rects[a] = grown;
		i = 0;
	}
	return n;
}

/* Merges the pairs that waste at most limit pixels, while there are more than max rectangles.
 * *ret_next is the least that another pair would waste. */
static int merge_cheap(struct oriel_rect *rects, int n, int max, size_t limit, size_t *ret_next)
{
	size_t next = SIZE_MAX;

	for (int a = 0; a < n && n > max; a++) {
		size_t w;
		int b = find_partner(rects, n, a, &w);

		if (b < n && w <= limit)
			n = merge_pair(rects, n, a, b);
		else if (w < next)
			next = w;
	}
	*ret_next = next;
	return n;
}

/* Runs of rectangles, in array order, become one each. */
static int merge_runs(struct oriel_rect *rects, int n, int run)
{
	int count = 0;

	for (int i = 0; i < n; i++) {
		if (i % run == 0)
			rects[count++] = rects[i];
		else
			rects[count - 1] = oriel_rect_around(&rects[count - 1], &rects[i]);
	}
	return count;
}

/* Rectangles of the same rows become one. Those of a pixman region then share no rows. */
static int merge_bands(struct oriel_rect *rects, int n)
{
	int count = 0;

	for (int i = 0; i < n; i++) {
		if (count > 0 && rects[count - 1].y == rects[i].y)
			rects[count - 1] = oriel_rect_around(&rects[count - 1], &rects[i]);
		else
			rects[count++] = rects[i];
	}
	return count;
}

int oriel_merge_rects(struct oriel_rect *rects, int n, int max)
{
	if (n > max && n > ORIEL_MERGE_PAIRS) {
		n = merge_bands(rects, n);
		if (n > ORIEL_MERGE_PAIRS)
			n = merge_runs(rects, n, (n + ORIEL_MERGE_PAIRS - 1) / ORIEL_MERGE_PAIRS);
	}
	for (size_t limit = 0; n > max;) {
		int left;
		size_t next;

		left = merge_cheap(rects, n, max, limit, &next);
		if (left == n)
			limit = next + next / 2;
		n = left;
	}
	return n;
}
