/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/*
 * The host's input method and the guest's text fields. While a text field has focus in the guest,
 * SDL's text input is on for its window: keys that the input method uses don't come as keys, what
 * it makes of them goes to the guest as text. Without a field all keys are keys, and passwords are
 * always typed by keys alone: no input method is to see, or to suggest, any of them.
 */
#ifndef ORIEL_HOST_VIEWER_TEXT_H
#define ORIEL_HOST_VIEWER_TEXT_H

#include <SDL3/SDL.h>
#include <stdbool.h>
#include <stdint.h>

#include "src/wire/messages.h"

struct oriel_viewer;
struct oriel_window;

struct oriel_text {
	struct oriel_msg_text_input field; /* window 0: none; without surrounding */
	bool dirty;
	SDL_WindowID on[2]; /* windows with text input on: the toplevel, and a popup with focus */
	uint32_t purpose, hints; /* it was turned on for these */
	bool composing;          /* the guest shows a preedit */
	bool holding;            /* `key` waits for what comes after it */
	SDL_KeyboardEvent key;
};

/* The guest tells of its field. 0; -EPROTO with the fault in *ret_reason (static). */
int oriel_text_set(struct oriel_viewer *viewer, const struct oriel_msg_text_input *msg,
	const char **ret_reason);

/* Call for each event before anything else is done with it; returns whether it is done with. */
bool oriel_text_event(struct oriel_viewer *viewer, const SDL_Event *event);

/* A key was pressed. True: it may turn out to be text, and is sent later if it isn't. */
bool oriel_text_hold(struct oriel_viewer *viewer, const SDL_KeyboardEvent *key);

/* Sends a key that was held, turns text input on and off. */
void oriel_text_flush(struct oriel_viewer *viewer);

/* A window is about to be destroyed; all that belonged to the link is gone. */
void oriel_text_forget(struct oriel_viewer *viewer, struct oriel_window *window);
void oriel_text_reset(struct oriel_viewer *viewer);

#endif
