/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/*
 * Layers laid over each other in memory. Pixels are 32 bits, premultiplied; everything is exact
 * integer arithmetic: dst = src + dst * (255 - a) / 255, rounded to the nearest. No state; any
 * thread.
 */
#ifndef ORIEL_HOST_VIEWER_COMPOSE_H
#define ORIEL_HOST_VIEWER_COMPOSE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "src/base/rect.h"
#include "src/pixels/pieces.h"

/* What is drawn into. */
struct oriel_canvas {
	uint32_t *pixels;
	size_t stride; /* bytes from row to row */
	int32_t width, height;
	bool alpha; /* the alpha of the result counts; else it is left undefined */
};

/* A content and where it goes. */
struct oriel_placed {
	const uint32_t *pixels;
	size_t stride;
	int32_t width, height;
	bool opaque;                                /* alpha of the content is ignored */
	uint8_t transform;                          /* wl_output.transform of the content */
	double src_x, src_y, src_width, src_height; /* shown part; inside the content */
	struct oriel_rect dst;                      /* canvas pixels; may stick out */
};

struct oriel_rect oriel_rect_intersect(struct oriel_rect a, struct oriel_rect b);
struct oriel_rect oriel_rect_unite(struct oriel_rect a, struct oriel_rect b);

/* Whether content pixels are canvas pixels: no transform, whole src, dst of the same size give or
 * take the one pixel that rounding of fractional scales costs. */
bool oriel_compose_is_exact(const struct oriel_placed *placed);

/* Black, or nothing where the canvas has alpha. rect is clipped. */
void oriel_compose_clear(const struct oriel_canvas *canvas, struct oriel_rect rect);

/* Copies width x height pixels over what is there, alpha included; x, y may lie outside, clip is
 * clipped to the canvas. force_opaque: the source has no alpha. Returns the bytes copied. */
size_t oriel_compose_put(const struct oriel_canvas *canvas, struct oriel_rect clip, int32_t x,
	int32_t y, const struct oriel_rows *rows, int32_t width, int32_t height, bool force_opaque);

/* Draws one layer over what is there, inside of clip (clipped to the canvas). Scaled contents are
 * filtered linearly, except that whole-number magnifications repeat pixels. Returns the bytes
 * that it drew over. */
size_t oriel_compose_layer(const struct oriel_canvas *canvas, struct oriel_rect clip,
	const struct oriel_placed *placed);

/* Whether the layer hides everything below it inside of rect. */
bool oriel_compose_hides(const struct oriel_placed *placed, struct oriel_rect rect);

/* The part of the canvas that a changed rectangle of the content changes; not clipped. */
struct oriel_rect oriel_compose_damage(
	const struct oriel_placed *placed, const struct oriel_rect *changed);

/* Where a point of the shown part (0..1 across src) lands in dst (0..1). */
void oriel_compose_untransform(uint8_t transform, double p, double q, double *ret_u, double *ret_v);

#endif
