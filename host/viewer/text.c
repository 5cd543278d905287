/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/*
 * How keys and text come from SDL while text input is on:
 *
 * X11: a key press goes through the input method first (XFilterEvent). One that it takes is not
 * told at all, neither are dead keys that Xlib composes. One that it leaves is told as KEY_DOWN,
 * and in the same call as TEXT_INPUT if it types something. What the input method commits comes as
 * a key press with keycode 0, of which SDL tells TEXT_INPUT alone. Wayland: the same.
 *
 * macOS: KEY_DOWN and TEXT_INPUT come in the same call for what the input method commits, too: then
 * they differ from what the key has on it. Keys that it uses for choosing among candidates are told
 * as if it had left them.
 *
 * The guest types what keys have on them by itself. So a key press waits for the event after it,
 * which is in the queue already, and the two are judged together: text that a key typed is dropped,
 * as the key is sent; a key of which the input method made text is dropped, as that text is sent.
 */
#include "host/viewer/text.h"

#include <errno.h>
#include <string.h>

#include "host/viewer/focus.h"
#include "host/viewer/session.h"
#include "src/base/utf8.h"

/* Of zwp_text_input_v3. */
enum {
	PURPOSE_DIGITS = 2,
	PURPOSE_NUMBER = 3,
	PURPOSE_PHONE = 4,
	PURPOSE_EMAIL = 6,
	PURPOSE_NAME = 7,
	PURPOSE_PASSWORD = 8,
	PURPOSE_PIN = 9,
};

enum {
	HINT_COMPLETION = 0x1,
	HINT_SPELLCHECK = 0x2,
	HINT_CAPITALIZE = 0x4,
	HINT_UPPERCASE = 0x10,
	HINT_TITLECASE = 0x20,
	HINT_HIDDEN = 0x40,
	HINT_SENSITIVE = 0x80,
	HINT_MULTILINE = 0x200,
};

/* Text to the guest ----------------------------------------------------------------------------
 */

static void send_text(struct oriel_viewer *viewer, const char *commit, const char *preedit,
	int32_t begin, int32_t end)
{
	viewer->out->type = ORIEL_MSG_TEXT;
	viewer->out->text = (struct oriel_msg_text){
		.commit = commit, .preedit = preedit, .cursor_begin = begin, .cursor_end = end};
	oriel_session_send(viewer);
}

static void send_commit(struct oriel_viewer *viewer, const char *text)
{
	char commit[ORIEL_MAX_TEXT + 1];

	/* Nobody commits more than that but by dictation, which comes in sentences. */
	oriel_utf8_copy(commit, sizeof commit, text);
	viewer->text.composing = false;
	if (commit[0])
		send_text(viewer, commit, "", 0, 0);
}

/* Where a character begins that SDL counts, in bytes. */
static int32_t to_bytes(const char *text, int characters)
{
	const char *at = text;

	while (*at && characters > 0)
		if ((*++at & 0xc0) != 0x80)
			characters--;
	return (int32_t)(at - text);
}

static void send_preedit(struct oriel_viewer *viewer, const SDL_TextEditingEvent *e)
{
	char preedit[ORIEL_MAX_TEXT + 1];
	int32_t begin = -1, end = -1;

	oriel_utf8_copy(preedit, sizeof preedit, e->text);
	if (!preedit[0] && !viewer->text.composing)
		return;
	viewer->text.composing = preedit[0];
	if (e->start >= 0) {
		begin = to_bytes(preedit, e->start);
		end = begin + to_bytes(preedit + begin, SDL_max(e->length, 0));
	}
	send_text(viewer, "", preedit, begin, end);
}

/* Keys ------------------------------------------------------------------------------------------
 */

/* macOS tells keys that the input method has used, too. */
static bool is_told_used_keys(void)
{
	const char *driver = SDL_GetCurrentVideoDriver();

	return driver && strcmp(driver, "cocoa") == 0;
}

static bool is_modifier(const SDL_KeyboardEvent *key)
{
	return (key->scancode >= SDL_SCANCODE_LCTRL && key->scancode <= SDL_SCANCODE_RGUI) ||
	       key->scancode == SDL_SCANCODE_CAPSLOCK;
}

/* Whether the text is what the key has on it. */
static bool has_on_it(const SDL_KeyboardEvent *key, const char *text)
{
	SDL_Keycode code = SDL_GetKeyFromScancode(key->scancode, key->mod, false);
	char own[8] = "";

	/* The keypad: SDL has no characters for it. */
	if (key->scancode >= SDL_SCANCODE_KP_DIVIDE && key->scancode <= SDL_SCANCODE_KP_PERIOD)
		return text[0] && !text[1];
	if (code == SDLK_UNKNOWN || code & (SDLK_SCANCODE_MASK | SDLK_EXTENDED_MASK))
		return false;
	SDL_UCS4ToUTF8(code, own);
	return strcmp(own, text) == 0;
}

