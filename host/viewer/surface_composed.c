/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/* Windows of several layers, or of one that is seen through or scaled. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "host/viewer/present_surface.h"

/* Bytes of contents of all windows together: far above what screens can show, and a limit to what
 * a guest can make us allocate. Memory that was never written costs nothing. */
#define CONTENT_MAX (8ull << 30)

static uint64_t content_bytes;

static size_t layer_bytes(const struct oriel_layer *layer)
{
	return (size_t)layer->wire.buffer_width * layer->wire.buffer_height * 4;
}

static int allocate(struct oriel_layer *layer)
{
	size_t size = layer_bytes(layer);

	if (layer->pixels)
		return 0;
	if (size > CONTENT_MAX - content_bytes)
		return -ENOMEM;
	layer->pixels = calloc(1, size);
	if (!layer->pixels)
		return -ENOMEM;
	content_bytes += size;
	layer->placed.pixels = layer->pixels;
	return 0;
}

void oriel_composed_forget(struct oriel_layer *layer)
{
	if (!layer->pixels)
		return;
	content_bytes -= layer_bytes(layer);
	free(layer->pixels);
	layer->pixels = NULL;
	layer->placed.pixels = NULL;
}

int oriel_composed_enter(struct oriel_window *window)
{
	bool was_direct = window->direct;
	int r;

	window->direct = false;
	for (int i = 0; i < window->layers.n; i++) {
		struct oriel_layer *layer = window->layers.items[i];
		bool held_by_surface = was_direct && !layer->pixels;

		r = allocate(layer);
		if (r < 0)
			return r;
		if (held_by_surface)
			oriel_direct_leave(window, layer);
	}
	if (was_direct)
		window->damage.all = true;
	window->behind = false;
	return 0;
}

void oriel_composed_upload(struct oriel_window *window, struct oriel_layer *layer,
	const struct oriel_rect *rect, const struct oriel_rows *rows)
{
	size_t stride = layer->placed.stride;

	oriel_rows_copy(rows, &(struct oriel_rect){0, 0, rect->width, rect->height},
		(char *)layer->pixels + (size_t)rect->y * stride + (size_t)rect->x * 4, stride);
	oriel_surface_count(window, (size_t)rect->width * (size_t)rect->height * 4);
}

size_t oriel_composed_move_rows(
	uint32_t *pixels, size_t stride, const struct oriel_rect *rect, int32_t x, int32_t y)
{
	bool down = rect->y > y;

	for (int32_t i = 0; i < rect->height; i++) {
		int32_t row = down ? rect->height - 1 - i : i;

		memmove((char *)pixels + (size_t)(rect->y + row) * stride + (size_t)rect->x * 4,
			(char *)pixels + (size_t)(y + row) * stride + (size_t)x * 4,
			(size_t)rect->width * 4);
	}
	return (size_t)rect->width * (size_t)rect->height * 4;
}

void oriel_composed_copy(struct oriel_window *window, struct oriel_layer *layer,
	const struct oriel_rect *rect, int32_t source_x, int32_t source_y)
{
	oriel_surface_count(window, oriel_composed_move_rows(layer->pixels, layer->placed.stride,
					    rect, source_x, source_y));
}

void oriel_composed_draw(struct oriel_window *window, struct oriel_rect rect)
{
	struct oriel_canvas canvas = oriel_surface_canvas(window);
	int bottom = 0;

	rect = oriel_rect_intersect(rect, (struct oriel_rect){0, 0, canvas.width, canvas.height});
	for (int i = window->layers.n - 1; i > 0 && !bottom; i--)
		if (oriel_compose_hides(&window->layers.items[i]->placed, rect))
			bottom = i;
	if (!window->layers.n || !oriel_compose_hides(&window->layers.items[bottom]->placed, rect))
		oriel_compose_clear(&canvas, rect);
	/* Layers may stick out of what the window was drawn for; that is not to be seen. */
	rect = oriel_rect_intersect(rect, oriel_surface_content(window));
	for (int i = bottom; i < window->layers.n; i++)
		oriel_surface_count(window,
			oriel_compose_layer(&canvas, rect, &window->layers.items[i]->placed));
}
