/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/* Keyboard and focus; the part of input.h that other files don't call. */
#ifndef ORIEL_HOST_VIEWER_FOCUS_H
#define ORIEL_HOST_VIEWER_FOCUS_H

#include "host/viewer/state.h"

bool oriel_focus_event(struct oriel_viewer *viewer, const SDL_Event *event);
void oriel_focus_flush(struct oriel_viewer *viewer);
/* A key goes to the guest, unless it is what the guest knows. */
void oriel_focus_key(struct oriel_viewer *viewer, const SDL_KeyboardEvent *e);
void oriel_focus_forget(struct oriel_viewer *viewer, struct oriel_window *window);

#endif
