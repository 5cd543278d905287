/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/*
 * Bringing layers to the screen, in one of two ways: "surface" writes into SDL's window surfaces
 * (X11), "renderer" draws textures (macOS). Pixels are uploaded when their message comes; windows
 * are shown once per turn of the loop, however many frames came.
 */
#ifndef ORIEL_HOST_VIEWER_PRESENT_H
#define ORIEL_HOST_VIEWER_PRESENT_H

#include <stdbool.h>
#include <stdint.h>

#include "host/viewer/window.h"

/* Each required. The window has its host's window. Errors are -errno: the content is lost. */
struct oriel_present_ops {
	const char *name;
	/* The window was made. */
	int (*attach)(struct oriel_window *window);
	/* It is about to go; layers have been forgotten. */
	void (*detach)(struct oriel_window *window);
	/* window->layers is that of a new frame message: make room for the contents. */
	int (*prepare)(struct oriel_window *window);
	/* The rows of a changed rectangle, inside of the layer; valid during the call. */
	int (*upload)(struct oriel_window *window, struct oriel_layer *layer,
		const struct oriel_rect *rect, const struct oriel_rows *rows);
	/* The same from elsewhere in the layer; source may overlap. */
	int (*copy)(struct oriel_window *window, struct oriel_layer *layer,
		const struct oriel_rect *rect, int32_t source_x, int32_t source_y);
	/* Shows window->damage, or everything when exposed. Does not wait for the screen. */
	int (*show)(struct oriel_window *window);
	/* Frees a layer's content; the window may be NULL. An oriel_layer_forget_fn. */
	void (*forget)(void *window, struct oriel_layer *layer);
};

extern const struct oriel_present_ops oriel_present_surface;
extern const struct oriel_present_ops oriel_present_renderer;

/* The presenter for a mode of the options; anchor is any window. */
const struct oriel_present_ops *oriel_present_choose(const char *mode, SDL_Window *anchor);

/* Shows every window that has something new, and acknowledges. */
void oriel_present_flush(struct oriel_viewer *viewer);

/* Whether a flush would do something. */
bool oriel_present_pending(const struct oriel_viewer *viewer);

/* The window's size changed, or its surface was lost. */
void oriel_present_expose(struct oriel_window *window);

/* Contents have been lost: asks the guest for them, once until they come. */
void oriel_present_refresh_if_missing(struct oriel_window *window);

/* Tells the guest that a frame is on screen, or has been overtaken. */
void oriel_present_acknowledge(struct oriel_window *window);

#endif
