/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/*
 * What the pattern clients draw: every pixel is a function of its place and a seed, so that a
 * checker knows each one. Neighbours differ, and so do places 256 pixels apart: content that is
 * shifted, stretched, stale or cut shows.
 */
#ifndef ORIEL_TESTS_CLIENTS_PATTERN_H
#define ORIEL_TESTS_CLIENTS_PATTERN_H

#include <stdint.h>

/* An opaque pixel, 0xffRRGGBB; x and y in buffer pixels of the surface. */
static inline uint32_t pattern_pixel(uint32_t x, uint32_t y, uint32_t seed)
{
	uint8_t red = (uint8_t)(x + 37 * seed);
	uint8_t green = (uint8_t)(y + 91 * seed);
	uint8_t blue = (uint8_t)(((7 * x) ^ (13 * y)) + 29 * (x >> 8) + 53 * (y >> 8) + 11 * seed);

	return 0xff000000u | (uint32_t)red << 16 | (uint32_t)green << 8 | blue;
}

/* value * alpha / 255, rounded to the nearest. */
static inline uint32_t pattern_multiply(uint32_t value, uint32_t alpha)
{
	return (value * alpha + 127) / 255;
}

/* A premultiplied pixel, 0xAARRGGBB: alpha goes from 0 at the left to 255 and starts again. */
static inline uint32_t pattern_alpha_pixel(uint32_t x, uint32_t y, uint32_t seed)
{
	uint32_t alpha = x & 255;
	uint32_t opaque = pattern_pixel(x, y, seed);

	return alpha << 24 | pattern_multiply(opaque >> 16 & 255, alpha) << 16 |
	       pattern_multiply(opaque >> 8 & 255, alpha) << 8 |
	       pattern_multiply(opaque & 255, alpha);
}

/* A premultiplied pixel over an opaque one. */
static inline uint32_t pattern_over(uint32_t above, uint32_t below)
{
	uint32_t keep = 255 - (above >> 24);
	uint32_t out = 0xff000000u;
	int shift;

	for (shift = 0; shift < 24; shift += 8)
		out |= ((above >> shift & 255) + pattern_multiply(below >> shift & 255, keep))
		       << shift;
	return out;
}

#endif
