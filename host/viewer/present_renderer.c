/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/*
 * Presenting through SDL's renderer: a texture for each layer, drawn with one quad each. There is
 * no waiting for the screen's refresh, which would stop all windows: at most one present per window
 * and turn, and the guest draws no faster than it is acknowledged.
 */
#include <errno.h>

#include "host/viewer/frame.h"
#include "host/viewer/present.h"
#include "host/viewer/state.h"
#include "src/base/log.h"

#define GATHER_BYTES (256u * 1024)

static int failed(const char *what)
{
	oriel_error("%s: %s", what, SDL_GetError());
	return -EIO;
}

static int renderer_attach(struct oriel_window *window)
{
	window->renderer = SDL_CreateRenderer(window->sdl, NULL);
	if (!window->renderer)
		return failed("no renderer for a window");
	SDL_SetRenderVSync(window->renderer, 0);
	return 0;
}

static void renderer_detach(struct oriel_window *window)
{
	if (window->renderer)
		SDL_DestroyRenderer(window->renderer);
	window->renderer = NULL;
}

static void renderer_forget(void *window, struct oriel_layer *layer)
{
	(void)window;
	if (layer->texture)
		SDL_DestroyTexture(layer->texture);
	layer->texture = NULL;
}

static bool repeats_pixels(const struct oriel_placed *p)
{
	double w = p->transform & 1 ? p->src_height : p->src_width;
	double h = p->transform & 1 ? p->src_width : p->src_height;

	return p->dst.width >= w && p->dst.height >= h &&
	       p->dst.width / w == (int)(p->dst.width / w) &&
	       p->dst.height / h == (int)(p->dst.height / h);
}

static int make_texture(struct oriel_window *window, struct oriel_layer *layer)
{
	const struct oriel_placed *p = &layer->placed;
	bool sharp = oriel_compose_is_exact(p) || repeats_pixels(p);

	if (!layer->texture) {
		layer->texture = SDL_CreateTexture(window->renderer,
			p->opaque ? SDL_PIXELFORMAT_XRGB8888 : SDL_PIXELFORMAT_ARGB8888,
			SDL_TEXTUREACCESS_TARGET, p->width, p->height);
		if (!layer->texture)
			return failed("no texture for a window");
		SDL_SetTextureBlendMode(layer->texture,
			p->opaque ? SDL_BLENDMODE_NONE : SDL_BLENDMODE_BLEND_PREMULTIPLIED);
	}
	SDL_SetTextureScaleMode(
		layer->texture, sharp ? SDL_SCALEMODE_NEAREST : SDL_SCALEMODE_LINEAR);
	return 0;
}

static int renderer_prepare(struct oriel_window *window)
{
	int r = 0;

	for (int i = 0; i < window->layers.n && r == 0; i++)
		r = make_texture(window, window->layers.items[i]);
	return r;
}

static int update_texture(struct oriel_window *window, SDL_Texture *texture,
	const struct oriel_rect *rect, const void *pixels, size_t stride)
{
	if (!SDL_UpdateTexture(texture, &(SDL_Rect){rect->x, rect->y, rect->width, rect->height},
		    pixels, (int)stride))
		return failed("a texture can't be updated");
	window->viewer->stats.uploaded += (size_t)rect->width * (size_t)rect->height * 4;
	return 0;
}

/* Rows in pieces are gathered, so many at a time that they stay in the cache. */
static int upload_gathered(struct oriel_window *window, SDL_Texture *texture,
	const struct oriel_rect *rect, const struct oriel_rows *rows)
{
	size_t stride = (size_t)rect->width * 4;
	int32_t most = (int32_t)(GATHER_BYTES / stride > 1 ? GATHER_BYTES / stride : 1);
	void *scratch = oriel_frame_scratch(window->viewer, stride * (size_t)most);
	int r = 0;

	if (!scratch)
		return -ENOMEM;
	for (int32_t y = 0; y < rect->height && r == 0; y += most) {
		int32_t n = rect->height - y < most ? rect->height - y : most;

		oriel_rows_copy(rows, &(struct oriel_rect){0, y, rect->width, n}, scratch, stride);
		window->viewer->stats.copied += stride * (size_t)n;
		r = update_texture(window, texture,
			&(struct oriel_rect){rect->x, rect->y + y, rect->width, n}, scratch,
			stride);
	}
	return r;
}

