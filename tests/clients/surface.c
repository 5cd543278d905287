/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
#include "tests/clients/surface.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/clients/outputs.h"
#include "tests/clients/pattern.h"

struct surface *surfaces;

struct surface *surface_find(const char *name)
{
	struct surface *surface;

	for (surface = surfaces; surface; surface = surface->next)
		if (!strcmp(surface->name, name))
			return surface;
	return NULL;
}

static void handle_preferred(void *data, struct wp_fractional_scale_v1 *fraction, uint32_t scale)
{
	struct surface *surface = data;

	(void)fraction;
	surface->preferred = (int)scale;
	printf("event scale %s %u\n", surface->name, scale);
	surface_resize(surface, surface->options.width, surface->options.height);
	if (surface->configured)
		surface_commit(surface, NULL);
}

static const struct wp_fractional_scale_v1_listener fraction_listener = {
	.preferred_scale = handle_preferred};

static void follow_scale(struct surface *surface)
{
	struct client *client = surface->client;

	if (!client->fractions || !client->viewporter)
		client_die("the compositor lacks wp_fractional_scale_manager_v1 or wp_viewporter");
	surface->viewport = wp_viewporter_get_viewport(client->viewporter, surface->surface);
	surface->fraction = wp_fractional_scale_manager_v1_get_fractional_scale(
		client->fractions, surface->surface);
	wp_fractional_scale_v1_add_listener(surface->fraction, &fraction_listener, surface);
}

static void handle_enter(void *data, struct wl_surface *wl_surface, struct wl_output *output)
{
	struct surface *surface = data;

	(void)wl_surface;
	printf("event on %s %s\n", surface->name, output_name(surface->client, output));
}

static void handle_leave(void *data, struct wl_surface *wl_surface, struct wl_output *output)
{
	struct surface *surface = data;

	(void)wl_surface;
	printf("event off %s %s\n", surface->name, output_name(surface->client, output));
}

static const struct wl_surface_listener surface_listener = {
	.enter = handle_enter,
	.leave = handle_leave,
};

struct surface *surface_create(struct client *client, const char *name, struct surface *parent,
	const struct surface_options *options)
{
	struct surface *surface = calloc(1, sizeof(*surface));

	if (!surface)
		client_die("no memory");
	surface->client = client;
	surface->parent = parent;
	snprintf(surface->name, sizeof(surface->name), "%s", name);
	surface->options = *options;
	surface->surface = wl_compositor_create_surface(client->compositor);
	wl_surface_add_listener(surface->surface, &surface_listener, surface);
	surface->next = surfaces;
	surfaces = surface;
	if (options->fractional)
		follow_scale(surface);
	surface_resize(surface, options->width, options->height);
	return surface;
}

static void destroy_roles(struct surface *surface)
{
	if (surface->decoration)
		zxdg_toplevel_decoration_v1_destroy(surface->decoration);
	if (surface->toplevel)
		xdg_toplevel_destroy(surface->toplevel);
	if (surface->popup)
		xdg_popup_destroy(surface->popup);
	if (surface->xdg)
		xdg_surface_destroy(surface->xdg);
	if (surface->subsurface)
		wl_subsurface_destroy(surface->subsurface);
	if (surface->fraction)
		wp_fractional_scale_v1_destroy(surface->fraction);
	if (surface->viewport)
		wp_viewport_destroy(surface->viewport);
}

void surface_destroy(struct surface *surface)
{
	struct surface **at, *other;
	int i;

	for (other = surfaces; other;) {
		if (other->parent != surface) {
			other = other->next;
			continue;
		}
		surface_destroy(other);
		other = surfaces;
	}
	for (at = &surfaces; *at != surface; at = &(*at)->next)
		;
	*at = surface->next;
	if (surface->frame)
		wl_callback_destroy(surface->frame);
	destroy_roles(surface);
	wl_surface_destroy(surface->surface);
	for (i = 0; i < SURFACE_BUFFERS; i++)
		buffer_retire(surface->buffers[i]);
	free(surface->content);
	free(surface);
}

