/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
#include "host/viewer/frame_check.h"

#include <errno.h>
#include <stdbool.h>

#define BYTES_PER_PIXEL 4u

/* Inside of a length, without sums that could wrap. */
static bool is_inside(uint64_t start, uint64_t size, uint64_t length)
{
	return start <= length && size <= length - start;
}

static const char *check_layer(const struct oriel_msg_frame *untrusted, uint32_t i)
{
	const struct oriel_wire_layer *l = &untrusted->layers[i];

	for (uint32_t k = 0; k < i; k++)
		if (untrusted->layers[k].id == l->id)
			return "the same layer twice";
	/* fixed has 8 fractional bits */
	if (!is_inside((uint32_t)l->src_x, (uint32_t)l->src_width, l->buffer_width * 256ull) ||
		!is_inside((uint32_t)l->src_y, (uint32_t)l->src_height, l->buffer_height * 256ull))
		return "a layer shows a part outside of its buffer";
	return NULL;
}

static const char *check_encoded(const struct oriel_msg_frame *untrusted,
	const struct oriel_wire_rect *r, uint64_t features, uint64_t feature)
{
	if (!(features & feature))
		return "a rectangle is encoded in a way that was not agreed on";
	if (!is_inside(r->offset, r->length, untrusted->data.size))
		return "pixels outside of the message";
	return NULL;
}

static const char *check_ring(const struct oriel_ring *ring, const struct oriel_wire_rect *r)
{
	uint64_t size = (uint64_t)r->width * r->height * BYTES_PER_PIXEL;

	if (!ring)
		return "pixels in a ring that is not there";
	if (r->length != size || !oriel_ring_view(ring, r->offset, r->length))
		return "pixels outside of the ring";
	if (r->offset % BYTES_PER_PIXEL)
		return "pixels between the ring's pixels";
	return NULL;
}

/* That all rows of a buffer are there was checked when it was registered. */
static const char *check_buffer(
	const struct oriel_buffers *buffers, const struct oriel_wire_rect *r)
{
	const struct oriel_buffer *buffer = oriel_buffers_find(buffers, r->offset);

	if (!buffer)
		return "pixels in a buffer that is not there";
	if (r->length != 0)
		return "a length for pixels in a buffer";
	if (!is_inside(r->x, r->width, buffer->width) ||
		!is_inside(r->y, r->height, buffer->height))
		return "pixels outside of their buffer";
	return NULL;
}

static const char *check_rect(const struct oriel_msg_frame *untrusted,
	const struct oriel_wire_rect *r, const struct oriel_ring *ring,
	const struct oriel_buffers *buffers, uint64_t features)
{
	const struct oriel_wire_layer *l;

	if (r->layer >= untrusted->n_layers)
		return "a rectangle of a layer that is not there";
	l = &untrusted->layers[r->layer];
	if (!is_inside(r->x, r->width, l->buffer_width) ||
		!is_inside(r->y, r->height, l->buffer_height))
		return "a rectangle outside of its layer";
	switch (r->encoding) {
	case ORIEL_ENCODING_RING:
		return check_ring(ring, r);
	case ORIEL_ENCODING_BUFFER:
		return check_buffer(buffers, r);
	case ORIEL_ENCODING_RAW:
		if (r->length != (uint64_t)r->width * r->height * BYTES_PER_PIXEL)
			return "a rectangle with too few or too many pixels";
		return check_encoded(untrusted, r, features, ORIEL_FEATURE_INLINE_RAW);
	case ORIEL_ENCODING_LZ4:
		return check_encoded(untrusted, r, features, ORIEL_FEATURE_INLINE_LZ4);
	case ORIEL_ENCODING_ZSTD:
		return check_encoded(untrusted, r, features, ORIEL_FEATURE_INLINE_ZSTD);
	case ORIEL_ENCODING_COPY:
		if (!is_inside(r->offset, r->width, l->buffer_width) ||
			!is_inside(r->length, r->height, l->buffer_height))
			return "a copy from outside of its layer";
		return NULL;
	}
	return "an encoding that is not there";
}

int oriel_frame_check(const struct oriel_msg_frame *untrusted_frame, const struct oriel_ring *ring,
	const struct oriel_buffers *buffers, uint64_t features, const char **ret_reason)
{
	const char *reason = NULL;

	for (uint32_t i = 0; i < untrusted_frame->n_layers && !reason; i++)
		reason = check_layer(untrusted_frame, i);
	for (uint32_t i = 0; i < untrusted_frame->n_rects && !reason; i++)
		reason = check_rect(
			untrusted_frame, &untrusted_frame->rects[i], ring, buffers, features);
	if (!reason)
		return 0;
	*ret_reason = reason;
	return -EPROTO;
}
