/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/*
 * What has to be sent of a frame: its layers, and the rectangles that differ from what the owner
 * has.
 */
#ifndef ORIEL_GUEST_PLAN_H
#define ORIEL_GUEST_PLAN_H

#include "guest/window.h"
#include "src/wire/messages.h"

struct oriel_plan_rect {
	uint16_t layer;         /* index into oriel_plan.layers */
	struct oriel_rect rect; /* what of it is left; buffer pixels */
};

struct oriel_plan {
	uint32_t n_layers;
	struct oriel_wire_layer layers[ORIEL_MAX_LAYERS];
	int source[ORIEL_MAX_LAYERS]; /* index of each in the frame of Mir */
	int n, next;                  /* rects[next .. n) are left */
	struct oriel_plan_rect rects[ORIEL_MAX_RECTS];
	uint64_t left; /* bytes of those */
};

/* Plans frame for the owner of window, which has previous (NULL: nothing to build upon) and
 * window->frames.known; that is then what it will have. NULL: no memory. */
struct oriel_plan *oriel_plan_create(struct oriel_window *window, struct oriel_mir_frame *previous,
	struct oriel_mir_frame *frame);

void oriel_plan_destroy(struct oriel_plan *plan); /* NULL is fine */

#endif