/* Whether a key may type anything. By its place: of dead keys SDL does not know what they are, and
 * where X11 has no input method at all, they come with text. */
static bool may_type(const SDL_KeyboardEvent *key)
{
	SDL_Scancode at = key->scancode;

	if (key->mod & (SDL_KMOD_CTRL | SDL_KMOD_ALT))
		return false;
	return at == SDL_SCANCODE_UNKNOWN || (at >= SDL_SCANCODE_A && at <= SDL_SCANCODE_0) ||
	       (at >= SDL_SCANCODE_SPACE && at <= SDL_SCANCODE_SLASH) ||
	       (at >= SDL_SCANCODE_KP_DIVIDE && at <= SDL_SCANCODE_NONUSBACKSLASH) ||
	       at == SDL_SCANCODE_KP_EQUALS || at == SDL_SCANCODE_KP_COMMA ||
	       (at >= SDL_SCANCODE_INTERNATIONAL1 && at <= SDL_SCANCODE_INTERNATIONAL9);
}

enum verdict {
	KEY_ONLY,  /* the key typed that text, if any: the guest does so, too */
	TEXT_ONLY, /* the input method made that text of the key, or used it up */
	BOTH,      /* they have nothing to do with one another */
};

/* A held key, and the text right behind it (NULL: there is none). */
static enum verdict judge(
	const struct oriel_text *in, const SDL_KeyboardEvent *key, const char *text)
{
	if (!is_told_used_keys()) {
		if (!text || may_type(key))
			return KEY_ONLY;
		return BOTH;
	}
	if (is_modifier(key))
		return BOTH;
	if (text)
		return has_on_it(key, text) ? KEY_ONLY : TEXT_ONLY;
	return in->composing ? TEXT_ONLY : KEY_ONLY;
}

/* Lets go of the held key. Returns whether text, which is right behind it, is to be sent. */
static bool release_key(struct oriel_viewer *viewer, const char *text)
{
	struct oriel_text *in = &viewer->text;
	enum verdict verdict;

	if (!in->holding)
		return true;
	in->holding = false;
	verdict = judge(in, &in->key, text);
	if (verdict != TEXT_ONLY)
		oriel_focus_key(viewer, &in->key);
	return verdict != KEY_ONLY;
}

bool oriel_text_hold(struct oriel_viewer *viewer, const SDL_KeyboardEvent *key)
{
	if (!viewer->text.on[0])
		return false;
	viewer->text.holding = true;
	viewer->text.key = *key;
	return true;
}

bool oriel_text_event(struct oriel_viewer *viewer, const SDL_Event *event)
{
	/* Another thread's may be in between. */
	if (event->type >= SDL_EVENT_USER)
		return false;
	if (event->type == SDL_EVENT_TEXT_INPUT) {
		if (release_key(viewer, event->text.text) && viewer->text.on[0])
			send_commit(viewer, event->text.text);
		return true;
	}
	/* X11: what was being composed goes just before the text of a key. */
	if (event->type == SDL_EVENT_TEXT_EDITING) {
		if (event->edit.text[0])
			release_key(viewer, NULL);
		if (viewer->text.on[0])
			send_preedit(viewer, &event->edit);
		return true;
	}
	release_key(viewer, NULL);
	return false;
}

/* The field -------------------------------------------------------------------------------------
 */

int oriel_text_set(struct oriel_viewer *viewer, const struct oriel_msg_text_input *msg,
	const char **ret_reason)
{
	size_t size = strlen(msg->surrounding);

	if (msg->window && !oriel_window_find(viewer, msg->window)) {
		*ret_reason = "the window is not there";
		return -EPROTO;
	}
	if (msg->cursor > size || msg->anchor > size) {
		*ret_reason = "the caret is behind the end of the text";
		return -EPROTO;
	}
	viewer->text.field = *msg;
	viewer->text.field.surrounding = NULL; /* SDL can't pass it on */
	viewer->text.dirty = true;
	return 0;
}

static bool is_secret(const struct oriel_msg_text_input *field)
{
	return field->purpose == PURPOSE_PASSWORD || field->purpose == PURPOSE_PIN ||
	       field->hints & (HINT_HIDDEN | HINT_SENSITIVE);
}

static SDL_TextInputType type_of(uint32_t purpose)
{
	switch (purpose) {
	case PURPOSE_DIGITS:
	case PURPOSE_NUMBER:
	case PURPOSE_PHONE:
		return SDL_TEXTINPUT_TYPE_NUMBER;
	case PURPOSE_EMAIL:
		return SDL_TEXTINPUT_TYPE_TEXT_EMAIL;
	case PURPOSE_NAME:
		return SDL_TEXTINPUT_TYPE_TEXT_NAME;
	default:
		return SDL_TEXTINPUT_TYPE_TEXT;
	}
}

