/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/* Keyboard and focus. */
#include "host/viewer/focus.h"

#include <string.h>

#include "host/platform/platform.h"
#include "host/viewer/keys.h"
#include "host/viewer/popups.h"
#include "host/viewer/session.h"

static bool is_down(const struct oriel_input *in, uint32_t code)
{
	return in->keys[code / 8] & 1u << code % 8;
}

static void set_down(struct oriel_input *in, uint32_t code, bool down)
{
	if (down)
		in->keys[code / 8] |= (uint8_t)(1u << code % 8);
	else
		in->keys[code / 8] &= (uint8_t)~(1u << code % 8);
}

static bool is_any_down(const struct oriel_input *in)
{
	static const uint8_t none[sizeof in->keys];

	return memcmp(in->keys, none, sizeof none) != 0;
}

static void list_keys(struct oriel_input *in, struct oriel_msg_focus *focus)
{
	int n;
	const bool *pressed = SDL_GetKeyboardState(&n);

	memset(in->keys, 0, sizeof in->keys);
	for (int i = 0; i < n && focus->n_keys < ORIEL_MAX_KEYS; i++) {
		uint32_t code = pressed[i] ? oriel_keys_from_scancode((SDL_Scancode)i) : 0;

		code = oriel_keys_map(in->mode, code);
		if (!code || is_down(in, code))
			continue;
		set_down(in, code, true);
		focus->keys[focus->n_keys++].code = code;
	}
}

static void choose_mode(struct oriel_viewer *viewer, struct oriel_window *window)
{
	const struct oriel_app_options *app = window ? oriel_window_app(window) : NULL;

	viewer->input.mode = app && app->has_keys ? app->keys : viewer->options->keys;
}

static void send_focus(struct oriel_viewer *viewer, uint32_t window)
{
	struct oriel_msg_focus *focus = &viewer->out->focus;

	viewer->out->type = ORIEL_MSG_FOCUS;
	*focus = (struct oriel_msg_focus){
		.window = window, .locked = window ? oriel_keys_locked() : 0};
	if (window)
		list_keys(&viewer->input, focus);
	viewer->input.focus_sent = window;
	oriel_session_send(viewer);
}

void oriel_focus_flush(struct oriel_viewer *viewer)
{
	struct oriel_input *in = &viewer->input;
	struct oriel_window *window, *root;
	uint32_t id;

	if (!in->focus_dirty || !viewer->ready)
		return;
	in->focus_dirty = false;
	window = oriel_window_find_sdl(viewer, in->focus);
	root = window ? oriel_window_root(window) : NULL;
	id = root && root->flags & ORIEL_WINDOW_FOCUSABLE ? root->id : 0;
	if (id != in->focus_sent) {
		choose_mode(viewer, root);
		send_focus(viewer, id);
	}
	oriel_popups_focus(viewer, root);
}

void oriel_focus_key(struct oriel_viewer *viewer, const SDL_KeyboardEvent *e)
{
	struct oriel_input *in = &viewer->input;
	uint32_t code;

	oriel_focus_flush(viewer);
	/* Were it another one while a key is held, that would not be let go. */
	if (!is_any_down(in))
		choose_mode(viewer, oriel_window_find(viewer, in->focus_sent));
	code = oriel_keys_map(in->mode, oriel_keys_from_event(e));
	if (e->repeat || !code || !in->focus_sent || is_down(in, code) == e->down)
		return;
	set_down(in, code, e->down);
	viewer->out->type = ORIEL_MSG_KEY;
	viewer->out->key = (struct oriel_msg_key){
		.time = (uint32_t)(e->timestamp / 1000000), .code = code, .down = e->down};
	oriel_session_send(viewer);
}

void oriel_input_focus(struct oriel_viewer *viewer, SDL_WindowID window, bool gained)
{
	struct oriel_input *in = &viewer->input;

	if (gained)
		in->focus = window;
	else if (in->focus == window)
		in->focus = 0;
	in->focus_dirty = true;
}

bool oriel_focus_event(struct oriel_viewer *viewer, const SDL_Event *event)
{
	switch (event->type) {
	case SDL_EVENT_KEY_DOWN:
		if (!oriel_shortcuts_key(viewer, &event->key) &&
			!oriel_text_hold(viewer, &event->key))
			oriel_focus_key(viewer, &event->key);
		return true;
	case SDL_EVENT_KEY_UP:
		oriel_focus_key(viewer, &event->key);
		return true;
	case SDL_EVENT_WINDOW_FOCUS_GAINED:
	case SDL_EVENT_WINDOW_FOCUS_LOST:
		/* Each of them also makes SDL end the grab. */
		viewer->popup_grab_stale = true;
		if (!oriel_platform_tells_focus())
			oriel_input_focus(viewer, event->window.windowID,
				event->type == SDL_EVENT_WINDOW_FOCUS_GAINED);
		return true;
	}
	return false;
}

void oriel_focus_forget(struct oriel_viewer *viewer, struct oriel_window *window)
{
	struct oriel_input *in = &viewer->input;
	SDL_Window *parent = SDL_GetWindowParent(window->sdl);

	if (in->focus_sent == window->id) {
		in->focus_sent = 0;
		memset(in->keys, 0, sizeof in->keys);
	}
	if (in->focus != window->sdl_id)
		return;
	/* SDL hands the focus of a popup back to its parent. */
	in->focus = parent && oriel_window_is_popup(window) ? SDL_GetWindowID(parent) : 0;
	in->focus_dirty = true;
}
