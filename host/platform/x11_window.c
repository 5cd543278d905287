/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/* Windows: marks, see-through visuals, moves and resizes by the window manager, the popup grab. */
#include <stdio.h>
#include <string.h>
#include <X11/Xatom.h>
#include <X11/Xutil.h>

#include "host/platform/x11.h"
#include "src/base/log.h"
#include "src/wire/messages.h"

/* Directions of _NET_WM_MOVERESIZE (Extended Window Manager Hints 1.5). */
enum {
	MOVERESIZE_TOP_LEFT = 0,
	MOVERESIZE_TOP = 1,
	MOVERESIZE_TOP_RIGHT = 2,
	MOVERESIZE_RIGHT = 3,
	MOVERESIZE_BOTTOM_RIGHT = 4,
	MOVERESIZE_BOTTOM = 5,
	MOVERESIZE_BOTTOM_LEFT = 6,
	MOVERESIZE_LEFT = 7,
	MOVERESIZE_MOVE = 8,
};

uint64_t oriel_platform_native(SDL_Window *window)
{
	return (uint64_t)SDL_GetNumberProperty(
		SDL_GetWindowProperties(window), SDL_PROP_WINDOW_X11_WINDOW_NUMBER, 0);
}

bool oriel_platform_has_alpha(void)
{
	char name[32];

	if (!oriel_x11.display)
		return false;
	/* A compositing manager owns this selection: without one, alpha would show as garbage. */
	snprintf(name, sizeof name, "_NET_WM_CM_S%d", oriel_x11.screen);
	return XGetSelectionOwner(oriel_x11.display, XInternAtom(oriel_x11.display, name, False)) !=
	       None;
}

void oriel_platform_choose_alpha(bool alpha)
{
	XVisualInfo visual;
	char id[32];

	if (!alpha || !oriel_x11.display ||
		!XMatchVisualInfo(oriel_x11.display, oriel_x11.screen, 32, TrueColor, &visual)) {
		SDL_ResetHint(SDL_HINT_VIDEO_X11_WINDOW_VISUALID);
		return;
	}
	snprintf(id, sizeof id, "%#lx", visual.visualid);
	SDL_SetHint(SDL_HINT_VIDEO_X11_WINDOW_VISUALID, id);
}

void oriel_platform_tag(SDL_Window *window, uint32_t id, const char *app_id)
{
	Window xwindow = (Window)oriel_platform_native(window);
	unsigned long value = id; /* format 32 means long to Xlib */
	char name[1100];
	XClassHint class = {.res_name = name, .res_class = name};

	if (!oriel_x11.display || !xwindow)
		return;
	snprintf(name, sizeof name, "%s", *app_id ? app_id : "oriel");
	XSetClassHint(oriel_x11.display, xwindow, &class);
	XChangeProperty(oriel_x11.display, xwindow,
		XInternAtom(oriel_x11.display, "_ORIEL_WINDOW", False), XA_CARDINAL, 32,
		PropModeReplace, (unsigned char *)&value, 1);
}

void oriel_platform_show(SDL_Window *window)
{
	Window xwindow = (Window)oriel_platform_native(window);

	if (!oriel_x11.display || !xwindow) {
		SDL_ShowWindow(window);
		return;
	}
	/* SDL would wait here for MapNotify, for ever where the window manager has other plans. It
	 * takes note when that comes. */
	XMapRaised(oriel_x11.display, xwindow);
	XFlush(oriel_x11.display);
}

bool oriel_platform_may_raise(void)
{
	Display *d = oriel_x11.display;
	Window focus;
	int revert, n;
	Atom *properties;
	bool ours = false;

	if (!d)
		return SDL_GetKeyboardFocus() != NULL;
	XGetInputFocus(d, &focus, &revert);
	if (focus == None || focus == PointerRoot || focus == DefaultRootWindow(d))
		return true;
	/* NULL too when it has just gone. */
	properties = XListProperties(d, focus, &n);
	for (int i = 0; properties && i < n; i++)
		ours |= properties[i] == XInternAtom(d, "_ORIEL_WINDOW", False);
	if (properties)
		XFree(properties);
	return ours;
}

/* Where the pointer is, and its first pressed button; 0: none. */
static int query_pointer(int *ret_x, int *ret_y)
{
	static const unsigned masks[] = {
		Button1Mask, Button2Mask, Button3Mask, Button4Mask, Button5Mask};
	Window root, child;
	int x, y;
	unsigned state;

	if (!XQueryPointer(oriel_x11.display, DefaultRootWindow(oriel_x11.display), &root, &child,
		    ret_x, ret_y, &x, &y, &state))
		return 0;
	for (int i = 0; i < 5; i++)
		if (state & masks[i])
			return i + 1;
	return 0;
}

