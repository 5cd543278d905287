/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/*
 * The host's side of a window: SDL's window, what is set on it, and what it reports. See window.h
 * for what other parts of the viewer use.
 */
#ifndef ORIEL_HOST_VIEWER_WINDOW_HOST_H
#define ORIEL_HOST_VIEWER_WINDOW_HOST_H

#include "host/viewer/state.h"

/* What of a description is new. */
enum {
	ORIEL_CHANGED_TITLE = 1,
	ORIEL_CHANGED_APP = 2,
	ORIEL_CHANGED_PARENT = 4,
	ORIEL_CHANGED_KIND = 8,
	ORIEL_CHANGED_FRAME = 16,
	ORIEL_CHANGED_LIMITS = 32,
	ORIEL_CHANGED_PLACE = 64,
	ORIEL_CHANGED_SIZE = 128,
	ORIEL_CHANGED_STATE = 256,
	ORIEL_CHANGED_GRAB = 512,
};

/* Brings SDL's window, which is there, in line with the description. */
void oriel_window_host_apply(struct oriel_window *window, unsigned changes);

/* Destroys SDL's window, and those of popups on it, with contents. */
void oriel_window_unrealize(struct oriel_window *window);

/* Sizes that the host may give it. */
void oriel_window_set_limits(struct oriel_window *window);
/* Makes the host's window as large as the guest says. */
void oriel_window_resize(struct oriel_window *window);
void oriel_window_set_state(struct oriel_window *window, uint8_t state);
/* The state that the host shows. */
uint8_t oriel_window_host_state(const struct oriel_window *window);

/* Takes window events; returns whether it did. */
bool oriel_window_event(struct oriel_viewer *viewer, const SDL_Event *event);

/* Sends configure for windows whose place, size or state differs from what was sent. */
void oriel_windows_configure(struct oriel_viewer *viewer);

/* After a while without changes by the host: sizes the guest insists on, content it still owes. */
void oriel_windows_settle(struct oriel_viewer *viewer);

/* Takes over the units of the screen that the window has come to; at_rest: it has not been moved or
 * resized for a while. Returns whether that changed its scale. */
bool oriel_window_follow_screen(struct oriel_window *window, bool at_rest);

#endif
