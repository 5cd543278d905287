/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/*
 * Pointer, touch, keyboard and focus, from SDL events to messages.
 *
 * The guest's idea of what is pressed is mirrored here, so that nothing is pressed twice, and
 * nothing stays pressed when focus or a button grab is lost. Keyboard focus is always a toplevel's:
 * keys for a popup go to the toplevel it belongs to, the guest knows about its own popups.
 */
#ifndef ORIEL_HOST_VIEWER_INPUT_H
#define ORIEL_HOST_VIEWER_INPUT_H

#include <SDL3/SDL.h>
#include <stdbool.h>
#include <stdint.h>

#include "host/viewer/keys.h"

struct oriel_viewer;
struct oriel_window;

#define ORIEL_TOUCH_POINTS 32

struct oriel_input {
	/* Focus. */
	SDL_WindowID focus; /* as SDL says; 0: none */
	bool focus_dirty;
	uint32_t focus_sent;   /* guest window; 0: none */
	enum oriel_keys mode;  /* of the window with focus */
	uint8_t keys[768 / 8]; /* what the guest holds for pressed */

	/* Pointer. */
	uint32_t pointer_window; /* 0: not over the guest's windows */
	double x, y;             /* logical, as last sent */
	double dx, dy;           /* movement that was not sent yet */
	uint32_t buttons;        /* pressed in the guest; bit n = evdev 0x110 + n */
	bool left;               /* the pointer left during a button grab */
	bool suspended; /* the window manager moves a window: buttons and motion are its own */
	bool swallow;   /* the press that dismissed a popup, until it is let go */
	bool held_back; /* a motion was not sent because the link is congested */
	uint32_t time;

	/* Touch: which finger is which point. */
	SDL_FingerID fingers[ORIEL_TOUCH_POINTS];
	uint32_t finger_windows[ORIEL_TOUCH_POINTS]; /* 0: free */
};

/* Takes what concerns input; returns whether it did. */
bool oriel_input_event(struct oriel_viewer *viewer, const SDL_Event *event);

/* Sends what has been held back to be sent once: focus. */
void oriel_input_flush(struct oriel_viewer *viewer);

/* A new link knows nothing. */
void oriel_input_reset(struct oriel_viewer *viewer);

/* The link can take more. */
void oriel_input_drained(struct oriel_viewer *viewer);

/* The window manager takes over the pressed button: the guest sees it let go. */
void oriel_input_suspend(struct oriel_viewer *viewer);

/* A window is about to be destroyed. */
void oriel_input_forget(struct oriel_viewer *viewer, struct oriel_window *window);

/* Motion outside of the window that holds the button grab; x, y in its pixels. Called while SDL
 * collects events. Returns whether it was queued; false: it is inside. */
bool oriel_input_motion_outside(struct oriel_window *window, double x, double y);

/* The pointer is in a window, which SDL may not tell; x, y in its pixels. As above. */
void oriel_input_entered(struct oriel_window *window, double x, double y);

/* What the window's program wants of the pointer, enum oriel_pointer_mode; it gets that while it
 * has focus. */
void oriel_input_set_pointer_mode(struct oriel_window *window, uint8_t mode);
/* The host's window was made. */
void oriel_input_apply_pointer_mode(struct oriel_window *window);

/* A window has keyboard focus, or has lost it. */
void oriel_input_focus(struct oriel_viewer *viewer, SDL_WindowID window, bool gained);

#endif
