/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/*
 * Place, size and state of windows, both ways. What the host's window is goes to the guest, once
 * per turn of the loop and only when it differs from what was sent. What the guest wants is set on
 * the host's window, unless the host has just changed it: then the guest may not know yet.
 */
#include <stdlib.h>

#include "host/platform/platform.h"
#include "host/viewer/present.h"
#include "host/viewer/session.h"
#include "host/viewer/window_host.h"
#include "src/base/clock.h"

/* How long answers of a guest to a change by the host may take. */
#define SETTLE_NS 500000000u

bool oriel_window_is_settling(const struct oriel_window *window)
{
	return window->sync.host_changed_ns &&
	       oriel_now_ns() - window->sync.host_changed_ns < SETTLE_NS;
}

uint8_t oriel_window_host_state(const struct oriel_window *window)
{
	SDL_WindowFlags flags = SDL_GetWindowFlags(window->sdl);

	if (oriel_window_is_popup(window))
		return ORIEL_STATE_NORMAL;
	if (flags & (SDL_WINDOW_MINIMIZED | SDL_WINDOW_HIDDEN))
		return ORIEL_STATE_MINIMIZED;
	if (flags & SDL_WINDOW_FULLSCREEN)
		return ORIEL_STATE_FULLSCREEN;
	if (flags & SDL_WINDOW_MAXIMIZED)
		return ORIEL_STATE_MAXIMIZED;
	/* The window system doesn't tell about tiles; the guest may know of one itself. */
	if (window->sync.tiled || (window->state == ORIEL_STATE_TILED && !window->sync.tile_told))
		return ORIEL_STATE_TILED;
	return ORIEL_STATE_NORMAL;
}

void oriel_window_resize(struct oriel_window *window)
{
	const struct oriel_units *u = &window->units;
	int width, height, old_width, old_height;

	if (!window->width || !window->height)
		return;
	width = oriel_units_size_to_sdl(u, window->width);
	height = oriel_units_size_to_sdl(u, window->height);
	SDL_GetWindowSize(window->sdl, &old_width, &old_height);
	if (width == old_width && height == old_height)
		return;
	SDL_SetWindowSize(window->sdl, width, height);
	window->sync.asked = true;
	window->sync.asked_width = width;
	window->sync.asked_height = height;
	oriel_viewer_settle_later(window->viewer);
}

/* The guest's own size where the host's is that in its units: conversion there and back may not
 * be exact. */
static uint32_t logical_size(const struct oriel_units *u, int sdl, uint32_t guest)
{
	if (guest && oriel_units_size_to_sdl(u, guest) == sdl)
		return guest;
	return oriel_units_size_to_logical(u, sdl);
}

/* A window manager that does not give the size that was asked for tiles its windows, or has another
 * reason: the app is to fill what it gets, and not to round it to letters. */
static void check_asked(struct oriel_window *window)
{
	const struct oriel_units *u = &window->units;
	int width, height;

	window->sync.asked = window->sync.scaling = false;
	SDL_GetWindowSize(window->sdl, &width, &height);
	/* In the guest's units: SDL may have found a pixel of rounding not worth asking for. */
	if (oriel_window_host_state(window) != ORIEL_STATE_NORMAL ||
		oriel_window_is_popup(window) ||
		(logical_size(u, width, window->width) == window->width &&
			logical_size(u, height, window->height) == window->height))
		return;
	window->sync.tiled = window->sync.tile_told = window->sync.dirty = true;
}

void oriel_window_set_state(struct oriel_window *window, uint8_t state)
{
	uint8_t now = oriel_window_host_state(window);
	bool normal = state == ORIEL_STATE_NORMAL || state == ORIEL_STATE_TILED;

	if (state == now || (normal && now == ORIEL_STATE_NORMAL))
		return;
	if (state == ORIEL_STATE_MINIMIZED) {
		SDL_MinimizeWindow(window->sdl);
		return;
	}
	/* On X11 only showing brings a minimised window back. */
	if (now == ORIEL_STATE_MINIMIZED)
		oriel_platform_show(window->sdl);
	if (state != ORIEL_STATE_FULLSCREEN && now == ORIEL_STATE_FULLSCREEN)
		SDL_SetWindowFullscreen(window->sdl, false);
	if (state == ORIEL_STATE_FULLSCREEN)
		SDL_SetWindowFullscreen(window->sdl, true);
	else if (state == ORIEL_STATE_MAXIMIZED)
		SDL_MaximizeWindow(window->sdl);
	else if (now == ORIEL_STATE_MAXIMIZED)
		SDL_RestoreWindow(window->sdl);
}

