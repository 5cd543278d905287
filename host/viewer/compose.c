/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
#include "host/viewer/compose.h"

#include <math.h>
#include <string.h>

#include "host/viewer/sample.h"

static int32_t max32(int32_t a, int32_t b)
{
	return a > b ? a : b;
}

static int32_t min32(int32_t a, int32_t b)
{
	return a < b ? a : b;
}

struct oriel_rect oriel_rect_intersect(struct oriel_rect a, struct oriel_rect b)
{
	int32_t x = max32(a.x, b.x), y = max32(a.y, b.y);
	int32_t right = min32(a.x + a.width, b.x + b.width);
	int32_t bottom = min32(a.y + a.height, b.y + b.height);

	if (right <= x || bottom <= y)
		return (struct oriel_rect){0};
	return (struct oriel_rect){x, y, right - x, bottom - y};
}

struct oriel_rect oriel_rect_unite(struct oriel_rect a, struct oriel_rect b)
{
	int32_t x = min32(a.x, b.x), y = min32(a.y, b.y);

	if (!a.width || !a.height)
		return b;
	if (!b.width || !b.height)
		return a;
	return (struct oriel_rect){x, y, max32(a.x + a.width, b.x + b.width) - x,
		max32(a.y + a.height, b.y + b.height) - y};
}

static struct oriel_rect clip_to(const struct oriel_canvas *canvas, struct oriel_rect rect)
{
	return oriel_rect_intersect(rect, (struct oriel_rect){0, 0, canvas->width, canvas->height});
}

static uint32_t *at(const struct oriel_canvas *canvas, int32_t x, int32_t y)
{
	return (uint32_t *)((char *)canvas->pixels + (size_t)y * canvas->stride) + x;
}

static const uint32_t *source_at(const uint32_t *pixels, size_t stride, int32_t x, int32_t y)
{
	return (const uint32_t *)((const char *)pixels + (size_t)y * stride) + x;
}

bool oriel_compose_is_exact(const struct oriel_placed *p)
{
	return p->transform == 0 && p->src_x == floor(p->src_x) && p->src_y == floor(p->src_y) &&
	       fabs(p->src_width - p->dst.width) <= 1 && fabs(p->src_height - p->dst.height) <= 1;
}

void oriel_compose_clear(const struct oriel_canvas *canvas, struct oriel_rect rect)
{
	rect = clip_to(canvas, rect);
	for (int32_t y = 0; y < rect.height; y++)
		memset(at(canvas, rect.x, rect.y + y), 0, (size_t)rect.width * 4);
}

static void copy_opaque(uint32_t *dst, const uint32_t *src, int32_t n)
{
	for (int32_t i = 0; i < n; i++)
		dst[i] = src[i] | 0xff000000u;
}

static size_t bytes_of(struct oriel_rect rect)
{
	return (size_t)rect.width * (size_t)rect.height * 4;
}

/* Row by row, so that each is still in the cache. */
static void put_opaque(const struct oriel_canvas *canvas, struct oriel_rect r,
	const struct oriel_rows *rows, int32_t x, int32_t y)
{
	for (int32_t row = 0; row < r.height; row++) {
		uint32_t *to = at(canvas, r.x, r.y + row);

		oriel_rows_copy(
			rows, &(struct oriel_rect){x, y + row, r.width, 1}, to, canvas->stride);
		copy_opaque(to, to, r.width);
	}
}

size_t oriel_compose_put(const struct oriel_canvas *canvas, struct oriel_rect clip, int32_t x,
	int32_t y, const struct oriel_rows *rows, int32_t width, int32_t height, bool force_opaque)
{
	struct oriel_rect r = oriel_rect_intersect(
		clip_to(canvas, clip), (struct oriel_rect){x, y, width, height});

	if (!r.width)
		return 0;
	if (force_opaque && canvas->alpha)
		put_opaque(canvas, r, rows, r.x - x, r.y - y);
	else
		oriel_rows_copy(rows, &(struct oriel_rect){r.x - x, r.y - y, r.width, r.height},
			at(canvas, r.x, r.y), canvas->stride);
	return bytes_of(r);
}

/* v / 255 to the nearest for two 8-bit products held in 16 bits each. */
static uint32_t divide_pair(uint32_t v)
{
	v += 0x00800080u;
	return ((v + ((v >> 8) & 0x00ff00ffu)) >> 8) & 0x00ff00ffu;
}

static uint32_t blend(uint32_t src, uint32_t dst)
{
	uint32_t rest = 255 - (src >> 24);
	uint32_t low = (src & 0x00ff00ffu) + divide_pair((dst & 0x00ff00ffu) * rest);
	uint32_t high = ((src >> 8) & 0x00ff00ffu) + divide_pair(((dst >> 8) & 0x00ff00ffu) * rest);

	/* A peer may send colours above their alpha: saturate rather than spill over. */
	low |= ((low >> 8) & 0x00010001u) * 0xff;
	high |= ((high >> 8) & 0x00010001u) * 0xff;
	return (low & 0x00ff00ffu) | (high & 0x00ff00ffu) << 8;
}