static void add_rect(struct oriel_rect *sum, const struct oriel_rect *rect)
{
	int right = sum->x + sum->width, bottom = sum->y + sum->height;

	if (!sum->width) {
		*sum = *rect;
		return;
	}
	if (rect->x + rect->width > right)
		right = rect->x + rect->width;
	if (rect->y + rect->height > bottom)
		bottom = rect->y + rect->height;
	if (rect->x < sum->x)
		sum->x = rect->x;
	if (rect->y < sum->y)
		sum->y = rect->y;
	sum->width = right - sum->x;
	sum->height = bottom - sum->y;
}

void surface_paint(struct surface *surface, const struct oriel_rect *area, uint32_t seed)
{
	struct oriel_rect all = {0, 0, surface->buffer_width, surface->buffer_height};
	int x, y, i;

	if (!area)
		area = &all;
	for (y = area->y; y < area->y + area->height; y++) {
		uint32_t *row = surface->content + (size_t)y * (size_t)surface->buffer_width;

		for (x = area->x; x < area->x + area->width; x++)
			row[x] = surface->options.alpha
					 ? pattern_alpha_pixel((uint32_t)x, (uint32_t)y, seed)
					 : pattern_pixel((uint32_t)x, (uint32_t)y, seed);
	}
	for (i = 0; i < SURFACE_BUFFERS; i++)
		add_rect(&surface->stale[i], area);
}

void surface_set_geometry(struct surface *surface)
{
	const struct surface_options *options = &surface->options;

	if (surface->xdg && options->margin)
		xdg_surface_set_window_geometry(surface->xdg, options->margin, options->margin,
			options->width - 2 * options->margin,
			options->height - 2 * options->margin);
}

void surface_resize(struct surface *surface, int width, int height)
{
	struct surface_options *options = &surface->options;
	int i;

	options->width = width;
	options->height = height;
	surface->buffer_width = width * options->scale;
	surface->buffer_height = height * options->scale;
	if (surface->preferred) {
		surface->buffer_width = (width * surface->preferred + 60) / 120;
		surface->buffer_height = (height * surface->preferred + 60) / 120;
		wp_viewport_set_destination(surface->viewport, width, height);
	}
	free(surface->content);
	surface->content =
		malloc((size_t)surface->buffer_width * (size_t)surface->buffer_height * 4);
	if (!surface->content)
		client_die("no memory for %dx%d", width, height);
	for (i = 0; i < SURFACE_BUFFERS; i++) {
		buffer_retire(surface->buffers[i]);
		surface->buffers[i] = NULL;
		surface->stale[i] = (struct oriel_rect){0, 0, 0, 0};
	}
	surface_paint(surface, NULL, options->seed);
	wl_surface_set_buffer_scale(surface->surface, options->scale);
	surface_set_geometry(surface);
}

static int next_buffer(struct surface *surface)
{
	int n = surface->options.single ? 1 : SURFACE_BUFFERS;
	int i;

	for (;;) {
		for (i = 0; i < n; i++) {
			if (!surface->buffers[i])
				surface->buffers[i] = buffer_create(surface->client,
					surface->buffer_width, surface->buffer_height,
					surface->options.alpha, surface->options.device);
			if (!surface->buffers[i]->busy)
				return i;
		}
		client_wait(surface->client, -1);
	}
}

static void handle_frame(void *data, struct wl_callback *callback, uint32_t time)
{
	struct surface *surface = data;

	(void)time;
	wl_callback_destroy(callback);
	if (surface->frame == callback)
		surface->frame = NULL;
	surface->shown++;
}

static const struct wl_callback_listener frame_listener = {.done = handle_frame};

