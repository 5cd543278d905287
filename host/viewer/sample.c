/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
#include "host/viewer/sample.h"

#include <math.h>

#define ONE 65536

/* Where the image point u, v (0..1) comes from in the shown part of the content (0..1). The
 * content was turned by the transform; see wl_output.transform: 1 is 90 degrees counter-clockwise.
 */
static void transform_point(uint8_t transform, double u, double v, double *ret_p, double *ret_q)
{
	const double p[8] = {u, v, 1 - u, 1 - v, 1 - u, v, u, 1 - v};
	const double q[8] = {v, 1 - u, 1 - v, u, v, u, 1 - v, 1 - u};

	*ret_p = p[transform & 7];
	*ret_q = q[transform & 7];
}

static void place(const struct oriel_placed *p, double u, double v, double *ret_x, double *ret_y)
{
	double across, down;

	transform_point(p->transform, u, v, &across, &down);
	*ret_x = p->src_x + across * p->src_width;
	*ret_y = p->src_y + down * p->src_height;
}

static bool is_whole(double v)
{
	return v >= 1 && v == floor(v);
}

/* Repeating pixels is exact where each becomes a block of whole pixels. */
static bool repeats_pixels(const struct oriel_placed *p)
{
	double w = p->transform & 1 ? p->src_height : p->src_width;
	double h = p->transform & 1 ? p->src_width : p->src_height;

	return p->src_x == floor(p->src_x) && p->src_y == floor(p->src_y) &&
	       is_whole(p->dst.width / w) && is_whole(p->dst.height / h);
}

static int32_t limit(int32_t v, int32_t low, int32_t high)
{
	return v < low ? low : v > high ? high : v;
}

void oriel_sampler_init(struct oriel_sampler *s, const struct oriel_placed *p)
{
	double x, y, x_right, y_right, x_down, y_down;
	double u = 0.5 / p->dst.width, v = 0.5 / p->dst.height;

	place(p, u, v, &x, &y);
	place(p, u + 1.0 / p->dst.width, v, &x_right, &y_right);
	place(p, u, v + 1.0 / p->dst.height, &x_down, &y_down);
	s->placed = p;
	s->nearest = repeats_pixels(p);
	if (!s->nearest) {
		/* Linear filtering weighs by the distance to pixel centres. */
		x -= 0.5;
		y -= 0.5;
		x_right -= 0.5;
		y_right -= 0.5;
		x_down -= 0.5;
		y_down -= 0.5;
	}
	s->x0 = llround(x * ONE);
	s->y0 = llround(y * ONE);
	s->x_right = llround((x_right - x) * ONE);
	s->y_right = llround((y_right - y) * ONE);
	s->x_down = llround((x_down - x) * ONE);
	s->y_down = llround((y_down - y) * ONE);
	s->left = limit((int32_t)floor(p->src_x), 0, p->width - 1);
	s->top = limit((int32_t)floor(p->src_y), 0, p->height - 1);
	s->right = limit((int32_t)ceil(p->src_x + p->src_width) - 1, s->left, p->width - 1);
	s->bottom = limit((int32_t)ceil(p->src_y + p->src_height) - 1, s->top, p->height - 1);
}

static uint32_t read_pixel(const struct oriel_sampler *s, int64_t x, int64_t y)
{
	int32_t column = x < s->left ? s->left : x > s->right ? s->right : (int32_t)x;
	int32_t row = y < s->top ? s->top : y > s->bottom ? s->bottom : (int32_t)y;

	return ((const uint32_t *)((const char *)s->placed->pixels +
				   (size_t)row * s->placed->stride))[column];
}

/* One channel of four pixels, weighed by 8-bit fractions, rounded. */
static uint32_t mix(const uint32_t p[4], int shift, uint32_t fx, uint32_t fy)
{
	uint32_t top = (p[0] >> shift & 0xff) * (256 - fx) + (p[1] >> shift & 0xff) * fx;
	uint32_t bottom = (p[2] >> shift & 0xff) * (256 - fx) + (p[3] >> shift & 0xff) * fx;

	return ((top * (256 - fy) + bottom * fy + 32768) >> 16) << shift;
}

static uint32_t read_filtered(const struct oriel_sampler *s, int64_t x, int64_t y)
{
	int64_t column = x >> 16, row = y >> 16;
	uint32_t fx = (uint32_t)(x & 0xffff) >> 8, fy = (uint32_t)(y & 0xffff) >> 8;
	const uint32_t p[4] = {read_pixel(s, column, row), read_pixel(s, column + 1, row),
		read_pixel(s, column, row + 1), read_pixel(s, column + 1, row + 1)};

	return mix(p, 0, fx, fy) | mix(p, 8, fx, fy) | mix(p, 16, fx, fy) | mix(p, 24, fx, fy);
}

void oriel_sampler_row(
	const struct oriel_sampler *s, int32_t x, int32_t y, uint32_t *ret_pixels, int32_t n)
{
	int64_t sx = s->x0 + x * s->x_right + y * s->x_down;
	int64_t sy = s->y0 + x * s->y_right + y * s->y_down;

	for (int32_t i = 0; i < n; i++, sx += s->x_right, sy += s->y_right)
		ret_pixels[i] =
			s->nearest ? read_pixel(s, sx >> 16, sy >> 16) : read_filtered(s, sx, sy);
}
