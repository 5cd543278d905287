/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/* Windows with keyboard focus, and what keys become, for tests of input. */
#ifndef ORIEL_TESTS_VIEWER_FOCUS_H
#define ORIEL_TESTS_VIEWER_FOCUS_H

#include "tests/viewer/guest.h"

/* The window where its top left is; the pointer is out of the way before. */
struct x_rect open_window(struct guest *guest, const struct guest_window *window);

/* Gives a window focus, and waits till nothing that was asked before takes it away. */
void focus_window(struct guest *guest, uint32_t id);

/* Focus goes to a window of another program, and stays there: the window manager may still be busy
 * with what it was asked before. */
void focus_away(struct guest *guest, Window stranger);

/* A key or button of the guest; is_key() matches on it. */
struct press {
	uint32_t code;
	uint8_t down;
};
bool is_key(const struct oriel_msg *msg, void *press);

#endif
