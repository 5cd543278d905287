/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
#include "src/pixels/pieces.h"

#include <string.h>

#define PIXEL 4 /* bytes */

struct oriel_rows oriel_rows_of(
	struct oriel_piece *piece, const void *pixels, size_t stride, size_t size)
{
	*piece = (struct oriel_piece){pixels, size};
	return (struct oriel_rows){.pieces = piece, .n = 1, .stride = stride};
}

/* The piece that holds the byte at position. */
static uint32_t find(const struct oriel_rows *rows, uint64_t position)
{
	uint32_t low = 0, high = rows->n - 1;

	while (low < high) {
		uint32_t middle = low + (high - low) / 2;

		if (rows->pieces[middle].end > position)
			high = middle;
		else
			low = middle + 1;
	}
	return low;
}

static uint64_t start_of(const struct oriel_piece *pieces, uint32_t index)
{
	return index ? pieces[index - 1].end : 0;
}

/* Copies bytes from position on; returns the piece where it ended. index is the piece of position,
 * or one before it. */
static uint32_t copy_row(
	const struct oriel_rows *rows, uint32_t index, uint64_t position, uint8_t *to, size_t size)
{
	const struct oriel_piece *pieces = rows->pieces;

	while (size) {
		uint64_t left;
		size_t n;

		while (pieces[index].end <= position)
			index++;
		left = pieces[index].end - position;
		n = left < size ? (size_t)left : size;
		memcpy(to, pieces[index].data + (position - start_of(pieces, index)), n);
		position += n;
		to += n;
		size -= n;
	}
	return index;
}

static uint64_t position_of(const struct oriel_rows *rows, const struct oriel_rect *rect)
{
	return rows->start + (uint64_t)rect->y * rows->stride + (uint64_t)rect->x * PIXEL;
}

void oriel_rows_copy(
	const struct oriel_rows *rows, const struct oriel_rect *rect, void *to, size_t to_stride)
{
	uint64_t position = position_of(rows, rect);
	size_t size = (size_t)rect->width * PIXEL, n = (size_t)rect->height;
	uint8_t *at = to;
	uint32_t index;

	if (!size || !n)
		return;
	if (size == rows->stride && size == to_stride) {
		size *= n;
		n = 1;
	}
	index = find(rows, position);
	for (size_t i = 0; i < n; i++) {
		index = copy_row(rows, index, position, at, size);
		position += rows->stride;
		at += to_stride;
	}
}

const void *oriel_rows_view(const struct oriel_rows *rows, const struct oriel_rect *rect)
{
	uint64_t position = position_of(rows, rect), size;
	uint32_t index;

	if (!rect->width || !rect->height)
		return NULL;
	size = (uint64_t)(rect->height - 1) * rows->stride + (uint64_t)rect->width * PIXEL;
	index = find(rows, position);
	if (rows->pieces[index].end - position < size)
		return NULL;
	return rows->pieces[index].data + (position - start_of(rows->pieces, index));
}
