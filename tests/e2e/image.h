/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/*
 * Pictures in memory: 0xAARRGGBB, premultiplied, rows packed.
 */
#ifndef ORIEL_TESTS_E2E_IMAGE_H
#define ORIEL_TESTS_E2E_IMAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "src/base/rect.h"

struct image {
	int width, height;
	bool alpha; /* alpha is of a meaning; else all pixels are opaque */
	uint32_t *pixels;
};

struct image *image_create(int width, int height); /* all zero */
void image_destroy(struct image *image);           /* NULL is fine */

static inline uint32_t *image_at(const struct image *image, int x, int y)
{
	return image->pixels + (size_t)y * (size_t)image->width + (size_t)x;
}

/* A picture of the pattern, from its pixel x, y on. */
struct image *image_pattern(int width, int height, int x, int y, uint32_t seed);
/* Draws the pattern into a rectangle; x, y: which of its pixels comes to the rectangle's corner. */
void image_draw_pattern(
	struct image *image, const struct oriel_rect *to, int x, int y, uint32_t seed);
/* The same with the alpha gradient, over what is there. */
void image_draw_alpha(
	struct image *image, const struct oriel_rect *to, int x, int y, uint32_t seed);

/* What differs. */
struct image_difference {
	bool size; /* the sizes do; then nothing else is of a meaning */
	size_t pixels;
	int x, y; /* of the first */
	uint32_t got, expected;
	int largest; /* in any channel */
};

/* Compares; channels may be tolerance apart. Alpha counts when both have it; where just one has
 * it, only its opaque pixels count. Returns whether the pictures are the same. */
bool image_same(const struct image *got, const struct image *expected, int tolerance,
	struct image_difference *ret_difference);

/* Whether all pixels of a rectangle are the same. */
bool image_uniform(const struct image *image, const struct oriel_rect *area);

/* Writes a PNG. False: the disk did not take it. */
bool image_save(const struct image *image, const char *path);

#endif
