/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/*
 * The layers of a window, bottom first: what a frame says of them, where they land in the window,
 * and whether their whole content has come. Where the pixels are kept is up to the presenter.
 */
#ifndef ORIEL_HOST_VIEWER_LAYERS_H
#define ORIEL_HOST_VIEWER_LAYERS_H

#include <SDL3/SDL.h>
#include <stdbool.h>
#include <stdint.h>

#include "host/viewer/compose.h"
#include "src/wire/messages.h"

struct oriel_layer {
	struct oriel_wire_layer wire; /* as checked */
	struct oriel_placed placed;   /* in window pixels */
	bool moved;                   /* by the last update */
	/* Pixels have been lost, or never came. `covered` counts those that came since. */
	bool missing;
	uint64_t covered;
	/* The presenter's; it frees them through its forget(). */
	uint32_t *pixels; /* rows packed */
	SDL_Texture *texture;
};

struct oriel_layers {
	struct oriel_layer *items[ORIEL_MAX_LAYERS];
	int n;
};

/* Called for a layer whose pixels are to be freed. */
typedef void (*oriel_layer_forget_fn)(void *user, struct oriel_layer *layer);

/* Takes over the layers of a frame. Layers with an id and size as before keep their content, others
 * start anew, missing; those that are no longer there are forgotten. scale: window pixels per
 * logical unit. *ret_moved is set when what is on screen changes without new pixels. 0 or -ENOMEM,
 * with some layers gone. */
int oriel_layers_update(struct oriel_layers *layers, const struct oriel_wire_layer *wire,
	uint32_t n, double scale, oriel_layer_forget_fn forget, void *user, bool *ret_moved);

/* Pixels of a rectangle have come. */
void oriel_layer_cover(struct oriel_layer *layer, uint32_t width, uint32_t height);
/* They are lost. */
void oriel_layer_lose(struct oriel_layer *layer);
/* Whether a part of any layer is missing. */
bool oriel_layers_missing(const struct oriel_layers *layers);

void oriel_layers_finish(struct oriel_layers *layers, oriel_layer_forget_fn forget, void *user);

#endif