/* To the front, or where that would disturb, a hint that the window wants to be looked at. */
static void activate(struct oriel_window *window)
{
	if (!oriel_platform_may_raise()) {
		SDL_FlashWindow(window->sdl, SDL_FLASH_UNTIL_FOCUSED);
		return;
	}
	if (oriel_window_host_state(window) == ORIEL_STATE_MINIMIZED)
		oriel_platform_show(window->sdl);
	SDL_RaiseWindow(window->sdl);
}

void oriel_window_request(struct oriel_window *window, uint8_t kind, uint32_t arg)
{
	bool begun = false;

	if (!window->sdl || !window->shown || oriel_window_is_popup(window))
		return;
	switch (kind) {
	case ORIEL_REQUEST_MOVE:
		begun = oriel_platform_begin_move(window->sdl);
		break;
	case ORIEL_REQUEST_RESIZE:
		begun = oriel_platform_begin_resize(window->sdl, arg);
		break;
	case ORIEL_REQUEST_STATE:
		oriel_window_set_state(window, (uint8_t)arg);
		break;
	case ORIEL_REQUEST_ACTIVATE:
		activate(window);
		break;
	case ORIEL_REQUEST_MENU:
		oriel_platform_window_menu(window->sdl);
		break;
	}
	if (begun)
		oriel_input_suspend(window->viewer);
}

static void close_window(struct oriel_window *window)
{
	window->viewer->out->type = ORIEL_MSG_CLOSE;
	window->viewer->out->close = (struct oriel_msg_close){.window = window->id};
	oriel_session_send(window->viewer);
}

bool oriel_window_event(struct oriel_viewer *viewer, const SDL_Event *event)
{
	struct oriel_window *window;

	if (event->type < SDL_EVENT_WINDOW_FIRST || event->type > SDL_EVENT_WINDOW_LAST)
		return false;
	window = oriel_window_find_sdl(viewer, event->window.windowID);
	if (!window)
		return true;
	switch (event->type) {
	case SDL_EVENT_WINDOW_CLOSE_REQUESTED:
		close_window(window);
		break;
	case SDL_EVENT_WINDOW_SHOWN:
		oriel_window_shown(window);
		SDL_FALLTHROUGH;
	case SDL_EVENT_WINDOW_RESTORED:
	case SDL_EVENT_WINDOW_EXPOSED:
	case SDL_EVENT_WINDOW_RESIZED:
	case SDL_EVENT_WINDOW_PIXEL_SIZE_CHANGED:
		if (event->type == SDL_EVENT_WINDOW_RESIZED)
			window->sync.scaling = false;
		oriel_present_expose(window);
		window->sync.dirty = true;
		break;
	default:
		/* Moves, states, visibility: whatever it is, look at the window. */
		window->sync.dirty = true;
		break;
	}
	return true;
}

