/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/*
 * Presenting through SDL's window surfaces: shared memory of the X server.
 *
 * A window of one layer that covers it pixel by pixel is "direct": what comes is written straight
 * into the window surface, and kept nowhere else. Large parts of it do not even go there: the X
 * server takes them from the guest's ring, and the surface is "behind". When the screen loses them,
 * the guest is asked for everything. Other windows keep each layer's content and lay the damaged
 * parts over each other.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "host/platform/platform.h"
#include "host/viewer/present.h"
#include "host/viewer/state.h"
#include "src/base/log.h"
#include "src/pixels/damage.h"

/* Bytes of contents of all windows together: far above what screens can show, and a limit to what
 * a guest can make us allocate. Memory that was never written costs nothing. */
#define CONTENT_MAX (8ull << 30)

static uint64_t content_bytes;

static size_t layer_bytes(const struct oriel_layer *layer)
{
	return (size_t)layer->wire.buffer_width * layer->wire.buffer_height * 4;
}

static int allocate(struct oriel_layer *layer)
{
	size_t size = layer_bytes(layer);

	if (layer->pixels)
		return 0;
	if (size > CONTENT_MAX - content_bytes)
		return -ENOMEM;
	layer->pixels = calloc(1, size);
	if (!layer->pixels)
		return -ENOMEM;
	content_bytes += size;
	layer->placed.pixels = layer->pixels;
	return 0;
}

static void surface_forget(void *window, struct oriel_layer *layer)
{
	(void)window;
	if (!layer->pixels)
		return;
	content_bytes -= layer_bytes(layer);
	free(layer->pixels);
	layer->pixels = NULL;
	layer->placed.pixels = NULL;
}

static struct oriel_canvas canvas_of(const struct oriel_window *window)
{
	return (struct oriel_canvas){
		.pixels = window->surface->pixels,
		.stride = (size_t)window->surface->pitch,
		.width = window->surface->w,
		.height = window->surface->h,
		.alpha = window->surface->format == SDL_PIXELFORMAT_ARGB8888,
	};
}

/* The part of the window that the content was drawn for; the rest stays black. */
static struct oriel_rect content_area(const struct oriel_window *window)
{
	double scale = oriel_window_scale(window);

	return (struct oriel_rect){0, 0, oriel_units_scale(window->frame_width, scale),
		oriel_units_scale(window->frame_height, scale)};
}

static struct oriel_rect visible_area(const struct oriel_window *window)
{
	return oriel_rect_intersect(content_area(window),
		(struct oriel_rect){0, 0, window->surface->w, window->surface->h});
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
	uint32_t *kept = malloc((size_t)width * height * 4);
	struct oriel_canvas canvas;

	if (!kept)
		return -ENOMEM;
	oriel_pixels_pack(
		kept, old->pixels, (size_t)old->pitch, &(struct oriel_rect){0, 0, width, height});
	r = get_surface(window);
	if (r == 0) {
		canvas = canvas_of(window);
		oriel_compose_put(&canvas, visible_area(window), 0, 0, kept, (size_t)width * 4,
			width, height, false);
	}
	free(kept);
	return r;
}

/* What only the screen holds is not to be had any more. */
static bool lose_if_behind(struct oriel_window *window)
{
	if (!window->behind)
		return false;
	window->behind = false;
	if (window->layers.n)
		oriel_layer_lose(window->layers.items[0]);
	return true;
}

/* The content of a direct window that the new surface shows and the old one did not hold. */
static void note_loss(struct oriel_window *window, int old_width, int old_height)
{
	struct oriel_rect area = visible_area(window);

	if (window->layers.n == 1 && (area.width > old_width || area.height > old_height))
		oriel_layer_lose(window->layers.items[0]);
}

/* Makes window->surface one of the window's present size. */
static int acquire(struct oriel_window *window)
{
	int width, height, r;

	if (window->surface && !window->surface_stale)
		return 0;
	window->damage.all = true;
	if (!window->surface || !window->direct || lose_if_behind(window))
		return get_surface(window);
	width = window->surface->w;
	height = window->surface->h;
	r = replace_surface(window);
	if (r == 0)
		note_loss(window, width, height);
	return r;
}

