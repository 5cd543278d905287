/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/*
 * Reads a content as its transformed, cropped and scaled image, row by row. No state but the
 * struct; any thread.
 */
#ifndef ORIEL_HOST_VIEWER_SAMPLE_H
#define ORIEL_HOST_VIEWER_SAMPLE_H

#include "host/viewer/compose.h"

/* Places in the content are 32.16 fixed point. */
struct oriel_sampler {
	const struct oriel_placed *placed; /* borrowed */
	bool nearest;
	int64_t x0, y0; /* content place of the centre of image pixel 0, 0 */
	int64_t x_right, y_right, x_down, y_down; /* steps */
	int32_t left, top, right, bottom;         /* content pixels that may be read, inclusive */
};

void oriel_sampler_init(struct oriel_sampler *sampler, const struct oriel_placed *placed);

/* n pixels of the image, from x, y of it (0, 0 is dst's top left). */
void oriel_sampler_row(
	const struct oriel_sampler *sampler, int32_t x, int32_t y, uint32_t *ret_pixels, int32_t n);

#endif
