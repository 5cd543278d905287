/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/*
 * Rows of pixels in memory that does not lie in one piece: a guest's buffer in its RAM is scattered
 * over pages, one after the other. What lies in one piece is rows as well. Four bytes a pixel, at
 * any address. No state; any thread.
 */
#ifndef ORIEL_PIXELS_PIECES_H
#define ORIEL_PIXELS_PIECES_H

#include <stddef.h>
#include <stdint.h>

#include "src/base/rect.h"

/* Bytes that follow those of the piece before. */
struct oriel_piece {
	const uint8_t *data;
	uint64_t end; /* bytes of all pieces up to the end of this one */
};

/* Borrows the pieces. */
struct oriel_rows {
	const struct oriel_piece *pieces; /* at least one, none empty */
	uint32_t n;
	uint64_t start; /* bytes in the pieces before the first pixel */
	size_t stride;  /* bytes from row to row */
};

/* Rows one after the other in one piece of size bytes; the piece is the caller's to keep. */
struct oriel_rows oriel_rows_of(
	struct oriel_piece *piece, const void *pixels, size_t stride, size_t size);

/* Copies a rectangle to rows of to_stride bytes, in one pass over the pieces. All of it must lie
 * inside of the pieces. */
void oriel_rows_copy(
	const struct oriel_rows *rows, const struct oriel_rect *rect, void *to, size_t to_stride);

/* The first pixel of a rectangle whose rows lie in one piece; NULL: they don't. */
const void *oriel_rows_view(const struct oriel_rows *rows, const struct oriel_rect *rect);

#endif
