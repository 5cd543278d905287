/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/* Windows as the guest describes them: the list, what a description changes, and the end. */
#include "host/viewer/window.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "host/platform/platform.h"
#include "host/viewer/popups.h"
#include "host/viewer/present.h"
#include "host/viewer/state.h"
#include "host/viewer/window_host.h"

struct oriel_window *oriel_window_find(struct oriel_viewer *viewer, uint32_t id)
{
	for (int i = 0; i < viewer->windows.n; i++)
		if (viewer->windows.items[i]->id == id)
			return viewer->windows.items[i];
	return NULL;
}

struct oriel_window *oriel_window_find_sdl(struct oriel_viewer *viewer, SDL_WindowID id)
{
	for (int i = 0; i < viewer->windows.n; i++)
		if (viewer->windows.items[i]->sdl && viewer->windows.items[i]->sdl_id == id)
			return viewer->windows.items[i];
	return NULL;
}

struct oriel_window *oriel_window_find_native(struct oriel_viewer *viewer, uint64_t native)
{
	for (int i = 0; i < viewer->windows.n; i++)
		if (viewer->windows.items[i]->sdl &&
			oriel_platform_native(viewer->windows.items[i]->sdl) == native)
			return viewer->windows.items[i];
	return NULL;
}

bool oriel_window_is_popup(const struct oriel_window *window)
{
	return window->kind != ORIEL_KIND_TOPLEVEL;
}

struct oriel_window *oriel_window_root(struct oriel_window *window)
{
	/* Descriptions that would make a circle are refused, so this ends. */
	while (oriel_window_is_popup(window)) {
		struct oriel_window *parent = oriel_window_find(window->viewer, window->parent);

		if (!parent)
			break;
		window = parent;
	}
	return window;
}

/* Whether `id` is the window itself or one above it. */
static bool is_above(struct oriel_viewer *viewer, uint32_t id, uint32_t start)
{
	struct oriel_window *window;
	int steps = 0;

	for (uint32_t at = start; at; at = window->parent) {
		if (at == id || ++steps > ORIEL_MAX_WINDOWS)
			return true;
		window = oriel_window_find(viewer, at);
		if (!window)
			break;
	}
	return false;
}

static int check(struct oriel_viewer *viewer, const struct oriel_msg_window *untrusted,
	const char **ret_reason)
{
	const struct oriel_window *window = oriel_window_find(viewer, untrusted->window);

	if (!window && viewer->windows.n == ORIEL_MAX_WINDOWS)
		*ret_reason = "too many windows";
	else if (is_above(viewer, untrusted->window, untrusted->parent))
		*ret_reason = "a window is its own parent";
	else if (untrusted->max_width && untrusted->min_width > untrusted->max_width)
		*ret_reason = "the minimum width is above the maximum";
	else if (untrusted->max_height && untrusted->min_height > untrusted->max_height)
		*ret_reason = "the minimum height is above the maximum";
	else
		return 0;
	return -EPROTO;
}

const struct oriel_app_options *oriel_window_app(struct oriel_window *window)
{
	const struct oriel_viewer_options *options = window->viewer->options;
	const char *app_id = oriel_window_root(window)->app_id;

	for (size_t i = 0; i < options->n_apps; i++)
		if (strcmp(options->apps[i].app_id, app_id) == 0)
			return &options->apps[i];
	return NULL;
}

static struct oriel_window *create(struct oriel_viewer *viewer, uint32_t id)
{
	struct oriel_window *window = calloc(1, sizeof *window);

	if (!window)
		return NULL;
	window->viewer = viewer;
	window->id = id;
	window->units = viewer->units;
	window->title = strdup("");
	window->app_id = strdup("");
	if (!window->title || !window->app_id) {
		free(window->title);
		free(window->app_id);
		free(window);
		return NULL;
	}
	viewer->windows.items[viewer->windows.n++] = window;
	return window;
}

static bool set_text(char **text, const char *value)
{
	char *copy;

	if (strcmp(*text, value) == 0)
		return false;
	copy = strdup(value);
	if (!copy)
		return false;
	free(*text);
	*text = copy;
	return true;
}

/* What the description changes for the host; the fields that only matter later are just kept. */
static unsigned apply(struct oriel_window *window, const struct oriel_msg_window *msg)
{
	unsigned changes = 0;

	if (set_text(&window->title, msg->title ? msg->title : ""))
		changes |= ORIEL_CHANGED_TITLE;
	if (set_text(&window->app_id, msg->app_id ? msg->app_id : ""))
		changes |= ORIEL_CHANGED_APP;
	if (window->parent != msg->parent || (window->flags ^ msg->flags) & ORIEL_WINDOW_MODAL)
		changes |= ORIEL_CHANGED_PARENT;
	if (window->kind != msg->kind)
		changes |= ORIEL_CHANGED_KIND;
	if ((window->flags ^ msg->flags) & ORIEL_WINDOW_DECORATED)
		changes |= ORIEL_CHANGED_FRAME;
	if ((window->flags ^ msg->flags) & ORIEL_WINDOW_GRAB)
		changes |= ORIEL_CHANGED_GRAB;
	if (window->min_width != msg->min_width || window->min_height != msg->min_height ||
		window->max_width != msg->max_width || window->max_height != msg->max_height ||
		(window->flags ^ msg->flags) & ORIEL_WINDOW_RESIZABLE)
		changes |= ORIEL_CHANGED_LIMITS;
	if (window->x != msg->x || window->y != msg->y)
		changes |= ORIEL_CHANGED_PLACE;
	if (window->width != msg->width || window->height != msg->height)
		changes |= ORIEL_CHANGED_SIZE;
	if (window->state != msg->state)
		changes |= ORIEL_CHANGED_STATE;
	window->parent = msg->parent;
	window->kind = msg->kind;
	window->flags = msg->flags;
	window->state = msg->state;
	window->x = msg->x;
	window->y = msg->y;
	window->width = msg->width;
	window->height = msg->height;
	window->min_width = msg->min_width;
	window->min_height = msg->min_height;
	window->max_width = msg->max_width;
	window->max_height = msg->max_height;
	return changes;
}

int oriel_window_update(
	struct oriel_viewer *viewer, const struct oriel_msg_window *msg, const char **ret_reason)
{
	struct oriel_window *window;
	unsigned changes;
	int r;

	r = check(viewer, msg, ret_reason);
	if (r < 0)
		return r;
	window = oriel_window_find(viewer, msg->window);
	if (!window)
		window = create(viewer, msg->window);
	if (!window)
		return -ENOMEM;
	changes = apply(window, msg);
	if (!window->sdl)
		return 0;
	oriel_window_host_apply(window, changes);
	return 0;
}

void oriel_window_destroy(struct oriel_window *window)
{
	struct oriel_viewer *viewer;

	if (!window)
		return;
	viewer = window->viewer;
	oriel_window_unrealize(window);
	for (int i = 0; i < viewer->windows.n; i++) {
		if (viewer->windows.items[i] != window)
			continue;
		viewer->windows.n--;
		memmove(&viewer->windows.items[i], &viewer->windows.items[i + 1],
			(size_t)(viewer->windows.n - i) * sizeof viewer->windows.items[0]);
		break;
	}
	free(window->title);
	free(window->app_id);
	free(window);
	oriel_popups_update(viewer);
}

void oriel_windows_destroy(struct oriel_viewer *viewer)
{
	while (viewer->windows.n)
		oriel_window_destroy(viewer->windows.items[viewer->windows.n - 1]);
}
