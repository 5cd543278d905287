/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
#include "tests/viewer/focus.h"

struct x_rect open_window(struct guest *guest, const struct guest_window *window)
{
	Window xwindow;

	guest_open(guest, window, window->id);
	for (int i = 0; !(xwindow = x_find(&screen, window->id)); i++) {
		assert_true(i < X_PATIENCE_MS / 10);
		guest_pump(guest, 10);
	}
	return x_place(&screen, xwindow);
}

bool is_key(const struct oriel_msg *msg, void *user)
{
	const struct press *press = user;

	return msg->key.code == press->code && msg->key.down == press->down;
}

static uint32_t last_focus(const struct guest *guest)
{
	for (size_t i = guest->n_messages; i > 0; i--)
		if (guest->messages[i - 1]->type == ORIEL_MSG_FOCUS)
			return guest->messages[i - 1]->focus.window;
	return 0;
}

void focus_window(struct guest *guest, uint32_t id)
{
	for (int i = 0, steady = 0; steady < 10; i++) {
		assert_true(i < X_PATIENCE_MS / 10);
		if (i % 50 == 0)
			x_ask_activate(&screen, x_find(&screen, id));
		guest_pump(guest, 10);
		steady = last_focus(guest) == id ? steady + 1 : 0;
	}
	guest_forget(guest);
}

void focus_away(struct guest *guest, Window stranger)
{
	Window focus = None;
	int revert;

	for (int i = 0; focus != stranger || last_focus(guest) != 0; i++) {
		assert_true(i < X_PATIENCE_MS / 150);
		XSetInputFocus(screen.display, stranger, RevertToParent, CurrentTime);
		XSync(screen.display, False);
		guest_pump(guest, 150);
		XGetInputFocus(screen.display, &focus, &revert);
	}
	guest_forget(guest);
}