static SDL_Capitalization capitalization_of(uint32_t hints)
{
	return hints & HINT_UPPERCASE    ? SDL_CAPITALIZE_LETTERS
	       : hints & HINT_TITLECASE  ? SDL_CAPITALIZE_WORDS
	       : hints & HINT_CAPITALIZE ? SDL_CAPITALIZE_SENTENCES
					 : SDL_CAPITALIZE_NONE;
}

static void turn_on(SDL_Window *window, uint32_t purpose, uint32_t hints)
{
	SDL_PropertiesID props = SDL_CreateProperties();

	SDL_SetNumberProperty(props, SDL_PROP_TEXTINPUT_TYPE_NUMBER, type_of(purpose));
	SDL_SetNumberProperty(
		props, SDL_PROP_TEXTINPUT_CAPITALIZATION_NUMBER, capitalization_of(hints));
	SDL_SetBooleanProperty(props, SDL_PROP_TEXTINPUT_AUTOCORRECT_BOOLEAN,
		hints & (HINT_COMPLETION | HINT_SPELLCHECK));
	SDL_SetBooleanProperty(props, SDL_PROP_TEXTINPUT_MULTILINE_BOOLEAN, hints & HINT_MULTILINE);
	SDL_StartTextInputWithProperties(window, props);
	SDL_DestroyProperties(props);
}

/* Which windows should have text input: the toplevel, as the window system gives it the keys, and a
 * popup of it that has focus in SDL's eyes. */
static void choose_windows(struct oriel_viewer *viewer, SDL_WindowID ret_on[2])
{
	struct oriel_window *window = oriel_window_find(viewer, viewer->text.field.window);
	struct oriel_window *root = window ? oriel_window_root(window) : NULL;
	SDL_WindowID focus = SDL_GetWindowID(SDL_GetKeyboardFocus());
	struct oriel_window *other = focus ? oriel_window_find_sdl(viewer, focus) : NULL;

	ret_on[0] = ret_on[1] = 0;
	if (!root || !root->sdl || root->id != viewer->input.focus_sent ||
		is_secret(&viewer->text.field))
		return;
	ret_on[0] = root->sdl_id;
	if (other && other != root && oriel_window_root(other) == root)
		ret_on[1] = focus;
}

/* The caret in SDL units of a window: the field's, or one that it hangs on. */
static void set_area(struct oriel_viewer *viewer, struct oriel_window *of)
{
	const struct oriel_msg_text_input *field = &viewer->text.field;
	struct oriel_window *window = oriel_window_find(viewer, field->window);
	int32_t x = field->x, y = field->y;
	SDL_Rect area;

	for (; window && window != of && oriel_window_is_popup(window);
		window = oriel_window_find(viewer, window->parent)) {
		x += window->x;
		y += window->y;
	}
	area.x = oriel_units_to_sdl(&of->units, x);
	area.y = oriel_units_to_sdl(&of->units, y);
	area.w = oriel_units_size_to_sdl(&of->units, field->width);
	area.h = oriel_units_size_to_sdl(&of->units, field->height);
	SDL_SetTextInputArea(of->sdl, &area, 0);
}

static void apply(struct oriel_viewer *viewer)
{
	struct oriel_text *in = &viewer->text;
	bool renew = in->purpose != in->field.purpose || in->hints != in->field.hints;
	SDL_WindowID wanted[2];

	choose_windows(viewer, wanted);
	if (!in->dirty && wanted[0] == in->on[0] && wanted[1] == in->on[1])
		return;
	in->dirty = false;
	for (int i = 0; i < 2; i++) {
		struct oriel_window *window =
			wanted[i] ? oriel_window_find_sdl(viewer, wanted[i]) : NULL;

		/* What is being composed would be lost by turning it off and on. */
		if (in->on[i] && in->on[i] != wanted[i])
			SDL_StopTextInput(SDL_GetWindowFromID(in->on[i]));
		if (window)
			set_area(viewer, window);
		if (window && (renew || in->on[i] != wanted[i]))
			turn_on(window->sdl, in->field.purpose, in->field.hints);
		in->on[i] = wanted[i];
	}
	in->purpose = in->field.purpose;
	in->hints = in->field.hints;
	if (!in->on[0])
		in->composing = false;
}

void oriel_text_flush(struct oriel_viewer *viewer)
{
	release_key(viewer, NULL);
	apply(viewer);
}

void oriel_text_forget(struct oriel_viewer *viewer, struct oriel_window *window)
{
	struct oriel_text *in = &viewer->text;

	if (in->field.window == window->id)
		in->field = (struct oriel_msg_text_input){0};
	for (int i = 0; i < 2; i++)
		if (in->on[i] && in->on[i] == window->sdl_id)
			in->on[i] = 0;
	in->holding = in->holding && in->on[0];
	in->dirty = true;
}

void oriel_text_reset(struct oriel_viewer *viewer)
{
	viewer->text.field = (struct oriel_msg_text_input){0};
	viewer->text.holding = viewer->text.composing = false;
	apply(viewer);
}