static void blend_row(uint32_t *dst, const uint32_t *src, int32_t n)
{
	for (int32_t i = 0; i < n; i++) {
		uint32_t a = src[i] >> 24;

		if (a == 255)
			dst[i] = src[i];
		else if (src[i])
			dst[i] = blend(src[i], dst[i]);
	}
}

static size_t draw_exact(
	const struct oriel_canvas *canvas, struct oriel_rect clip, const struct oriel_placed *p)
{
	int32_t x = p->dst.x - (int32_t)p->src_x, y = p->dst.y - (int32_t)p->src_y;
	struct oriel_rect r = {x, y, p->width, p->height};
	struct oriel_piece piece;
	struct oriel_rows rows;

	/* One pixel may lack or be too much, see oriel_compose_is_exact(). */
	r = oriel_rect_intersect(oriel_rect_intersect(r, p->dst), clip);
	if (p->opaque) {
		rows = oriel_rows_of(&piece, p->pixels, p->stride, p->stride * (size_t)p->height);
		return oriel_compose_put(canvas, r, x, y, &rows, p->width, p->height, true);
	}
	for (int32_t row = r.y; row < r.y + r.height; row++)
		blend_row(at(canvas, r.x, row), source_at(p->pixels, p->stride, r.x - x, row - y),
			r.width);
	return bytes_of(r);
}

static size_t draw_sampled(
	const struct oriel_canvas *canvas, struct oriel_rect clip, const struct oriel_placed *p)
{
	struct oriel_rect r = oriel_rect_intersect(clip, p->dst);
	struct oriel_sampler sampler;
	uint32_t row[256];

	oriel_sampler_init(&sampler, p);
	for (int32_t y = r.y; y < r.y + r.height; y++) {
		for (int32_t x = r.x; x < r.x + r.width; x += 256) {
			int32_t n = min32(256, r.x + r.width - x);

			oriel_sampler_row(&sampler, x - p->dst.x, y - p->dst.y, row, n);
			if (p->opaque)
				copy_opaque(at(canvas, x, y), row, n);
			else
				blend_row(at(canvas, x, y), row, n);
		}
	}
	return bytes_of(r);
}

size_t oriel_compose_layer(const struct oriel_canvas *canvas, struct oriel_rect clip,
	const struct oriel_placed *placed)
{
	clip = clip_to(canvas, clip);
	if (oriel_compose_is_exact(placed))
		return draw_exact(canvas, clip, placed);
	return draw_sampled(canvas, clip, placed);
}

bool oriel_compose_hides(const struct oriel_placed *placed, struct oriel_rect rect)
{
	struct oriel_rect common = oriel_rect_intersect(placed->dst, rect);

	/* An exact layer may be a pixel short of its dst. */
	return placed->opaque && common.width == rect.width && common.height == rect.height &&
	       (!oriel_compose_is_exact(placed) ||
		       (placed->src_width >= placed->dst.width &&
			       placed->src_height >= placed->dst.height));
}

void oriel_compose_untransform(uint8_t transform, double p, double q, double *ret_u, double *ret_v)
{
	const double u[8] = {p, 1 - q, 1 - p, q, 1 - p, q, p, 1 - q};
	const double v[8] = {q, p, 1 - q, 1 - p, q, p, 1 - q, 1 - p};

	*ret_u = u[transform & 7];
	*ret_v = v[transform & 7];
}

struct oriel_rect oriel_compose_damage(
	const struct oriel_placed *p, const struct oriel_rect *changed)
{
	double u[2], v[2], left, right, top, bottom;

	if (oriel_compose_is_exact(p))
		return oriel_rect_intersect(
			p->dst, (struct oriel_rect){p->dst.x - (int32_t)p->src_x + changed->x,
					p->dst.y - (int32_t)p->src_y + changed->y, changed->width,
					changed->height});
	/* Filtering spreads a pixel over its neighbours. */
	for (int i = 0; i < 2; i++) {
		double x = changed->x + (i ? changed->width + 1 : -1);
		double y = changed->y + (i ? changed->height + 1 : -1);

		oriel_compose_untransform(p->transform, (x - p->src_x) / p->src_width,
			(y - p->src_y) / p->src_height, &u[i], &v[i]);
	}
	left = floor(fmax(0, fmin(u[0], u[1])) * p->dst.width);
	right = ceil(fmin(1, fmax(u[0], u[1])) * p->dst.width);
	top = floor(fmax(0, fmin(v[0], v[1])) * p->dst.height);
	bottom = ceil(fmin(1, fmax(v[0], v[1])) * p->dst.height);
	if (right <= left || bottom <= top)
		return (struct oriel_rect){0};
	return (struct oriel_rect){p->dst.x + (int32_t)left, p->dst.y + (int32_t)top,
		(int32_t)(right - left), (int32_t)(bottom - top)};
}
