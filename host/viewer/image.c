/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
#include "host/viewer/image.h"

#include <string.h>

#ifdef __APPLE__
#define CURSORS_ARE_PREMULTIPLIED false
#else
#define CURSORS_ARE_PREMULTIPLIED true
#endif

static uint32_t divide(uint32_t colour, uint32_t alpha)
{
	uint32_t v = (colour * 255 + alpha / 2) / alpha;

	return v > 255 ? 255 : v;
}

static uint32_t unpremultiply(uint32_t p)
{
	uint32_t a = p >> 24;

	if (a == 0)
		return 0;
	return a << 24 | divide(p >> 16 & 0xff, a) << 16 | divide(p >> 8 & 0xff, a) << 8 |
	       divide(p & 0xff, a);
}

SDL_Surface *oriel_image_surface(
	const void *pixels, uint32_t width, uint32_t height, enum oriel_image_use use)
{
	SDL_Surface *s = SDL_CreateSurface((int)width, (int)height, SDL_PIXELFORMAT_ARGB8888);
	bool keep = use == ORIEL_IMAGE_CURSOR && CURSORS_ARE_PREMULTIPLIED;

	if (!s)
		return NULL;
	for (uint32_t y = 0; y < height; y++) {
		uint32_t *row = (uint32_t *)((char *)s->pixels + (size_t)y * s->pitch);

		memcpy(row, (const char *)pixels + (size_t)y * width * 4, (size_t)width * 4);
		for (uint32_t x = 0; x < width && !keep; x++)
			row[x] = unpremultiply(row[x]);
	}
	return s;
}
