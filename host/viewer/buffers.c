/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
#include "host/viewer/buffers.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define BYTES_PER_PIXEL 4u

/* The place of an id in the list: its own, or that of the first one above it. */
static int place_of(const struct oriel_buffers *buffers, uint32_t id)
{
	int low = 0, high = buffers->n;

	while (low < high) {
		int middle = low + (high - low) / 2;

		if (buffers->items[middle]->id < id)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

const struct oriel_buffer *oriel_buffers_find(
	const struct oriel_buffers *buffers, uint32_t untrusted_id)
{
	int i = place_of(buffers, untrusted_id);

	return i < buffers->n && buffers->items[i]->id == untrusted_id ? buffers->items[i] : NULL;
}

static bool has_room(const struct oriel_buffers *buffers, uint32_t n_extents)
{
	return n_extents <= ORIEL_MAX_ALL_EXTENTS - buffers->n_pieces - buffers->n_early;
}

int oriel_buffers_extents(struct oriel_buffers *buffers, const struct oriel_msg_extents *untrusted,
	const char **ret_reason)
{
	struct oriel_wire_extent *early;

	if (!has_room(buffers, untrusted->n_extents)) {
		*ret_reason = "too many pieces of buffers";
		return -EPROTO;
	}
	early = realloc(buffers->early,
		(buffers->n_early + untrusted->n_extents + (size_t)1) * sizeof *early);
	if (!early)
		return -ENOMEM;
	memcpy(early + buffers->n_early, untrusted->extents, untrusted->n_extents * sizeof *early);
	buffers->early = early;
	buffers->n_early += untrusted->n_extents;
	return 0;
}

static void forget_early(struct oriel_buffers *buffers)
{
	free(buffers->early);
	buffers->early = NULL;
	buffers->n_early = 0;
}

/* Everything that can be said before looking at the extents one by one. */
static const char *check(const struct oriel_buffers *buffers, const struct oriel_msg_buffer *u)
{
	uint64_t rows = (uint64_t)u->stride * (u->height - 1), size = 0;

	if (oriel_buffers_find(buffers, u->id))
		return "the id is in use";
	if (buffers->n == ORIEL_MAX_BUFFERS)
		return "too many buffers";
	if (!has_room(buffers, u->n_extents))
		return "too many pieces of buffers";
	if (u->stride < (uint64_t)u->width * BYTES_PER_PIXEL)
		return "rows that overlap";
	/* None of these can wrap: there are few extents, and each number is of 32 bits. */
	for (uint32_t i = 0; i < buffers->n_early; i++)
		size += buffers->early[i].size;
	for (uint32_t i = 0; i < u->n_extents; i++)
		size += u->extents[i].size;
	if (u->start + rows + (uint64_t)u->width * BYTES_PER_PIXEL > size)
		return "rows outside of the extents";
	return NULL;
}

/* Adds bytes after those of the last piece, as a part of it where they follow it in memory too. */
static void add_piece(struct oriel_buffer *buffer, const uint8_t *data, uint64_t size)
{
	struct oriel_rows *rows = &buffer->rows;
	struct oriel_piece *last = rows->n ? &buffer->pieces[rows->n - 1] : NULL;
	uint64_t start = rows->n > 1 ? last[-1].end : 0, end = last ? last->end : 0;

	if (last && last->data + (end - start) == data)
		last->end += size;
	else
		buffer->pieces[rows->n++] = (struct oriel_piece){data, end + size};
}

static int find_pieces(struct oriel_buffer *buffer, const struct oriel_wire_extent *untrusted,
	uint32_t n, const struct oriel_region *ram)
{
	for (uint32_t i = 0; i < n; i++) {
		const void *data = oriel_region_ram(ram, untrusted[i].address, untrusted[i].size);

		if (!data)
			return -EPROTO;
		add_piece(buffer, data, untrusted[i].size);
	}
	return 0;
}

static size_t size_of(uint32_t n_pieces)
{
	return sizeof(struct oriel_buffer) + n_pieces * sizeof(struct oriel_piece);
}

static void insert(struct oriel_buffers *buffers, struct oriel_buffer *buffer)
{
	/* Most buffers turn out to lie in fewer pieces than were told of. */
	struct oriel_buffer *smaller = realloc(buffer, size_of(buffer->rows.n));
	int i;

	if (smaller)
		buffer = smaller;
	buffer->rows.pieces = buffer->pieces;
	i = place_of(buffers, buffer->id);
	memmove(&buffers->items[i + 1], &buffers->items[i],
		(size_t)(buffers->n - i) * sizeof *buffers->items);
	buffers->items[i] = buffer;
	buffers->n++;
	buffers->n_pieces += buffer->rows.n;
}

int oriel_buffers_add(struct oriel_buffers *buffers, const struct oriel_msg_buffer *untrusted,
	const struct oriel_region *ram, const char **ret_reason)
{
	const char *reason = check(buffers, untrusted);
	struct oriel_buffer *buffer;
	int r;

	if (reason) {
		*ret_reason = reason;
		return -EPROTO;
	}
	buffer = calloc(1, size_of(buffers->n_early + untrusted->n_extents));
	if (!buffer)
		return -ENOMEM;
	buffer->id = untrusted->id;
	buffer->width = untrusted->width;
	buffer->height = untrusted->height;
	buffer->rows.start = untrusted->start;
	buffer->rows.stride = untrusted->stride;
	r = find_pieces(buffer, buffers->early, buffers->n_early, ram);
	if (r == 0)
		r = find_pieces(buffer, untrusted->extents, untrusted->n_extents, ram);
	if (r < 0) {
		*ret_reason = "an extent outside of the guest's RAM";
		free(buffer);
		return r;
	}
	forget_early(buffers);
	insert(buffers, buffer);
	return 0;
}

int oriel_buffers_remove(
	struct oriel_buffers *buffers, uint32_t untrusted_id, const char **ret_reason)
{
	int i = place_of(buffers, untrusted_id);

	if (i == buffers->n || buffers->items[i]->id != untrusted_id) {
		*ret_reason = "the buffer is not there";
		return -EPROTO;
	}
	buffers->n_pieces -= buffers->items[i]->rows.n;
	free(buffers->items[i]);
	buffers->n--;
	memmove(&buffers->items[i], &buffers->items[i + 1],
		(size_t)(buffers->n - i) * sizeof *buffers->items);
	return 0;
}

void oriel_buffers_finish(struct oriel_buffers *buffers)
{
	for (int i = 0; i < buffers->n; i++)
		free(buffers->items[i]);
	forget_early(buffers);
	*buffers = (struct oriel_buffers){0};
}
