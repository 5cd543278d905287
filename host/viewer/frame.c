/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
#include "host/viewer/frame.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "host/platform/platform.h"
#include "host/viewer/present.h"
#include "host/viewer/session.h"
#include "host/viewer/session_memory.h"
#include "src/base/clock.h"
#include "src/base/log.h"

#define BYTES_PER_PIXEL 4u

void *oriel_frame_scratch(struct oriel_viewer *viewer, size_t size)
{
	void *larger;

	if (size <= viewer->scratch_size)
		return viewer->scratch;
	larger = realloc(viewer->scratch, size);
	if (!larger)
		return NULL;
	viewer->scratch = larger;
	viewer->scratch_size = size;
	return larger;
}

static size_t bytes_of(const struct oriel_wire_rect *r)
{
	return (size_t)r->width * r->height * BYTES_PER_PIXEL;
}

/* The content of a registered buffer from the rectangle's own place on. */
static struct oriel_rows rows_in_buffer(
	const struct oriel_viewer *viewer, const struct oriel_wire_rect *r)
{
	struct oriel_rows rows = oriel_buffers_find(&viewer->memory.buffers, r->offset)->rows;

	rows.start += (uint64_t)r->y * rows.stride + (uint64_t)r->x * BYTES_PER_PIXEL;
	return rows;
}

static int decode(struct oriel_viewer *viewer, const struct oriel_msg_frame *frame,
	const struct oriel_wire_rect *r, const void **ret_pixels)
{
	const char *data = (const char *)frame->data.data + r->offset;
	size_t size = bytes_of(r);
	void *scratch = oriel_frame_scratch(viewer, size);
	int result;

	if (!scratch)
		return -ENOMEM;
	result = oriel_codec_decode(viewer->codec, r->encoding, data, r->length, scratch, size);
	if (result < 0)
		return result;
	viewer->stats.copied += size;
	*ret_pixels = scratch;
	return 0;
}

/* The pixels of a checked rectangle, valid until the next call; piece is for the rows. */
static int get_rows(struct oriel_viewer *viewer, const struct oriel_msg_frame *frame,
	const struct oriel_wire_rect *r, struct oriel_piece *piece, struct oriel_rows *ret_rows)
{
	size_t size = bytes_of(r), stride = (size_t)r->width * BYTES_PER_PIXEL;
	struct oriel_viewer_stats *stats = &viewer->stats;
	const void *pixels = NULL;
	int result;

	if (r->encoding == ORIEL_ENCODING_BUFFER) {
		stats->in_buffer += size;
		*ret_rows = rows_in_buffer(viewer, r);
		return 0;
	}
	if (r->encoding == ORIEL_ENCODING_RING) {
		stats->in_ring += size;
		pixels = oriel_ring_view(viewer->ring, r->offset, r->length);
	} else {
		stats->in_message += size;
		oriel_memory_note_inline(viewer);
		result = decode(viewer, frame, r, &pixels);
		if (result < 0)
			return result;
	}
	*ret_rows = oriel_rows_of(piece, pixels, stride, size);
	return 0;
}

static int upload(struct oriel_window *window, const struct oriel_msg_frame *frame,
	const struct oriel_wire_rect *r)
{
	struct oriel_viewer *viewer = window->viewer;
	struct oriel_layer *layer = window->layers.items[r->layer];
	struct oriel_rect rect = {
		(int32_t)r->x, (int32_t)r->y, (int32_t)r->width, (int32_t)r->height};
	struct oriel_piece piece;
	struct oriel_rows rows;
	int result;

	viewer->stats.damage += bytes_of(r);
	if (r->encoding == ORIEL_ENCODING_COPY)
		return viewer->present->copy(
			window, layer, &rect, (int32_t)r->offset, (int32_t)r->length);
	result = get_rows(viewer, frame, r, &piece, &rows);
	if (result < 0)
		return result;
	oriel_layer_cover(layer, r->width, r->height);
	return viewer->present->upload(window, layer, &rect, &rows);
}

