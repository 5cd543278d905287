/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
#include "host/viewer/shortcuts.h"

#include "host/viewer/session.h"

static bool may_have(struct oriel_window *window)
{
	const struct oriel_viewer_options *options = window->viewer->options;
	const struct oriel_app_options *app = oriel_window_app(window);
	bool always = app && app->has_grab_keys ? app->grab_keys : options->grab_keys;
	bool allowed = app && app->has_allow_grab ? app->allow_grab : options->allow_grab;

	return always || (allowed && window->shortcuts.wanted);
}

static void tell(struct oriel_window *window, bool given)
{
	struct oriel_viewer *viewer = window->viewer;

	if (!window->shortcuts.wanted || window->shortcuts.told == given)
		return;
	window->shortcuts.told = given;
	viewer->out->type = ORIEL_MSG_SHORTCUTS_GIVEN;
	viewer->out->shortcuts_given =
		(struct oriel_msg_shortcuts_given){.window = window->id, .given = given};
	oriel_session_send(viewer);
}

void oriel_shortcuts_apply(struct oriel_window *window)
{
	struct oriel_viewer *viewer = window->viewer;
	bool given = may_have(window) && !viewer->shortcuts_taken_back;

	/* Focus is always a toplevel's. SDL grabs while the window has it, and only then. */
	if (!window->sdl || oriel_window_is_popup(window))
		return;
	given = SDL_SetWindowKeyboardGrab(window->sdl, given) && given;
	viewer->shortcuts_given |= given;
	tell(window, given);
}

void oriel_shortcuts_want(struct oriel_window *window, bool wanted)
{
	window->shortcuts.wanted = wanted;
	window->shortcuts.told = false;
	oriel_shortcuts_apply(window);
}

bool oriel_shortcuts_key(struct oriel_viewer *viewer, const SDL_KeyboardEvent *e)
{
	/* Were it for windows that have them at the moment, a program could let them go when it
	 * sees Ctrl and Alt, and ask anew when it sees Escape. */
	if (e->scancode != SDL_SCANCODE_ESCAPE || !(e->mod & SDL_KMOD_CTRL) ||
		!(e->mod & SDL_KMOD_ALT) || !viewer->shortcuts_given)
		return false;
	if (e->repeat)
		return true;
	viewer->shortcuts_taken_back = !viewer->shortcuts_taken_back;
	for (int i = 0; i < viewer->windows.n; i++)
		oriel_shortcuts_apply(viewer->windows.items[i]);
	return true;
}
