/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/* The host's screens as the guest's outputs, and the scale that follows from them. */
#ifndef ORIEL_HOST_VIEWER_SCREENS_H
#define ORIEL_HOST_VIEWER_SCREENS_H

#include <SDL3/SDL.h>
#include <stdbool.h>

#include "host/viewer/units.h"
#include "src/wire/messages.h"

struct oriel_viewer;

struct oriel_screens {
	struct oriel_wire_output outputs[ORIEL_MAX_OUTPUTS];
	char names[ORIEL_MAX_OUTPUTS][ORIEL_MAX_NAME + 1];
	struct oriel_units units[ORIEL_MAX_OUTPUTS];
	uint32_t n;
};

/* Looks at the screens and sets viewer->units, those of the primary one. Returns whether anything
 * differs from before. */
bool oriel_screens_update(struct oriel_viewer *viewer);

/* The units of the screen that the window is on; valid until the next update. */
const struct oriel_units *oriel_screens_units(
	const struct oriel_viewer *viewer, SDL_Window *window);

void oriel_screens_send(struct oriel_viewer *viewer);

/* Takes display events; returns whether it did. */
bool oriel_screens_event(struct oriel_viewer *viewer, const SDL_Event *event);

#endif
