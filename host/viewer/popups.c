/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
#include "host/viewer/popups.h"

#include "host/platform/platform.h"
#include "host/viewer/session.h"

static bool grabs(const struct oriel_window *window)
{
	return window->kind == ORIEL_KIND_POPUP && window->flags & ORIEL_WINDOW_GRAB &&
	       window->sdl && window->shown;
}

/* Windows are in the order they came in, so the last one is the topmost. */
static struct oriel_window *topmost(struct oriel_viewer *viewer)
{
	for (int i = viewer->windows.n - 1; i >= 0; i--)
		if (grabs(viewer->windows.items[i]))
			return viewer->windows.items[i];
	return NULL;
}

void oriel_popups_update(struct oriel_viewer *viewer)
{
	struct oriel_window *top = topmost(viewer);
	SDL_WindowID wanted = top ? top->sdl_id : 0;

	if (wanted == viewer->popup_grab && !(wanted && viewer->popup_grab_stale))
		return;
	viewer->popup_grab_stale = false;
	if (top)
		oriel_platform_grab(top->sdl);
	else
		oriel_platform_ungrab();
	viewer->popup_grab = wanted;
}

void oriel_popups_dismiss(struct oriel_viewer *viewer)
{
	for (int i = viewer->windows.n - 1; i >= 0; i--) {
		if (!grabs(viewer->windows.items[i]))
			continue;
		viewer->out->type = ORIEL_MSG_CLOSE;
		viewer->out->close =
			(struct oriel_msg_close){.window = viewer->windows.items[i]->id};
		oriel_session_send(viewer);
	}
}

bool oriel_popups_press(struct oriel_viewer *viewer, struct oriel_window *window)
{
	struct oriel_window *top = topmost(viewer);

	if (!top || (window && oriel_window_root(window) == oriel_window_root(top)))
		return false;
	oriel_popups_dismiss(viewer);
	return true;
}

void oriel_popups_focus(struct oriel_viewer *viewer, struct oriel_window *root)
{
	struct oriel_window *top = topmost(viewer);
	struct oriel_window *before = oriel_window_find(viewer, viewer->focused_root);

	/* Only a loss counts: a menu may open on a window that had no focus. */
	if (top && before && before == oriel_window_root(top) && root != before)
		oriel_popups_dismiss(viewer);
	viewer->focused_root = root ? root->id : 0;
}