static int renderer_upload(struct oriel_window *window, struct oriel_layer *layer,
	const struct oriel_rect *rect, const struct oriel_rows *rows)
{
	const void *pixels =
		oriel_rows_view(rows, &(struct oriel_rect){0, 0, rect->width, rect->height});

	window->damage.all = true;
	/* OpenGL takes whole pixels from row to row, at whole pixels. */
	if (pixels && rows->stride % 4 == 0 && (uintptr_t)pixels % 4 == 0)
		return update_texture(window, layer->texture, rect, pixels, rows->stride);
	return upload_gathered(window, layer->texture, rect, rows);
}

static bool draw_into(SDL_Renderer *renderer, SDL_Texture *to, SDL_Texture *from,
	const struct oriel_rect *rect, int32_t from_x, int32_t from_y, int32_t x, int32_t y)
{
	SDL_FRect source = {(float)from_x, (float)from_y, (float)rect->width, (float)rect->height};
	SDL_FRect place = {(float)x, (float)y, (float)rect->width, (float)rect->height};

	return SDL_SetRenderTarget(renderer, to) &&
	       SDL_RenderTexture(renderer, from, &source, &place);
}

/* A texture can't be drawn into itself: by way of another one. */
static int renderer_copy(struct oriel_window *window, struct oriel_layer *layer,
	const struct oriel_rect *rect, int32_t source_x, int32_t source_y)
{
	SDL_Texture *between = SDL_CreateTexture(window->renderer, layer->texture->format,
		SDL_TEXTUREACCESS_TARGET, rect->width, rect->height);
	SDL_BlendMode mode;
	bool done;

	if (!between)
		return failed("no texture for a copy");
	SDL_GetTextureBlendMode(layer->texture, &mode);
	SDL_SetTextureBlendMode(layer->texture, SDL_BLENDMODE_NONE);
	SDL_SetTextureBlendMode(between, SDL_BLENDMODE_NONE);
	done = draw_into(
		       window->renderer, between, layer->texture, rect, source_x, source_y, 0, 0) &&
	       draw_into(window->renderer, layer->texture, between, rect, 0, 0, rect->x, rect->y);
	SDL_SetRenderTarget(window->renderer, NULL);
	SDL_SetTextureBlendMode(layer->texture, mode);
	SDL_DestroyTexture(between);
	window->damage.all = true;
	return done ? 0 : failed("a texture can't be copied");
}

/* The corner of the shown part (0 or 1 across and down) on screen. */
static SDL_FPoint corner(const struct oriel_placed *p, double across, double down)
{
	double u, v;

	oriel_compose_untransform(p->transform, across, down, &u, &v);
	return (SDL_FPoint){
		(float)(p->dst.x + u * p->dst.width), (float)(p->dst.y + v * p->dst.height)};
}

static bool draw_layer(SDL_Renderer *renderer, const struct oriel_layer *layer)
{
	const struct oriel_placed *p = &layer->placed;
	SDL_FRect source = {
		(float)p->src_x, (float)p->src_y, (float)p->src_width, (float)p->src_height};
	SDL_FPoint origin, right, down;

	if (oriel_compose_is_exact(p)) {
		/* As many pixels of the window as of the content, whatever rounding says. */
		SDL_FRect place = {(float)p->dst.x, (float)p->dst.y, source.w, source.h};

		return SDL_RenderTexture(renderer, layer->texture, &source, &place);
	}
	origin = corner(p, 0, 0);
	right = corner(p, 1, 0);
	down = corner(p, 0, 1);
	return SDL_RenderTextureAffine(renderer, layer->texture, &source, &origin, &right, &down);
}

static int renderer_show(struct oriel_window *window)
{
	double scale = oriel_window_scale(window);
	SDL_Rect clip = {0, 0, oriel_units_scale(window->frame_width, scale),
		oriel_units_scale(window->frame_height, scale)};
	bool drawn = true;

	if (!window->damage.all && !window->exposed)
		return 0;
	window->exposed = false;
	SDL_SetRenderDrawColor(window->renderer, 0, 0, 0, window->alpha ? 0 : 255);
	SDL_RenderClear(window->renderer);
	SDL_SetRenderClipRect(window->renderer, &clip);
	for (int i = 0; i < window->layers.n && drawn; i++)
		drawn = draw_layer(window->renderer, window->layers.items[i]);
	SDL_SetRenderClipRect(window->renderer, NULL);
	if (!drawn || !SDL_RenderPresent(window->renderer))
		return failed("a window can't be drawn");
	return 0;
}

const struct oriel_present_ops oriel_present_renderer = {
	.name = "renderer",
	.attach = renderer_attach,
	.detach = renderer_detach,
	.prepare = renderer_prepare,
	.upload = renderer_upload,
	.copy = renderer_copy,
	.show = renderer_show,
	.forget = renderer_forget,
};
