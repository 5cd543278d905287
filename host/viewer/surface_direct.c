/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/*
 * Windows of one layer that covers them pixel by pixel.
 *
 * Large parts of what comes through the ring do not even go to the surface: the X server takes them
 * from there, and the surface is "behind". When the screen loses them, the guest is asked for
 * everything.
 */
#include "host/platform/platform.h"
#include "host/viewer/present.h"
#include "host/viewer/present_surface.h"
#include "src/pixels/damage.h"

bool oriel_direct_lose_behind(struct oriel_window *window)
{
	if (!window->behind)
		return false;
	window->behind = false;
	if (window->layers.n)
		oriel_layer_lose(window->layers.items[0]);
	return true;
}

void oriel_direct_note_loss(struct oriel_window *window, int old_width, int old_height)
{
	struct oriel_rect area = oriel_surface_visible(window);

	if (window->layers.n == 1 && (area.width > old_width || area.height > old_height))
		oriel_layer_lose(window->layers.items[0]);
}

bool oriel_direct_is_possible(const struct oriel_window *window)
{
	struct oriel_rect area = oriel_surface_content(window),
			  visible = oriel_surface_visible(window);
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

void oriel_direct_clear_around(struct oriel_window *window)
{
	struct oriel_canvas canvas = oriel_surface_canvas(window);
	struct oriel_rect area = oriel_surface_visible(window);

	oriel_compose_clear(&canvas,
		(struct oriel_rect){area.width, 0, canvas.width - area.width, canvas.height});
	oriel_compose_clear(&canvas,
		(struct oriel_rect){0, area.height, canvas.width, canvas.height - area.height});
	window->damage.all = true;
}

static void draw_whole_layer(struct oriel_window *window, const struct oriel_layer *layer)
{
	struct oriel_canvas canvas = oriel_surface_canvas(window);
	const struct oriel_placed *p = &layer->placed;
	struct oriel_piece piece;
	struct oriel_rows rows =
		oriel_rows_of(&piece, p->pixels, p->stride, p->stride * (size_t)p->height);

	oriel_compose_clear(&canvas, (struct oriel_rect){0, 0, canvas.width, canvas.height});
	oriel_surface_put(window, p->dst.x - (int32_t)p->src_x, p->dst.y - (int32_t)p->src_y, &rows,
		p->width, p->height, p->opaque);
}

void oriel_direct_enter(struct oriel_window *window)
{
	struct oriel_layer *layer = window->layers.items[0];

	window->direct = true;
	if (layer->pixels)
		draw_whole_layer(window, layer);
	else
		oriel_layer_lose(layer);
	oriel_composed_forget(layer);
	window->damage.all = true;
}

/* If all of it is there; with the layer gone or moved the guest has to send it again. */
void oriel_direct_leave(struct oriel_window *window, struct oriel_layer *layer)
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
	oriel_surface_count(window, (size_t)all.width * (size_t)all.height * 4);
}

/* Straight from the ring to the screen: what is large, and what would else be under it. */
static bool put(struct oriel_window *window, const struct oriel_layer *layer,
	const struct oriel_rect *rect, const struct oriel_rows *rows)
{
	struct oriel_rect area = oriel_surface_visible(window);
	struct oriel_rect part = oriel_rect_intersect(*rect, area);
	int64_t size = (int64_t)rect->width * rect->height;
	const void *pixels;

	if (!window->shown || window->exposed || window->damage.all || layer->missing ||
		window->surface->format != SDL_PIXELFORMAT_XRGB8888)
		return false;
	if (!window->behind && size * 4 < (int64_t)area.width * area.height)
		return false;
	/* In the ring rows follow each other in one piece. */
	pixels = oriel_rows_view(rows, &(struct oriel_rect){0, 0, rect->width, rect->height});
	if (!pixels || rows->stride != (size_t)rect->width * 4 ||
		!oriel_platform_ring_put(window->sdl, rect, &part, pixels))
		return false;
	window->viewer->stats.uploaded += (size_t)part.width * (size_t)part.height * 4;
	return true;
}

int oriel_direct_upload(struct oriel_window *window, struct oriel_layer *layer,
	const struct oriel_rect *rect, const struct oriel_rows *rows)
{
	const struct oriel_placed *p = &layer->placed;
	struct oriel_rect at = {p->dst.x - (int32_t)p->src_x + rect->x,
		p->dst.y - (int32_t)p->src_y + rect->y, rect->width, rect->height};

	if (put(window, layer, &at, rows)) {
		window->behind = true;
		/* An earlier refresh has been answered: the next loss needs one of its own. */
		window->refresh_sent = false;
		return 0;
	}
	oriel_direct_lose_behind(window);
	oriel_surface_put(window, at.x, at.y, rows, rect->width, rect->height, p->opaque);
	oriel_damage_add(&window->damage, oriel_compose_damage(p, rect));
	return 0;
}

static bool is_inside(struct oriel_rect area, struct oriel_rect rect)
{
	struct oriel_rect common = oriel_rect_intersect(area, rect);

	return common.width == rect.width && common.height == rect.height;
}

int oriel_direct_copy(struct oriel_window *window, struct oriel_layer *layer,
	const struct oriel_rect *rect, int32_t source_x, int32_t source_y)
{
	const struct oriel_placed *p = &layer->placed;
	int32_t x = p->dst.x - (int32_t)p->src_x, y = p->dst.y - (int32_t)p->src_y;
	struct oriel_rect to = {rect->x + x, rect->y + y, rect->width, rect->height};
	struct oriel_rect from = {source_x + x, source_y + y, rect->width, rect->height};
	struct oriel_rect area = oriel_surface_visible(window);

	if (oriel_direct_lose_behind(window))
		return 0;
	oriel_damage_add(&window->damage, oriel_compose_damage(p, rect));
	/* What is cut off on one side only is not there to be copied. */
	if (!is_inside(area, from) || !is_inside(area, to)) {
		oriel_layer_lose(layer);
		return 0;
	}
	oriel_surface_count(window, oriel_composed_move_rows(window->surface->pixels,
					    (size_t)window->surface->pitch, &to, from.x, from.y));
	return 0;
}