/* Copies come first: their sources are what was shown before. */
static int upload_all(struct oriel_window *window, const struct oriel_msg_frame *frame)
{
	int r = 0;

	for (int copies = 1; copies >= 0; copies--)
		for (uint32_t i = 0; i < frame->n_rects && r == 0; i++)
			if ((frame->rects[i].encoding == ORIEL_ENCODING_COPY) == copies)
				r = upload(window, frame, &frame->rects[i]);
	return r;
}

static bool has_alpha(const struct oriel_msg_frame *frame)
{
	for (uint32_t i = 0; i < frame->n_layers; i++)
		if (frame->layers[i].format == ORIEL_FORMAT_ARGB8888)
			return true;
	return false;
}

static void note(struct oriel_window *window, const struct oriel_msg_frame *frame)
{
	/* A frame that was not shown yet is overtaken by a newer one. */
	if (window->serial != frame->serial)
		oriel_present_acknowledge(window);
	window->serial = frame->serial;
	window->viewer->ring_position = frame->ring_position;
	window->received_ns = oriel_now_ns();
	window->frame_resized =
		window->frame_width != frame->width || window->frame_height != frame->height;
	window->frame_width = frame->width;
	window->frame_height = frame->height;
}

/* Makes room for what the frame brings. -EAGAIN: it can't be shown now. */
static int prepare(struct oriel_window *window, const struct oriel_msg_frame *frame)
{
	struct oriel_viewer *viewer = window->viewer;
	bool moved;
	int r;

	if (!window->sdl) {
		r = oriel_window_realize(window, has_alpha(frame));
		if (r < 0)
			return r;
	}
	if (window->frame_resized && oriel_window_is_popup(window)) {
		SDL_SetWindowSize(window->sdl,
			oriel_units_size_to_sdl(&window->units, frame->width),
			oriel_units_size_to_sdl(&window->units, frame->height));
	}
	r = oriel_layers_update(&window->layers, frame->layers, frame->n_layers,
		oriel_window_scale(window), viewer->present->forget, window, &moved);
	if (r < 0)
		return r;
	if (moved || window->frame_resized)
		window->damage.all = true;
	return viewer->present->prepare(window);
}

static void consume(struct oriel_viewer *viewer, uint64_t ring_position)
{
	oriel_platform_ring_wait();
	viewer->out->type = ORIEL_MSG_CONSUMED;
	viewer->out->consumed = (struct oriel_msg_consumed){.ring_position = ring_position};
	oriel_session_send(viewer);
}

static void finish(struct oriel_window *window, const struct oriel_msg_frame *frame, int result)
{
	if (result == -EAGAIN) {
		/* Nothing to hang on: let the client go on, and ask again when there is. */
		window->orphaned = true;
		window->ready = frame->final;
		oriel_present_acknowledge(window);
	} else if (result == -EPROTO) {
		oriel_session_fault(window->viewer, "frame: pixels that can't be decoded");
	} else if (result < 0) {
		oriel_session_fail(
			window->viewer, "a window can't be drawn: %s", strerror(-result));
	} else if (frame->final) {
		window->ready = true;
	}
	if (!frame->final)
		consume(window->viewer, frame->ring_position);
}

void oriel_frame_handle(struct oriel_viewer *viewer, const struct oriel_msg_frame *untrusted_frame)
{
	struct oriel_window *window = oriel_window_find(viewer, untrusted_frame->window);
	const char *reason;
	int r;

	if (!window) {
		oriel_session_fault(
			viewer, "frame: window %u is not there", untrusted_frame->window);
		return;
	}
	if (oriel_frame_check(untrusted_frame, viewer->ring, &viewer->memory.buffers,
		    oriel_link_features(viewer->link), &reason) < 0) {
		oriel_session_fault(viewer, "frame: %s", reason);
		return;
	}
	note(window, untrusted_frame);
	r = prepare(window, untrusted_frame);
	if (r == 0)
		r = upload_all(window, untrusted_frame);
	finish(window, untrusted_frame, r);
}
