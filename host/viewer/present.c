/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
#include "host/viewer/present.h"

#include <string.h>

#include "host/platform/platform.h"
#include "host/viewer/pace.h"
#include "host/viewer/session.h"
#include "src/base/clock.h"

const struct oriel_present_ops *oriel_present_choose(const char *mode, SDL_Window *anchor)
{
	const SDL_Surface *surface;

	if (mode && strcmp(mode, "surface") == 0)
		return &oriel_present_surface;
	if (mode && strcmp(mode, "renderer") == 0)
		return &oriel_present_renderer;
#ifdef __APPLE__
	(void)anchor;
	(void)surface;
	/* A window surface is a renderer in disguise there, with copies of its own. */
	return &oriel_present_renderer;
#else
	surface = SDL_GetWindowSurface(anchor);
	if (surface && surface->format == SDL_PIXELFORMAT_XRGB8888)
		return &oriel_present_surface;
	return &oriel_present_renderer;
#endif
}

void oriel_damage_add(struct oriel_damage_list *list, struct oriel_rect rect)
{
	if (list->all || !rect.width || !rect.height)
		return;
	if (list->n == ORIEL_DAMAGE_MAX) {
		for (int i = 1; i < list->n; i++)
			list->rects[0] = oriel_rect_unite(list->rects[0], list->rects[i]);
		list->n = 1;
	}
	list->rects[list->n++] = rect;
}

static bool is_due(const struct oriel_window *window)
{
	/* While the window system brings it up, a frame waits for it. */
	if (!window->sdl || window->mapping)
		return false;
	return (window->ready && !window->pace.due_ns) || (window->exposed && window->shown);
}

bool oriel_present_pending(const struct oriel_viewer *viewer)
{
	for (int i = 0; i < viewer->windows.n; i++)
		if (is_due(viewer->windows.items[i]))
			return true;
	return false;
}

void oriel_present_acknowledge(struct oriel_window *window)
{
	struct oriel_viewer *viewer = window->viewer;
	uint64_t latency = window->pace.due_ns ? window->pace.latency_us
					       : (oriel_now_ns() - window->received_ns) / 1000;

	if (!window->ready)
		return;
	window->ready = false;
	window->pace.due_ns = 0;
	viewer->stats.frames++;
	oriel_platform_ring_wait();
	viewer->out->type = ORIEL_MSG_PRESENTED;
	viewer->out->presented = (struct oriel_msg_presented){
		.window = window->id,
		.serial = window->serial,
		.ring_position = viewer->ring_position,
		.latency_us = latency > UINT32_MAX ? UINT32_MAX : (uint32_t)latency,
	};
	oriel_session_send(viewer);
}

static bool is_hidden(const struct oriel_window *window)
{
	return SDL_GetWindowFlags(window->sdl) &
	       (SDL_WINDOW_HIDDEN | SDL_WINDOW_MINIMIZED | SDL_WINDOW_OCCLUDED);
}

static void show(struct oriel_window *window)
{
	if (!window->shown) {
		oriel_window_show(window);
		return;
	}
	if (is_hidden(window)) {
		/* Shown as a whole when it can be seen again. */
		window->damage.all = true;
		window->exposed = false;
	} else {
		int r = window->viewer->present->show(window);

		if (r < 0)
			oriel_session_fail(
				window->viewer, "a window can't be drawn: %s", strerror(-r));
		window->damage.all = false;
		window->damage.n = 0;
	}
	oriel_pace_acknowledge(window);
	oriel_window_frame_shown(window);
}

void oriel_present_flush(struct oriel_viewer *viewer)
{
	for (int i = 0; i < viewer->windows.n; i++)
		if (is_due(viewer->windows.items[i]))
			show(viewer->windows.items[i]);
}

void oriel_present_expose(struct oriel_window *window)
{
	window->exposed = true;
}

void oriel_present_refresh_if_missing(struct oriel_window *window)
{
	struct oriel_viewer *viewer = window->viewer;

	if (!oriel_layers_missing(&window->layers)) {
		window->refresh_sent = false;
		return;
	}
	if (window->refresh_sent)
		return;
	/* During a resize by the host the guest sends everything anew by itself. */
	if (oriel_window_is_settling(window)) {
		oriel_viewer_settle_later(viewer);
		return;
	}
	window->refresh_sent = true;
	viewer->out->type = ORIEL_MSG_REFRESH;
	viewer->out->refresh = (struct oriel_msg_refresh){.window = window->id};
	oriel_session_send(viewer);
}
