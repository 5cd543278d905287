/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/*
 * Whether a window gets the host's shortcuts (Alt+Tab and the like) while it has focus: always
 * (grab-keys), or when its program asks and the user allows that (allow-grab). Ctrl+Alt+Escape
 * takes them back from all windows; the same once more gives them again. No program can prevent
 * that, whatever it asks for, calls itself or opens.
 */
#ifndef ORIEL_HOST_VIEWER_SHORTCUTS_H
#define ORIEL_HOST_VIEWER_SHORTCUTS_H

#include <SDL3/SDL.h>
#include <stdbool.h>

struct oriel_viewer;
struct oriel_window;

struct oriel_shortcuts {
	bool wanted; /* the program asks for them */
	bool told;   /* and knows that it has them */
};

/* The program asks for them, or lets them go. It is told when it has them. */
void oriel_shortcuts_want(struct oriel_window *window, bool wanted);

/* The host's window was made, or it is another application's. */
void oriel_shortcuts_apply(struct oriel_window *window);

/* Whether this key is the user's way out, and not for the guest. */
bool oriel_shortcuts_key(struct oriel_viewer *viewer, const SDL_KeyboardEvent *e);

#endif
