/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
#include "src/pixels/damage.h"

#include <stdint.h>
#include <string.h>

#define PIXEL 4 /* bytes */

/* Rows of width bytes from one place to another; one piece when they follow each other in both. */
static void copy_rows(uint8_t *to, size_t to_stride, const uint8_t *from, size_t from_stride,
	size_t width, size_t height)
{
	if (to_stride == width && from_stride == width) {
		memcpy(to, from, width * height);
		return;
	}
	for (size_t y = 0; y < height; y++)
		memcpy(to + y * to_stride, from + y * from_stride, width);
}

static size_t offset(const struct oriel_rect *rect, size_t stride)
{
	return (size_t)rect->y * stride + (size_t)rect->x * PIXEL;
}

void oriel_pixels_pack(
	void *packed, const void *content, size_t stride, const struct oriel_rect *rect)
{
	size_t row = (size_t)rect->width * PIXEL;

	copy_rows(packed, row, (const uint8_t *)content + offset(rect, stride), stride, row,
		(size_t)rect->height);
}

void oriel_pixels_unpack(
	void *content, size_t stride, const void *packed, const struct oriel_rect *rect)
{
	size_t row = (size_t)rect->width * PIXEL;

	copy_rows((uint8_t *)content + offset(rect, stride), stride, packed, row, row,
		(size_t)rect->height);
}
