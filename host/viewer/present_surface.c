/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/*
 * Presenting through SDL's window surfaces: shared memory of the X server.
 *
 * A window of one layer that covers it pixel by pixel is "direct" (surface_direct.c), the others
 * are "composed" (surface_composed.c). Here is what they share: the surface and its way to the
 * screen.
 */
#include <errno.h>
#include <stdlib.h>

#include "host/viewer/present.h"
#include "host/viewer/present_surface.h"
#include "src/base/log.h"
#include "src/pixels/damage.h"

struct oriel_canvas oriel_surface_canvas(const struct oriel_window *window)
{
	return (struct oriel_canvas){
		.pixels = window->surface->pixels,
		.stride = (size_t)window->surface->pitch,
		.width = window->surface->w,
		.height = window->surface->h,
		.alpha = window->surface->format == SDL_PIXELFORMAT_ARGB8888,
	};
}

struct oriel_rect oriel_surface_content(const struct oriel_window *window)
{
	double scale = oriel_window_scale(window);

	return (struct oriel_rect){0, 0, oriel_units_scale(window->frame_width, scale),
		oriel_units_scale(window->frame_height, scale)};
}

struct oriel_rect oriel_surface_visible(const struct oriel_window *window)
{
	return oriel_rect_intersect(oriel_surface_content(window),
		(struct oriel_rect){0, 0, window->surface->w, window->surface->h});
}

void oriel_surface_count(struct oriel_window *window, size_t copied)
{
	window->viewer->stats.copied += copied;
}

void oriel_surface_put(struct oriel_window *window, int32_t x, int32_t y,
	const struct oriel_rows *rows, int32_t width, int32_t height, bool force_opaque)
{
	struct oriel_canvas canvas = oriel_surface_canvas(window);

	oriel_surface_count(window, oriel_compose_put(&canvas, oriel_surface_visible(window), x, y,
					    rows, width, height, force_opaque));
}

static int get_surface(struct oriel_window *window)
{
	window->surface = SDL_GetWindowSurface(window->sdl);
	window->surface_stale = false;
	if (!window->surface) {
		oriel_error("no surface for a window: %s", SDL_GetError());
		return -EIO;
	}
	if (window->surface->format != SDL_PIXELFORMAT_XRGB8888 &&
		window->surface->format != SDL_PIXELFORMAT_ARGB8888) {
		oriel_error("this screen's pixel format is %s: try --present renderer",
			SDL_GetPixelFormatName(window->surface->format));
		return -ENOTSUP;
	}
	SDL_ClearSurface(window->surface, 0, 0, 0, 0);
	return 0;
}

/* A new surface with the old one's top left; SDL keeps the old one until it is asked for the new.
 */
static int replace_surface(struct oriel_window *window)
{
	const SDL_Surface *old = window->surface;
	int width = old->w, height = old->h, r;
	size_t stride = (size_t)width * 4, size = stride * (size_t)height;
	uint32_t *kept = malloc(size);
	struct oriel_piece piece;
	struct oriel_rows rows;

	if (!kept)
		return -ENOMEM;
	oriel_pixels_pack(
		kept, old->pixels, (size_t)old->pitch, &(struct oriel_rect){0, 0, width, height});
	oriel_surface_count(window, size);
	r = get_surface(window);
	if (r == 0) {
		rows = oriel_rows_of(&piece, kept, stride, size);
		oriel_surface_put(window, 0, 0, &rows, width, height, false);
	}
	free(kept);
	return r;
}

/* Makes window->surface one of the window's present size. */
static int acquire(struct oriel_window *window)
{
	int width, height, r;

	if (window->surface && !window->surface_stale)
		return 0;
	window->damage.all = true;
	if (!window->surface || !window->direct || oriel_direct_lose_behind(window))
		return get_surface(window);
	width = window->surface->w;
	height = window->surface->h;
	r = replace_surface(window);
	if (r == 0)
		oriel_direct_note_loss(window, width, height);
	return r;
}