static bool can_be_direct(const struct oriel_window *window)
{
	struct oriel_rect area = content_area(window), visible = visible_area(window);
	const struct oriel_placed *p;
	struct oriel_rect common;

	/* While the window is smaller than its content (a resize is on its way), the surface can't
	 * hold it. */
	if (window->layers.n != 1 || visible.width != area.width || visible.height != area.height)
		return false;
	p = &window->layers.items[0]->placed;
	/* Content from the window's edge on, or what is cut off could not be told from it. */
	if (!oriel_compose_is_exact(p) || p->src_width < p->dst.width ||
		p->src_height < p->dst.height)
		return false;
	common = oriel_rect_intersect(p->dst, area);
	return common.width == area.width && common.height == area.height;
}

/* What was drawn for another size of the window goes black around the new one. */
static void clear_around(struct oriel_window *window)
{
	struct oriel_canvas canvas = canvas_of(window);
	struct oriel_rect area = visible_area(window);

	oriel_compose_clear(&canvas,
		(struct oriel_rect){area.width, 0, canvas.width - area.width, canvas.height});
	oriel_compose_clear(&canvas,
		(struct oriel_rect){0, area.height, canvas.width, canvas.height - area.height});
	window->damage.all = true;
}

static void draw_whole_layer(struct oriel_window *window, const struct oriel_layer *layer)
{
	struct oriel_canvas canvas = canvas_of(window);
	const struct oriel_placed *p = &layer->placed;

	oriel_compose_clear(&canvas, (struct oriel_rect){0, 0, canvas.width, canvas.height});
	oriel_compose_put(&canvas, visible_area(window), p->dst.x - (int32_t)p->src_x,
		p->dst.y - (int32_t)p->src_y, p->pixels, p->stride, p->width, p->height, p->opaque);
}

static void become_direct(struct oriel_window *window)
{
	struct oriel_layer *layer = window->layers.items[0];

	window->direct = true;
	if (layer->pixels)
		draw_whole_layer(window, layer);
	else
		oriel_layer_lose(layer);
	surface_forget(window, layer);
	window->damage.all = true;
}

/* The surface holds the only copy of what was the single layer: take it out, if all of it is there.
 * With the layer gone or moved the guest has to send it again. */
static void leave_direct(struct oriel_window *window, struct oriel_layer *layer)
{
	const struct oriel_placed *p = &layer->placed;
	struct oriel_rect all = {0, 0, p->width, p->height};
	struct oriel_rect held = oriel_rect_intersect(
		(struct oriel_rect){0, 0, window->surface->w, window->surface->h}, p->dst);

	if (layer->missing)
		return;
	if (window->behind || layer->moved || p->dst.x || p->dst.y || p->src_x || p->src_y ||
		held.width != p->width || held.height != p->height) {
		oriel_layer_lose(layer);
		return;
	}
	oriel_pixels_pack(
		layer->pixels, window->surface->pixels, (size_t)window->surface->pitch, &all);
}

static int become_composed(struct oriel_window *window)
{
	bool was_direct = window->direct;
	int r;

	window->direct = false;
	for (int i = 0; i < window->layers.n; i++) {
		struct oriel_layer *layer = window->layers.items[i];
		bool held_by_surface = was_direct && !layer->pixels;

		r = allocate(layer);
		if (r < 0)
			return r;
		if (held_by_surface)
			leave_direct(window, layer);
	}
	if (was_direct)
		window->damage.all = true;
	window->behind = false;
	return 0;
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
	if (!can_be_direct(window))
		return become_composed(window);
	if (!window->direct)
		become_direct(window);
	else if (window->layers.items[0]->moved && !lose_if_behind(window))
		oriel_layer_lose(window->layers.items[0]);
	if (window->frame_resized)
		clear_around(window);
	return 0;
}

/* Straight from the ring to the screen: what is large, and what would else be under it. */
static bool put(struct oriel_window *window, const struct oriel_layer *layer,
	const struct oriel_rect *rect, const uint32_t *pixels)
{
	struct oriel_rect area = visible_area(window), part = oriel_rect_intersect(*rect, area);
	int64_t size = (int64_t)rect->width * rect->height;

	if (!window->shown || window->exposed || window->damage.all || layer->missing ||
		window->surface->format != SDL_PIXELFORMAT_XRGB8888)
		return false;
	if (!window->behind && size * 4 < (int64_t)area.width * area.height)
		return false;
	return oriel_platform_ring_put(window->sdl, rect, &part, pixels);
}