static void describe(struct oriel_window *window, struct oriel_msg_configure *ret)
{
	const struct oriel_units *u = &window->units;
	SDL_WindowFlags hidden = SDL_WINDOW_HIDDEN | SDL_WINDOW_MINIMIZED | SDL_WINDOW_OCCLUDED;
	SDL_Window *parent;
	int x, y, px, py, width, height;

	SDL_GetWindowPosition(window->sdl, &x, &y);
	if (oriel_window_is_popup(window))
		for (parent = SDL_GetWindowParent(window->sdl); parent;
			parent = SDL_GetWindowParent(parent)) {
			SDL_GetWindowPosition(parent, &px, &py);
			x += px;
			y += py;
			if (!(SDL_GetWindowFlags(parent) &
				    (SDL_WINDOW_POPUP_MENU | SDL_WINDOW_TOOLTIP)))
				break;
		}
	SDL_GetWindowSize(window->sdl, &width, &height);
	/* A window manager that was only late, or one that has other windows than tiles. */
	if ((width == window->sync.asked_width && height == window->sync.asked_height) ||
		SDL_GetWindowFlags(window->sdl) & SDL_WINDOW_MAXIMIZED)
		window->sync.tiled = false;
	*ret = (struct oriel_msg_configure){
		.window = window->id,
		.x = SDL_clamp(oriel_units_x_to_logical(u, x), -1048576, 1048576),
		.y = SDL_clamp(oriel_units_y_to_logical(u, y), -1048576, 1048576),
		.width = logical_size(u, width, window->width),
		.height = logical_size(u, height, window->height),
		.state = oriel_window_host_state(window),
		.hidden = window->away || (SDL_GetWindowFlags(window->sdl) & hidden) != 0,
	};
	if (window->sync.scaling) {
		ret->width = window->width;
		ret->height = window->height;
	}
	/* What a minimised window had is not its size. */
	if (ret->state == ORIEL_STATE_MINIMIZED)
		ret->width = ret->height = 0;
}

static bool differs(const struct oriel_msg_configure *a, const struct oriel_msg_configure *b)
{
	return a->x != b->x || a->y != b->y || a->width != b->width || a->height != b->height ||
	       a->state != b->state || a->hidden != b->hidden;
}

static void configure(struct oriel_window *window)
{
	struct oriel_viewer *viewer = window->viewer;
	struct oriel_window_sync *sync = &window->sync;
	struct oriel_msg_configure now;
	bool same_size;

	sync->dirty = false;
	describe(window, &now);
	if (sync->ever_sent && !differs(&now, &sync->sent))
		return;
	same_size = sync->ever_sent && now.width == sync->sent.width &&
		    now.height == sync->sent.height && now.state == sync->sent.state;
	/* The guest has to answer only to what it did not ask for. */
	if (!same_size &&
		((now.width && (now.width != window->width || now.height != window->height)) ||
			now.state != window->state)) {
		sync->host_changed_ns = oriel_now_ns();
		sync->settle = true;
		oriel_viewer_settle_later(viewer);
	}
	sync->sent = now;
	sync->ever_sent = true;
	viewer->out->type = ORIEL_MSG_CONFIGURE;
	viewer->out->configure = now;
	/* Said again, with a new place, it would undo what the app has chosen meanwhile. */
	if (same_size)
		viewer->out->configure.width = viewer->out->configure.height = 0;
	oriel_session_send(viewer);
}

void oriel_windows_configure(struct oriel_viewer *viewer)
{
	for (int i = 0; i < viewer->windows.n; i++) {
		struct oriel_window *w = viewer->windows.items[i];

		if (!w->sync.dirty || !w->sdl || !w->shown)
			continue;
		oriel_window_follow_screen(w, false);
		configure(w);
	}
}

/* An app that draws whole rows of text only does not get the size it was given: the window takes
 * the app's. A size that no frame has yet is looked at again when one comes. */
static void settle(struct oriel_window *window)
{
	bool wishes = oriel_window_host_state(window) == ORIEL_STATE_NORMAL &&
		      !oriel_window_is_popup(window);

	window->sync.settle = wishes && (window->frame_width != window->width ||
						window->frame_height != window->height);
	if (wishes && !window->sync.settle)
		oriel_window_resize(window);
	oriel_present_refresh_if_missing(window);
}

void oriel_window_frame_shown(struct oriel_window *window)
{
	if (window->sync.settle && !oriel_window_is_settling(window))
		settle(window);
	else
		oriel_present_refresh_if_missing(window);
}

void oriel_windows_settle(struct oriel_viewer *viewer)
{
	bool again = false;

	for (int i = 0; i < viewer->windows.n; i++) {
		struct oriel_window *w = viewer->windows.items[i];

		if (!w->sdl || !w->shown)
			continue;
		if (oriel_window_follow_screen(w, true))
			continue;
		if (oriel_window_is_settling(w))
			again = true;
		else if (w->sync.asked)
			check_asked(w);
		else if (w->sync.settle || oriel_layers_missing(&w->layers))
			settle(w);
	}
	if (again)
		oriel_viewer_settle_later(viewer);
}
