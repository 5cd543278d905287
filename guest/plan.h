/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/*
 * What has to be sent of a frame: its layers, and the rectangles that differ from what the owner
 * has.
 */
#ifndef ORIEL_GUEST_PLAN_H
#define ORIEL_GUEST_PLAN_H

#include "guest/loan.h"
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
	/* Where the viewer reads a layer's pixels by itself; NULL: they are copied. The plan's own,
	 * until it is destroyed or abandoned. */
	struct oriel_loan *loans[ORIEL_MAX_LAYERS];
	int n, next; /* rects[next .. n) are left */
	struct oriel_plan_rect rects[ORIEL_MAX_RECTS];
	uint64_t left; /* bytes of those that are to be copied */
};

/* Plans frame for the owner of window, which has previous (NULL: nothing to build upon) and
 * window->frames.known; that is then what it will have. NULL: no memory. */
struct oriel_plan *oriel_plan_create(struct oriel_window *window, struct oriel_mir_frame *previous,
	struct oriel_mir_frame *frame);

/* Makes what the plan has to send readable. 0, or -EINPROGRESS: ask again after ops.fetched. */
int oriel_plan_fetch(struct oriel_window *window, const struct oriel_plan *plan);

/* Whether the viewer reads clients' buffers by itself. */
bool oriel_plan_lends(const struct oriel_plan *plan);

void oriel_plan_destroy(struct oriel_plan *plan); /* NULL is fine */
/* The same for a plan of which something was sent that will not be acknowledged: what it has lent
 * to the viewer stays so until that must be through with it. */
void oriel_plan_abandon(struct oriel_plan *plan);

#endif
