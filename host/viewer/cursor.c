/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
#include "host/viewer/cursor.h"

#include <errno.h>

#include "host/viewer/image.h"
#include "host/viewer/state.h"
#include "src/base/log.h"

/* Takes surface. In SDL units; a finer original goes along for screens that can use it. */
static SDL_Surface *scale_surface(SDL_Surface *surface, double factor)
{
	int width = oriel_units_scale(surface->w, factor);
	int height = oriel_units_scale(surface->h, factor);
	SDL_Surface *scaled;

	width = width < 1 ? 1 : width;
	height = height < 1 ? 1 : height;
	if (width == surface->w && height == surface->h)
		return surface;
	scaled = SDL_ScaleSurface(surface, width, height, SDL_SCALEMODE_LINEAR);
	if (scaled && factor < 1)
		SDL_AddSurfaceAlternateImage(scaled, surface);
	SDL_DestroySurface(surface);
	return scaled;
}

static void use(struct oriel_viewer *viewer, SDL_Cursor *cursor)
{
	SDL_Cursor *old = viewer->cursor.sdl;

	SDL_SetCursor(cursor ? cursor : SDL_GetDefaultCursor());
	SDL_ShowCursor();
	viewer->cursor.sdl = cursor;
	if (old)
		SDL_DestroyCursor(old);
}

int oriel_cursor_set(
	struct oriel_viewer *viewer, const struct oriel_msg_cursor *msg, const char **ret_reason)
{
	const struct oriel_window *under = oriel_window_find(viewer, viewer->input.pointer_window);
	const struct oriel_units *units = under ? &under->units : &viewer->units;
	double factor = msg->scale ? units->sdl * 120 / msg->scale : 1;
	SDL_Surface *surface;
	SDL_Cursor *cursor;
	int x, y;

	if (!msg->width || !msg->height) {
		SDL_HideCursor();
		return 0;
	}
	if (msg->pixels.size != msg->width * msg->height * 4) {
		*ret_reason = "the image has not as many pixels as it says";
		return -EPROTO;
	}
	surface =
		oriel_image_surface(msg->pixels.data, msg->width, msg->height, ORIEL_IMAGE_CURSOR);
	if (surface)
		surface = scale_surface(surface, factor);
	if (!surface)
		return 0;
	x = oriel_units_scale(msg->hot_x, factor);
	y = oriel_units_scale(msg->hot_y, factor);
	cursor = SDL_CreateColorCursor(
		surface, SDL_clamp(x, 0, surface->w - 1), SDL_clamp(y, 0, surface->h - 1));
	SDL_DestroySurface(surface);
	if (cursor)
		use(viewer, cursor);
	else
		oriel_debug("no cursor: %s", SDL_GetError());
	return 0;
}

void oriel_cursor_reset(struct oriel_viewer *viewer)
{
	use(viewer, NULL);
}
