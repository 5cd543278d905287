/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
#include "tests/e2e/image.h"

#include <png.h>
#include <stdlib.h>
#include <string.h>

#include "tests/clients/pattern.h"

struct image *image_create(int width, int height)
{
	struct image *image = calloc(1, sizeof(*image));

	if (!image)
		abort();
	image->width = width;
	image->height = height;
	image->pixels = calloc((size_t)width * (size_t)height, 4);
	if (!image->pixels)
		abort();
	return image;
}

void image_destroy(struct image *image)
{
	if (!image)
		return;
	free(image->pixels);
	free(image);
}

struct image *image_pattern(int width, int height, int x, int y, uint32_t seed)
{
	struct image *image = image_create(width, height);

	image_draw_pattern(image, &(struct oriel_rect){0, 0, width, height}, x, y, seed);
	return image;
}

void image_draw_pattern(
	struct image *image, const struct oriel_rect *to, int x, int y, uint32_t seed)
{
	int row, column;

	for (row = 0; row < to->height; row++)
		for (column = 0; column < to->width; column++)
			*image_at(image, to->x + column, to->y + row) =
				pattern_pixel((uint32_t)(x + column), (uint32_t)(y + row), seed);
}

void image_draw_alpha(struct image *image, const struct oriel_rect *to, int x, int y, uint32_t seed)
{
	int row, column;

	for (row = 0; row < to->height; row++)
		for (column = 0; column < to->width; column++) {
			uint32_t *pixel = image_at(image, to->x + column, to->y + row);

			*pixel = pattern_over(pattern_alpha_pixel((uint32_t)(x + column),
						      (uint32_t)(y + row), seed),
				*pixel);
		}
}

static int apart(uint32_t a, uint32_t b, bool alpha)
{
	int shift, largest = 0;

	for (shift = 0; shift < (alpha ? 32 : 24); shift += 8) {
		int difference = abs((int)(a >> shift & 255) - (int)(b >> shift & 255));

		if (difference > largest)
			largest = difference;
	}
	return largest;
}

bool image_same(const struct image *got, const struct image *expected, int tolerance,
	struct image_difference *ret_difference)
{
	struct image_difference difference = {0};
	size_t i, n = (size_t)expected->width * (size_t)expected->height;

	difference.size = got->width != expected->width || got->height != expected->height;
	for (i = 0; i < n && !difference.size; i++) {
		uint32_t a = got->pixels[i], b = expected->pixels[i];
		int distance;

		if (got->alpha != expected->alpha && (got->alpha ? a : b) >> 24 != 255)
			continue;
		distance = apart(a, b, got->alpha && expected->alpha);
		if (distance > difference.largest)
			difference.largest = distance;
		if (distance <= tolerance)
			continue;
		if (!difference.pixels++) {
			difference.x = (int)(i % (size_t)expected->width);
			difference.y = (int)(i / (size_t)expected->width);
			difference.got = a;
			difference.expected = b;
		}
	}
	*ret_difference = difference;
	return !difference.size && !difference.pixels;
}

bool image_uniform(const struct image *image, const struct oriel_rect *area)
{
	uint32_t first = *image_at(image, area->x, area->y) & 0xffffff;
	int x, y;

	for (y = area->y; y < area->y + area->height; y++)
		for (x = area->x; x < area->x + area->width; x++)
			if ((*image_at(image, x, y) & 0xffffff) != first)
				return false;
	return true;
}

/* What PNG wants: red, green, blue, alpha; not premultiplied. */
static unsigned char *png_bytes(const struct image *image)
{
	size_t i, n = (size_t)image->width * (size_t)image->height;
	unsigned char *bytes = malloc(n * 4);

	for (i = 0; bytes && i < n; i++) {
		uint32_t pixel = image->pixels[i], alpha = image->alpha ? pixel >> 24 : 255;
		int channel;

		for (channel = 0; channel < 3; channel++) {
			uint32_t value = pixel >> (16 - 8 * channel) & 255;

			if (alpha && alpha < 255)
				value = value * 255 / alpha > 255 ? 255 : value * 255 / alpha;
			bytes[i * 4 + (size_t)channel] = (unsigned char)value;
		}
		bytes[i * 4 + 3] = (unsigned char)alpha;
	}
	return bytes;
}

bool image_save(const struct image *image, const char *path)
{
	png_image png = {
		.version = PNG_IMAGE_VERSION,
		.width = (png_uint_32)image->width,
		.height = (png_uint_32)image->height,
		.format = PNG_FORMAT_RGBA,
	};
	unsigned char *bytes = png_bytes(image);
	bool saved = bytes && png_image_write_to_file(&png, path, 0, bytes, 0, NULL);

	free(bytes);
	return saved;
}