static int surface_attach(struct oriel_window *window)
{
	window->surface = NULL;
	window->surface_stale = false;
	window->direct = false;
	window->behind = false;
	return 0;
}

static void surface_detach(struct oriel_window *window)
{
	window->surface = NULL;
}

static int surface_prepare(struct oriel_window *window)
{
	int r = acquire(window);

	if (r < 0)
		return r;
	if (!oriel_direct_is_possible(window))
		return oriel_composed_enter(window);
	if (!window->direct)
		oriel_direct_enter(window);
	else if (window->layers.items[0]->moved && !oriel_direct_lose_behind(window))
		oriel_layer_lose(window->layers.items[0]);
	if (window->frame_resized)
		oriel_direct_clear_around(window);
	return 0;
}

static int surface_upload(struct oriel_window *window, struct oriel_layer *layer,
	const struct oriel_rect *rect, const struct oriel_rows *rows)
{
	if (window->direct)
		return oriel_direct_upload(window, layer, rect, rows);
	oriel_composed_upload(window, layer, rect, rows);
	oriel_damage_add(&window->damage, oriel_compose_damage(&layer->placed, rect));
	return 0;
}

static int surface_copy(struct oriel_window *window, struct oriel_layer *layer,
	const struct oriel_rect *rect, int32_t source_x, int32_t source_y)
{
	if (window->direct)
		return oriel_direct_copy(window, layer, rect, source_x, source_y);
	oriel_composed_copy(window, layer, rect, source_x, source_y);
	oriel_damage_add(&window->damage, oriel_compose_damage(&layer->placed, rect));
	return 0;
}

static void surface_forget(void *window, struct oriel_layer *layer)
{
	(void)window;
	oriel_composed_forget(layer);
}

static int update(struct oriel_window *window, const struct oriel_rect *rects, int n)
{
	SDL_Rect sdl_rects[ORIEL_DAMAGE_MAX];
	size_t pixels = 0;
	int count = 0;

	for (int i = 0; i < n; i++) {
		struct oriel_rect r = oriel_rect_intersect(rects[i],
			(struct oriel_rect){0, 0, window->surface->w, window->surface->h});

		if (!r.width)
			continue;
		sdl_rects[count++] = (SDL_Rect){r.x, r.y, r.width, r.height};
		pixels += (size_t)r.width * (size_t)r.height;
	}
	if (count == 0)
		return 0;
	/* It fails when the size changes right now: then another turn is on its way. */
	if (!SDL_UpdateWindowSurfaceRects(window->sdl, sdl_rects, count))
		window->exposed = true;
	else
		window->viewer->stats.uploaded += pixels * 4;
	return 0;
}

static int surface_show(struct oriel_window *window)
{
	struct oriel_rect rects[ORIEL_DAMAGE_MAX];
	bool exposed = window->exposed;
	int n, r;

	r = acquire(window);
	if (r < 0)
		return r;
	if ((exposed || window->damage.all) && oriel_direct_lose_behind(window)) {
		/* Shown as it was until everything has come anew. */
		window->exposed = false;
		return 0;
	}
	window->exposed = false;
	if (window->damage.all) {
		rects[0] = (struct oriel_rect){0, 0, window->surface->w, window->surface->h};
		n = 1;
	} else {
		n = window->damage.n ? oriel_damage_simplify(window->damage.rects, window->damage.n,
					       rects, ORIEL_DAMAGE_MAX)
				     : 0;
	}
	if (!window->direct)
		for (int i = 0; i < n; i++)
			oriel_composed_draw(window, rects[i]);
	if (exposed) {
		rects[0] = (struct oriel_rect){0, 0, window->surface->w, window->surface->h};
		n = 1;
	}
	return update(window, rects, n);
}

const struct oriel_present_ops oriel_present_surface = {
	.name = "surface",
	.attach = surface_attach,
	.detach = surface_detach,
	.prepare = surface_prepare,
	.upload = surface_upload,
	.copy = surface_copy,
	.show = surface_show,
	.forget = surface_forget,
};
