/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/*
 * Inside of the presenter "surface": what its files know of each other. A window is direct or
 * composed; see present_surface.c.
 */
#ifndef ORIEL_HOST_VIEWER_PRESENT_SURFACE_H
#define ORIEL_HOST_VIEWER_PRESENT_SURFACE_H

#include "host/viewer/state.h"

/* The window surface, which is there. */
struct oriel_canvas oriel_surface_canvas(const struct oriel_window *window);
/* The part of the window that the content was drawn for; the rest stays black. */
struct oriel_rect oriel_surface_content(const struct oriel_window *window);
/* The same as far as the surface goes. */
struct oriel_rect oriel_surface_visible(const struct oriel_window *window);
/* Puts rows into the visible part of the surface, and counts. */
void oriel_surface_put(struct oriel_window *window, int32_t x, int32_t y,
	const struct oriel_rows *rows, int32_t width, int32_t height, bool force_opaque);
/* Counts bytes. */
void oriel_surface_count(struct oriel_window *window, size_t copied);

/* Direct: what comes is written straight into the surface, and kept nowhere else ------------- */

bool oriel_direct_is_possible(const struct oriel_window *window);
/* A composed window becomes direct. */
void oriel_direct_enter(struct oriel_window *window);
/* The surface holds the only copy of what was the single layer: takes it out into layer->pixels, or
 * finds that it is lost. */
void oriel_direct_leave(struct oriel_window *window, struct oriel_layer *layer);
int oriel_direct_upload(struct oriel_window *window, struct oriel_layer *layer,
	const struct oriel_rect *rect, const struct oriel_rows *rows);
int oriel_direct_copy(struct oriel_window *window, struct oriel_layer *layer,
	const struct oriel_rect *rect, int32_t source_x, int32_t source_y);
/* What only the screen holds is not to be had any more; whether there was such. */
bool oriel_direct_lose_behind(struct oriel_window *window);
/* A new surface has come, which shows more than the old one of this size held. */
void oriel_direct_note_loss(struct oriel_window *window, int old_width, int old_height);
/* What was drawn for another size of the window goes black around the new one. */
void oriel_direct_clear_around(struct oriel_window *window);

/* Composed: the content of each layer is kept, damaged parts are laid over each other --------- */

/* The window may have been direct. */
int oriel_composed_enter(struct oriel_window *window);
void oriel_composed_upload(struct oriel_window *window, struct oriel_layer *layer,
	const struct oriel_rect *rect, const struct oriel_rows *rows);
void oriel_composed_copy(struct oriel_window *window, struct oriel_layer *layer,
	const struct oriel_rect *rect, int32_t source_x, int32_t source_y);
/* Draws a part of the window from its layers. */
void oriel_composed_draw(struct oriel_window *window, struct oriel_rect rect);
void oriel_composed_forget(struct oriel_layer *layer);

/* Moves a rectangle inside of one image; both places are inside of it. Returns the bytes. */
size_t oriel_composed_move_rows(
	uint32_t *pixels, size_t stride, const struct oriel_rect *rect, int32_t x, int32_t y);

#endif
