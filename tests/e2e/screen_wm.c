/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <X11/extensions/XTest.h>
#include <X11/Xatom.h>
#include <X11/Xutil.h>

#include "tests/e2e/e2e.h"

static void tell_manager(Window window, const char *message, long a, long b, long c, long d, long e)
{
	XEvent event = {.xclient = {
				.type = ClientMessage,
				.window = window,
				.message_type = XInternAtom(screen, message, False),
				.format = 32,
				.data.l = {a, b, c, d, e},
			}};

	XSendEvent(screen, DefaultRootWindow(screen), False,
		SubstructureRedirectMask | SubstructureNotifyMask, &event);
	XSync(screen, False);
}

static long *longs(Window window, const char *name, Atom type, unsigned long *ret_n)
{
	unsigned char *data = NULL;
	unsigned long n = 0, left;
	Atom is;
	int format;

	*ret_n = 0;
	if (XGetWindowProperty(screen, window, XInternAtom(screen, name, False), 0, 64, False, type,
		    &is, &format, &n, &left, &data) != Success)
		return NULL;
	*ret_n = n;
	return (long *)(void *)data;
}

Window screen_focused(void)
{
	Window window = None;
	int revert;

	XGetInputFocus(screen, &window, &revert);
	return window;
}

void screen_activate(Window window)
{
	tell_manager(window, "_NET_ACTIVE_WINDOW", 2, CurrentTime, 0, 0, 0);
	E2E_UNTIL(screen_focused() == window, "the window manager does not give focus to %#lx",
		window);
}

static bool has_area(const struct screen_window *window, const struct oriel_rect *area)
{
	struct screen_window windows[SCREEN_WINDOWS];
	int i, n = screen_windows(windows, SCREEN_WINDOWS);

	for (i = 0; i < n; i++)
		if (windows[i].window == window->window)
			return !memcmp(&windows[i].area, area, sizeof(*area));
	return false;
}

void screen_move(const struct screen_window *window, int x, int y)
{
	struct oriel_rect area = {x, y, window->area.width, window->area.height};

	/* Gravity 10 (static): the content's place, not the frame's. */
	tell_manager(window->window, "_NET_MOVERESIZE_WINDOW", 10 | 1 << 8 | 1 << 9 | 2 << 12, x, y,
		0, 0);
	E2E_UNTIL(has_area(window, &area), "the window '%s' does not move to %d,%d", window->title,
		x, y);
}

void screen_resize(const struct screen_window *window, int width, int height)
{
	tell_manager(window->window, "_NET_MOVERESIZE_WINDOW", 10 | 1 << 10 | 1 << 11 | 2 << 12, 0,
		0, width, height);
}

void screen_close(Window window)
{
	tell_manager(window, "_NET_CLOSE_WINDOW", CurrentTime, 2, 0, 0, 0);
}

bool screen_has_state(Window window, const char *state)
{
	unsigned long i, n;
	long *atoms = longs(window, "_NET_WM_STATE", XA_ATOM, &n);
	bool has = false;

	for (i = 0; i < n; i++)
		has |= (Atom)atoms[i] == XInternAtom(screen, state, False);
	if (atoms)
		XFree(atoms);
	return has;
}

bool screen_is_iconic(Window window)
{
	unsigned long n;
	long *state = longs(window, "WM_STATE", XInternAtom(screen, "WM_STATE", False), &n);
	bool iconic = n > 0 && state[0] == IconicState;

	if (state)
		XFree(state);
	return iconic;
}

void screen_set_state(Window window, bool add, const char *state)
{
	const char *second = !strcmp(state, "_NET_WM_STATE_MAXIMIZED_VERT")
				     ? "_NET_WM_STATE_MAXIMIZED_HORZ"
				     : NULL;

	tell_manager(window, "_NET_WM_STATE", add, (long)XInternAtom(screen, state, False),
		second ? (long)XInternAtom(screen, second, False) : 0, 2, 0);
}

void screen_frame(Window window, long ret_frame[4])
{
	unsigned long n;
	long *extents = longs(window, "_NET_FRAME_EXTENTS", XA_CARDINAL, &n);

	memset(ret_frame, 0, 4 * sizeof(*ret_frame));
	if (n == 4)
		memcpy(ret_frame, extents, 4 * sizeof(*ret_frame));
	if (extents)
		XFree(extents);
}

void screen_key(unsigned code, bool down)
{
	XTestFakeKeyEvent(screen, code + 8, down, CurrentTime);
	XSync(screen, False);
}

void screen_tap(unsigned code)
{
	screen_key(code, true);
	screen_key(code, false);
	/* What is let go and pressed again within 2 ms is taken for automatic repeat. */
	e2e_sleep(5);
}

void screen_type(const char *text)
{
	static const char rows[4][11] = {"1234567890", "qwertyuiop", "asdfghjkl", "zxcvbnm"};
	static const unsigned first[4] = {2, 16, 30, 44};
	int row;

	for (; *text; text++) {
		if (*text == ' ')
			screen_tap(57);
		if (*text == '\n')
			screen_tap(28);
		for (row = 0; row < 4; row++) {
			const char *at = strchr(rows[row], *text);

			if (at)
				screen_tap(first[row] + (unsigned)(at - rows[row]));
		}
	}
}

void screen_point(int x, int y)
{
	XTestFakeMotionEvent(screen, -1, x, y, CurrentTime);
	XSync(screen, False);
}

bool screen_pointer_is(int x, int y)
{
	Window root, child;
	int at_x = -1, at_y = -1, in_x, in_y;
	unsigned buttons;

	XQueryPointer(screen, DefaultRootWindow(screen), &root, &child, &at_x, &at_y, &in_x, &in_y,
		&buttons);
	return at_x == x && at_y == y;
}

void screen_button(unsigned button, bool down)
{
	XTestFakeButtonEvent(screen, button, down, CurrentTime);
	XSync(screen, False);
}

void screen_click(int x, int y)
{
	screen_point(x, y);
	screen_button(1, true);
	screen_button(1, false);
}

void screen_release_all(void)
{
	unsigned code, button;
	char down[32];

	XQueryKeymap(screen, down);
	for (code = 8; code < 256; code++)
		if (down[code / 8] >> code % 8 & 1)
			XTestFakeKeyEvent(screen, code, False, CurrentTime);
	for (button = 1; button <= 3; button++)
		XTestFakeButtonEvent(screen, button, False, CurrentTime);
	screen_point(SCREEN_WIDTH - 1, SCREEN_HEIGHT - 1);
}