static int surface_upload(struct oriel_window *window, struct oriel_layer *layer,
	const struct oriel_rect *rect, const uint32_t *pixels)
{
	const struct oriel_placed *p = &layer->placed;
	struct oriel_canvas canvas;

	if (!window->direct) {
		oriel_pixels_unpack(layer->pixels, p->stride, pixels, rect);
	} else {
		struct oriel_rect at = {p->dst.x - (int32_t)p->src_x + rect->x,
			p->dst.y - (int32_t)p->src_y + rect->y, rect->width, rect->height};

		if (put(window, layer, &at, pixels)) {
			window->behind = true;
			/* An earlier refresh has been answered: the next loss needs one of its own.
			 */
			window->refresh_sent = false;
			return 0;
		}
		lose_if_behind(window);
		canvas = canvas_of(window);
		oriel_compose_put(&canvas, visible_area(window), at.x, at.y, pixels,
			(size_t)rect->width * 4, rect->width, rect->height, p->opaque);
	}
	oriel_damage_add(&window->damage, oriel_compose_damage(p, rect));
	return 0;
}

/* Moves a rectangle inside of one image; both places are inside of it. */
static void move_rows(
	uint32_t *pixels, size_t stride, const struct oriel_rect *rect, int32_t x, int32_t y)
{
	bool down = rect->y > y;

	for (int32_t i = 0; i < rect->height; i++) {
		int32_t row = down ? rect->height - 1 - i : i;

		memmove((char *)pixels + (size_t)(rect->y + row) * stride + (size_t)rect->x * 4,
			(char *)pixels + (size_t)(y + row) * stride + (size_t)x * 4,
			(size_t)rect->width * 4);
	}
}

static int surface_copy(struct oriel_window *window, struct oriel_layer *layer,
	const struct oriel_rect *rect, int32_t source_x, int32_t source_y)
{
	const struct oriel_placed *p = &layer->placed;
	int32_t x = p->dst.x - (int32_t)p->src_x, y = p->dst.y - (int32_t)p->src_y;
	struct oriel_rect to = {rect->x + x, rect->y + y, rect->width, rect->height};
	struct oriel_rect from = {source_x + x, source_y + y, rect->width, rect->height};

	if (lose_if_behind(window))
		return 0;
	oriel_damage_add(&window->damage, oriel_compose_damage(p, rect));
	if (!window->direct) {
		move_rows(layer->pixels, p->stride, rect, source_x, source_y);
		return 0;
	}
	/* What is cut off on one side only is not there to be copied. */
	if (oriel_rect_intersect(visible_area(window), from).height != from.height ||
		oriel_rect_intersect(visible_area(window), from).width != from.width ||
		oriel_rect_intersect(visible_area(window), to).height != to.height ||
		oriel_rect_intersect(visible_area(window), to).width != to.width) {
		oriel_layer_lose(layer);
		return 0;
	}
	move_rows(window->surface->pixels, (size_t)window->surface->pitch, &to, from.x, from.y);
	return 0;
}

static void compose(struct oriel_window *window, struct oriel_rect rect)
{
	struct oriel_canvas canvas = canvas_of(window);
	int bottom = 0;

	rect = oriel_rect_intersect(rect, (struct oriel_rect){0, 0, canvas.width, canvas.height});
	for (int i = window->layers.n - 1; i > 0 && !bottom; i--)
		if (oriel_compose_hides(&window->layers.items[i]->placed, rect))
			bottom = i;
	if (!window->layers.n || !oriel_compose_hides(&window->layers.items[bottom]->placed, rect))
		oriel_compose_clear(&canvas, rect);
	/* Layers may stick out of what the window was drawn for; that is not to be seen. */
	rect = oriel_rect_intersect(rect, content_area(window));
	for (int i = bottom; i < window->layers.n; i++)
		oriel_compose_layer(&canvas, rect, &window->layers.items[i]->placed);
}

static int update(struct oriel_window *window, const struct oriel_rect *rects, int n)
{
	SDL_Rect sdl_rects[ORIEL_DAMAGE_MAX];
	int count = 0;

	for (int i = 0; i < n; i++) {
		struct oriel_rect r = oriel_rect_intersect(rects[i],
			(struct oriel_rect){0, 0, window->surface->w, window->surface->h});

		if (r.width && r.height)
			sdl_rects[count++] = (SDL_Rect){r.x, r.y, r.width, r.height};
	}
	if (count == 0)
		return 0;
	/* It fails when the size changes right now: then another turn is on its way. */
	if (!SDL_UpdateWindowSurfaceRects(window->sdl, sdl_rects, count))
		window->exposed = true;
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
	if ((exposed || window->damage.all) && lose_if_behind(window)) {
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
			compose(window, rects[i]);
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
