/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
#include "host/viewer/layers.h"

#include <errno.h>
#include <stdlib.h>

#include "host/viewer/units.h"

static struct oriel_layer *find(struct oriel_layers *layers, uint32_t id)
{
	for (int i = 0; i < layers->n; i++)
		if (layers->items[i] && layers->items[i]->wire.id == id)
			return layers->items[i];
	return NULL;
}

/* Takes the layer with this id out of the old list when its content can stay. */
static struct oriel_layer *take(struct oriel_layers *old, const struct oriel_wire_layer *wire)
{
	struct oriel_layer *layer = find(old, wire->id);

	if (!layer || layer->wire.buffer_width != wire->buffer_width ||
		layer->wire.buffer_height != wire->buffer_height ||
		layer->wire.format != wire->format)
		return NULL;
	for (int i = 0; i < old->n; i++)
		if (old->items[i] == layer)
			old->items[i] = NULL;
	return layer;
}

/* Both edges are rounded, so that neighbours meet. */
static struct oriel_rect place(const struct oriel_wire_layer *w, double scale)
{
	int x = oriel_units_scale(w->x, scale), y = oriel_units_scale(w->y, scale);
	int right = oriel_units_scale((double)w->x + w->width, scale);
	int bottom = oriel_units_scale((double)w->y + w->height, scale);

	return (struct oriel_rect){x, y, right > x ? right - x : 1, bottom > y ? bottom - y : 1};
}

static void describe(struct oriel_layer *layer, const struct oriel_wire_layer *w, double scale)
{
	layer->wire = *w;
	layer->placed.stride = (size_t)w->buffer_width * 4;
	layer->placed.width = (int32_t)w->buffer_width;
	layer->placed.height = (int32_t)w->buffer_height;
	layer->placed.opaque = w->format == ORIEL_FORMAT_XRGB8888;
	layer->placed.transform = w->transform;
	layer->placed.src_x = oriel_fixed_to_double(w->src_x);
	layer->placed.src_y = oriel_fixed_to_double(w->src_y);
	layer->placed.src_width = oriel_fixed_to_double(w->src_width);
	layer->placed.src_height = oriel_fixed_to_double(w->src_height);
	layer->placed.dst = place(w, scale);
}

static bool same_place(const struct oriel_placed *a, const struct oriel_placed *b)
{
	return a->transform == b->transform && a->src_x == b->src_x && a->src_y == b->src_y &&
	       a->src_width == b->src_width && a->src_height == b->src_height &&
	       a->dst.x == b->dst.x && a->dst.y == b->dst.y && a->dst.width == b->dst.width &&
	       a->dst.height == b->dst.height;
}

static struct oriel_layer *create(void)
{
	struct oriel_layer *layer = calloc(1, sizeof *layer);

	if (layer)
		layer->missing = true;
	return layer;
}

int oriel_layers_update(struct oriel_layers *layers, const struct oriel_wire_layer *wire,
	uint32_t n, double scale, oriel_layer_forget_fn forget, void *user, bool *ret_moved)
{
	struct oriel_layers old = *layers;
	bool moved = (uint32_t)old.n != n;
	int r = 0;

	layers->n = 0;
	for (uint32_t i = 0; i < n && r == 0; i++) {
		struct oriel_layer *before = i < (uint32_t)old.n ? old.items[i] : NULL;
		struct oriel_layer *layer = take(&old, &wire[i]);
		struct oriel_placed placed = layer ? layer->placed : (struct oriel_placed){0};

		moved |= !layer || layer != before;
		if (!layer)
			layer = create();
		if (!layer) {
			r = -ENOMEM;
			break;
		}
		describe(layer, &wire[i], scale);
		layer->moved = !same_place(&placed, &layer->placed);
		moved |= layer->moved;
		layers->items[layers->n++] = layer;
	}
	oriel_layers_finish(&old, forget, user);
	*ret_moved = moved;
	return r;
}

void oriel_layer_cover(struct oriel_layer *layer, uint32_t width, uint32_t height)
{
	if (!layer->missing)
		return;
	layer->covered += (uint64_t)width * height;
	if (layer->covered >= (uint64_t)layer->wire.buffer_width * layer->wire.buffer_height)
		layer->missing = false;
}

void oriel_layer_lose(struct oriel_layer *layer)
{
	layer->missing = true;
	layer->covered = 0;
}

bool oriel_layers_missing(const struct oriel_layers *layers)
{
	for (int i = 0; i < layers->n; i++)
		if (layers->items[i]->missing)
			return true;
	return false;
}

void oriel_layers_finish(struct oriel_layers *layers, oriel_layer_forget_fn forget, void *user)
{
	for (int i = 0; i < layers->n; i++) {
		if (!layers->items[i])
			continue;
		forget(user, layers->items[i]);
		free(layers->items[i]);
	}
	layers->n = 0;
}
