/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/*
 * Windows that come to a screen of another scale. The size that the guest knows stays, so the
 * host's changes; but not while somebody still moves the window, and never twice at one place: a
 * window that shrinks may be on the screen it came from again.
 */
#include <stdlib.h>

#include "host/platform/platform.h"
#include "host/viewer/popups.h"
#include "host/viewer/present.h"
#include "host/viewer/session.h"
#include "host/viewer/window_host.h"

/* What counts as the same place, in SDL units: window managers move windows a little when their
 * size changes. */
#define NEAR 48

/* The guest sends everything once more, for layers are placed as they come. */
static void take_units(struct oriel_window *window, const struct oriel_units *units)
{
	struct oriel_viewer *viewer = window->viewer;

	window->units = *units;
	window->damage.all = true;
	viewer->out->type = ORIEL_MSG_REFRESH;
	viewer->out->refresh = (struct oriel_msg_refresh){.window = window->id};
	oriel_session_send(viewer);
	oriel_present_expose(window);
}

static void take_scale(struct oriel_window *window, const struct oriel_units *units)
{
	struct oriel_viewer *viewer = window->viewer;
	bool size_is_ours = oriel_window_host_state(window) == ORIEL_STATE_NORMAL;

	oriel_popups_dismiss(viewer);
	for (int i = 0; i < viewer->windows.n; i++)
		if (oriel_window_root(viewer->windows.items[i]) == window &&
			viewer->windows.items[i]->sdl)
			take_units(viewer->windows.items[i], units);
	/* Not without need: SDL moves the window by its frame then. */
	if (window->min_width || window->min_height || window->max_width || window->max_height)
		oriel_window_set_limits(window);
	if (size_is_ours) {
		oriel_window_resize(window);
		window->sync.scaling = window->sync.asked;
	}
	window->sync.dirty = true;
}

bool oriel_window_follow_screen(struct oriel_window *window, bool at_rest)
{
	const struct oriel_units *units = oriel_screens_units(window->viewer, window->sdl);
	struct oriel_window_sync *sync = &window->sync;
	uint8_t state = oriel_window_host_state(window);
	int x, y;

	if (oriel_window_is_popup(window) || oriel_units_same(units, &window->units) ||
		state == ORIEL_STATE_MINIMIZED)
		return false;
	if (units->sdl == window->units.sdl) {
		window->units = *units;
		return false;
	}
	SDL_GetWindowPosition(window->sdl, &x, &y);
	if (units->sdl == sync->old_scale && abs(x - sync->old_x) < NEAR &&
		abs(y - sync->old_y) < NEAR)
		return false;
	if (state == ORIEL_STATE_NORMAL && !at_rest) {
		oriel_viewer_settle_later(window->viewer);
		return false;
	}
	sync->old_scale = window->units.sdl;
	sync->old_x = x;
	sync->old_y = y;
	take_scale(window, units);
	return true;
}
