/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
#include <stdlib.h>
#include <string.h>

#include "tests/clients/pattern.h"
#include "tests/e2e/e2e.h"
#include "tests/e2e/refview_internal.h"

static struct content *content_of(struct refview *view, const struct oriel_wire_layer *layer)
{
	struct content *content;

	for (content = view->contents; content; content = content->next)
		if (content->id == layer->id)
			break;
	if (!content) {
		content = calloc(1, sizeof(*content));
		content->id = layer->id;
		content->next = view->contents;
		view->contents = content;
	}
	content->format = layer->format;
	if (content->width != (int)layer->buffer_width ||
		content->height != (int)layer->buffer_height) {
		free(content->pixels);
		content->width = (int)layer->buffer_width;
		content->height = (int)layer->buffer_height;
		content->pixels = calloc((size_t)content->width * (size_t)content->height, 4);
	}
	return content;
}

/* Packed pixels of a rectangle; free them. */
static uint32_t *decode(struct refview *view, const struct oriel_msg_frame *frame,
	const struct oriel_wire_rect *rect)
{
	size_t size = (size_t)rect->width * rect->height * 4;
	uint32_t *pixels = malloc(size);
	const void *from;

	if (rect->encoding == ORIEL_ENCODING_RING) {
		from = view->ring ? oriel_ring_view(view->ring, rect->offset, rect->length) : NULL;
		if (!from || rect->length != size)
			e2e_fail("a rectangle is not in the ring: %u bytes at %u", rect->length,
				rect->offset);
		memcpy(pixels, from, size);
		return pixels;
	}
	if ((uint64_t)rect->offset + rect->length > frame->data.size)
		e2e_fail("a rectangle is not in the message");
	if (oriel_codec_decode(view->codec, rect->encoding,
		    (const char *)frame->data.data + rect->offset, rect->length, pixels, size))
		e2e_fail("a rectangle can't be decoded");
	return pixels;
}

static void copy_inside(struct content *content, const struct oriel_wire_rect *rect)
{
	size_t stride = (size_t)content->width;
	uint32_t *saved = malloc((size_t)rect->width * rect->height * 4);
	uint32_t y;

	for (y = 0; y < rect->height; y++)
		memcpy(saved + (size_t)y * rect->width,
			content->pixels + (rect->length + y) * stride + rect->offset,
			(size_t)rect->width * 4);
	for (y = 0; y < rect->height; y++)
		memcpy(content->pixels + (rect->y + y) * stride + rect->x,
			saved + (size_t)y * rect->width, (size_t)rect->width * 4);
	free(saved);
}

static void upload_rect(struct refview *view, const struct oriel_msg_frame *frame,
	const struct oriel_wire_rect *rect)
{
	struct content *content = content_of(view, &frame->layers[rect->layer]);
	uint32_t *pixels, y;

	if (rect->x + rect->width > (uint32_t)content->width ||
		rect->y + rect->height > (uint32_t)content->height)
		e2e_fail("a rectangle is outside of its layer");
	if (rect->encoding == ORIEL_ENCODING_COPY) {
		copy_inside(content, rect);
		return;
	}
	pixels = decode(view, frame, rect);
	for (y = 0; y < rect->height; y++)
		memcpy(content->pixels + (rect->y + y) * (size_t)content->width + rect->x,
			pixels + (size_t)y * rect->width, (size_t)rect->width * 4);
	free(pixels);
}

void refview_upload(struct refview *view, const struct oriel_msg_frame *frame)
{
	int copies, i;

	for (i = 0; i < (int)frame->n_layers; i++)
		content_of(view, &frame->layers[i]);
	/* Copies inside a layer come before everything else. */
	for (copies = 1; copies >= 0; copies--)
		for (i = 0; i < (int)frame->n_rects; i++)
			if ((frame->rects[i].encoding == ORIEL_ENCODING_COPY) == copies)
				upload_rect(view, frame, &frame->rects[i]);
}

void refview_forget_pixels(struct refview *view)
{
	while (view->contents) {
		struct content *content = view->contents;

		view->contents = content->next;
		free(content->pixels);
		free(content);
	}
}

static bool is_plain(const struct oriel_wire_layer *layer)
{
	return !layer->transform && !(layer->src_x & 255) && !(layer->src_y & 255) &&
	       layer->src_width == (oriel_fixed)(layer->width << 8) &&
	       layer->src_height == (oriel_fixed)(layer->height << 8);
}

/* Premultiplied over, exact to the nearest. */
static uint32_t over(uint32_t above, uint32_t below)
{
	uint32_t keep = 255 - (above >> 24), out = 0;
	int shift;

	for (shift = 0; shift < 32; shift += 8)
		out |= ((above >> shift & 255) + pattern_multiply(below >> shift & 255, keep))
		       << shift;
	return out;
}

static void compose_layer(
	struct image *image, const struct oriel_wire_layer *layer, const struct content *content)
{
	int x, y, from_x = layer->src_x >> 8, from_y = layer->src_y >> 8;

	for (y = 0; y < (int)layer->height; y++)
		for (x = 0; x < (int)layer->width; x++) {
			int to_x = layer->x + x, to_y = layer->y + y;
			uint32_t pixel;

			if (to_x < 0 || to_y < 0 || to_x >= image->width || to_y >= image->height ||
				from_x + x >= content->width || from_y + y >= content->height)
				continue;
			pixel = content->pixels[(size_t)(from_y + y) * (size_t)content->width +
						(size_t)(from_x + x)];
			if (content->format == ORIEL_FORMAT_XRGB8888)
				pixel |= 0xff000000u;
			*image_at(image, to_x, to_y) = over(pixel, *image_at(image, to_x, to_y));
		}
}

struct image *refview_compose(struct refview *view, const struct refview_window *window)
{
	struct image *image;
	int i;

	for (i = 0; i < window->n_layers; i++)
		if (!is_plain(&window->layers[i]))
			return NULL;
	image = image_create(window->width, window->height);
	image->alpha = true;
	for (i = 0; i < window->n_layers; i++)
		compose_layer(image, &window->layers[i], content_of(view, &window->layers[i]));
	return image;
}