/* All of it: what is not stale would be garbage, too. */
static void draw_later(struct surface *surface, struct buffer *buffer)
{
	void *pixels = malloc(buffer->size);

	if (!pixels)
		client_die("no memory");
	memcpy(pixels, surface->content, buffer->size);
	dmabuf_draw_later(&buffer->dmabuf, pixels, surface->options.late_ms);
}

void surface_commit(struct surface *surface, const struct oriel_rect *damage)
{
	struct oriel_rect all = {0, 0, surface->buffer_width, surface->buffer_height};
	int i = next_buffer(surface);
	struct buffer *buffer = surface->buffers[i];
	const struct oriel_rect *stale = &surface->stale[i];
	size_t stride = (size_t)surface->buffer_width;
	int y;

	for (y = stale->y; y < stale->y + stale->height; y++) {
		size_t at = (size_t)y * stride + (size_t)stale->x;

		memcpy(buffer->pixels + at, surface->content + at, (size_t)stale->width * 4);
	}
	surface->stale[i] = (struct oriel_rect){0, 0, 0, 0};
	if (surface->options.late_ms)
		draw_later(surface, buffer);
	if (!damage)
		damage = &all;
	wl_surface_attach(surface->surface, buffer->buffer, 0, 0);
	wl_surface_damage_buffer(
		surface->surface, damage->x, damage->y, damage->width, damage->height);
	if (surface->frame)
		wl_callback_destroy(surface->frame);
	surface->frame = wl_surface_frame(surface->surface);
	wl_callback_add_listener(surface->frame, &frame_listener, surface);
	buffer->busy = true;
	wl_surface_commit(surface->surface);
}

void surface_spin(struct surface *surface)
{
	struct oriel_rect glyph = {0, 0, 8, 16};
	unsigned columns = (unsigned)(surface->buffer_width / 8);
	unsigned rows = (unsigned)(surface->buffer_height / 16);

	surface->spins++;
	if (surface->spin == SPIN_FULL || !columns || !rows) {
		surface_paint(surface, NULL, surface->options.seed + surface->spins);
		surface_commit(surface, NULL);
		return;
	}
	glyph.x = (int)(surface->spins % columns * 8);
	glyph.y = (int)(surface->spins / columns % rows * 16);
	surface_paint(surface, &glyph, surface->options.seed + surface->spins);
	surface_commit(surface, &glyph);
}

static void obey_configure(struct surface *surface)
{
	struct surface_options *options = &surface->options;

	xdg_surface_ack_configure(surface->xdg, surface->configure);
	surface->configure = 0;
	if (surface->configured && options->width == surface->want_width &&
		options->height == surface->want_height) {
		wl_surface_commit(surface->surface);
		return;
	}
	if (surface->want_width && !options->fixed)
		surface_resize(surface, surface->want_width, surface->want_height);
	surface->configured = true;
	surface_commit(surface, NULL);
}

static void destroy_closed(void)
{
	struct surface *surface = surfaces;

	while (surface) {
		if (!surface->closed) {
			surface = surface->next;
			continue;
		}
		surface_destroy(surface);
		surface = surfaces;
	}
}

void surfaces_update(void)
{
	struct surface *surface;

	destroy_closed();
	for (surface = surfaces; surface; surface = surface->next) {
		if (surface->configure)
			obey_configure(surface);
		if (surface->spin != SPIN_OFF && surface->configured && !surface->frame)
			surface_spin(surface);
	}
}

static bool waits(const struct surface *surface)
{
	return surface->frame || surface->configure || (surface->xdg && !surface->configured);
}

bool surface_wait_shown(struct client *client, const char *name)
{
	struct surface *surface = surface_find(name);
	unsigned shown = surface ? surface->shown : 0;

	for (;;) {
		/* What has come already is answered before more is waited for. */
		surfaces_update();
		surface = surface_find(name);
		if (!surface)
			return false;
		/* An animation has always another frame on its way. */
		if (!waits(surface) || (surface->spin != SPIN_OFF && surface->shown != shown))
			return true;
		client_wait(client, -1);
	}
}