static void send_to_root(Window window, const char *type, const long data[5])
{
	Display *d = oriel_x11.display;
	XEvent event = {.xclient = {
				.type = ClientMessage,
				.window = window,
				.format = 32,
				.message_type = XInternAtom(d, type, False),
			}};

	for (int i = 0; i < 5; i++)
		event.xclient.data.l[i] = data[i];
	XSendEvent(d, DefaultRootWindow(d), False,
		SubstructureNotifyMask | SubstructureRedirectMask, &event);
	XFlush(d);
}

/* A move or resize that the window manager is to be asked for: what _NET_WM_MOVERESIZE says. */
static struct {
	Window window; /* None: there is none */
	long data[5];
} wanted;

static void ask_wanted(void)
{
	/* The press gave us the pointer; the window manager can't take it while we hold it. */
	XUngrabPointer(oriel_x11.display, CurrentTime);
	send_to_root(wanted.window, "_NET_WM_MOVERESIZE", wanted.data);
	wanted.window = None;
}

/* An app may be quicker than a window manager that holds back the press to look at it first. What
 * we did before it comes would be in vain: with it comes the pointer. */
void oriel_x11_button(bool down)
{
	oriel_x11.pressed = down;
	if (!down)
		wanted.window = None;
	else if (wanted.window)
		ask_wanted();
}

static bool begin(SDL_Window *window, int direction)
{
	Window xwindow = (Window)oriel_platform_native(window);
	int x, y, button;

	if (!oriel_x11.display || !xwindow)
		return false;
	button = query_pointer(&x, &y);
	if (!button) /* let go in the meantime: the window manager would wait for a click */
		return false;
	wanted.window = xwindow;
	memcpy(wanted.data, (long[]){x, y, direction, button, 1}, sizeof wanted.data);
	if (oriel_x11.pressed || !oriel_x11.xinput_opcode)
		ask_wanted();
	return true;
}

bool oriel_platform_begin_move(SDL_Window *window)
{
	return begin(window, MOVERESIZE_MOVE);
}

bool oriel_platform_begin_resize(SDL_Window *window, uint32_t edges)
{
	switch (edges) {
	case ORIEL_EDGE_TOP:
		return begin(window, MOVERESIZE_TOP);
	case ORIEL_EDGE_BOTTOM:
		return begin(window, MOVERESIZE_BOTTOM);
	case ORIEL_EDGE_LEFT:
		return begin(window, MOVERESIZE_LEFT);
	case ORIEL_EDGE_RIGHT:
		return begin(window, MOVERESIZE_RIGHT);
	case ORIEL_EDGE_TOP | ORIEL_EDGE_LEFT:
		return begin(window, MOVERESIZE_TOP_LEFT);
	case ORIEL_EDGE_TOP | ORIEL_EDGE_RIGHT:
		return begin(window, MOVERESIZE_TOP_RIGHT);
	case ORIEL_EDGE_BOTTOM | ORIEL_EDGE_LEFT:
		return begin(window, MOVERESIZE_BOTTOM_LEFT);
	case ORIEL_EDGE_BOTTOM | ORIEL_EDGE_RIGHT:
		return begin(window, MOVERESIZE_BOTTOM_RIGHT);
	}
	return false;
}

void oriel_platform_window_menu(SDL_Window *window)
{
	Window xwindow = (Window)oriel_platform_native(window);
	int x, y;

	if (!oriel_x11.display || !xwindow)
		return;
	query_pointer(&x, &y);
	XUngrabPointer(oriel_x11.display, CurrentTime);
	send_to_root(xwindow, "_GTK_SHOW_WINDOW_MENU", (long[]){0, x, y, 0, 0});
}

bool oriel_platform_grab(SDL_Window *window)
{
	Window xwindow = (Window)oriel_platform_native(window);
	int status;

	if (!oriel_x11.display || !xwindow)
		return false;
	/* With owner events: inside of our windows everything goes on as without a grab. */
	status = XGrabPointer(oriel_x11.display, xwindow, True, ButtonPressMask, GrabModeAsync,
		GrabModeAsync, None, None, CurrentTime);
	if (status != GrabSuccess)
		oriel_debug("X11: no pointer grab for a popup (%d)", status);
	return status == GrabSuccess;
}

void oriel_platform_ungrab(void)
{
	if (!oriel_x11.display)
		return;
	XUngrabPointer(oriel_x11.display, CurrentTime);
	XFlush(oriel_x11.display);
}
