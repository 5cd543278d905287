/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
#include <X11/extensions/XTest.h>

#include "tests/viewer/x.h"

void x_move(struct x_screen *screen, int x, int y)
{
	XTestFakeMotionEvent(screen->display, -1, x, y, 0);
	XSync(screen->display, False);
}

void x_button(struct x_screen *screen, unsigned button, bool down)
{
	XTestFakeButtonEvent(screen->display, button, down, 0);
	XSync(screen->display, False);
}

void x_click(struct x_screen *screen, unsigned button)
{
	x_button(screen, button, true);
	x_button(screen, button, false);
}

void x_key(struct x_screen *screen, unsigned keycode, bool down)
{
	XTestFakeKeyEvent(screen->display, keycode, down, 0);
	XSync(screen->display, False);
}
