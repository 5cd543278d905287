/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/* The connection: what is read from X events before SDL sees them, and X errors. */
#include "host/platform/x11.h"

#include <X11/extensions/XInput2.h>
#include <X11/Xutil.h>

#include "src/base/log.h"

struct oriel_x11 oriel_x11;

static XErrorHandler previous_handler;

/* Errors of X arrive late and are mostly about windows that are just gone: none is worth dying. */
static int handle_error(Display *display, XErrorEvent *error)
{
	static bool told;
	char text[128];

	if (told)
		return 0;
	told = true;
	XGetErrorText(display, error->error_code, text, sizeof text);
	oriel_warning("X11: %s (request %d.%d); further ones are not reported", text,
		error->request_code, error->minor_code);
	return 0;
}

static bool any_button(const XIButtonState *buttons)
{
	for (int i = 0; i < buttons->mask_len; i++)
		if (buttons->mask[i])
			return true;
	return false;
}

/* SDL drops motion outside of the window even while X's button grab delivers it to us. */
static bool keep_generic(const XGenericEventCookie *cookie)
{
	const XIDeviceEvent *event = cookie->data;

	if (cookie->extension != oriel_x11.xinput_opcode)
		return true;
	/* SDL takes a slave's, which the window manager can't hold back. */
	if ((cookie->evtype == XI_ButtonPress || cookie->evtype == XI_ButtonRelease) &&
		event->deviceid != event->sourceid)
		oriel_x11_button(cookie->evtype == XI_ButtonPress);
	if (cookie->evtype != XI_Motion)
		return true;
	/* Only the master pointer, as SDL does: the slave behind it reports the same again. */
	if (event->deviceid == event->sourceid || !any_button(&event->buttons))
		return true;
	return !oriel_x11.events->motion_outside ||
	       !oriel_x11.events->motion_outside(
		       oriel_x11.user, event->event, event->event_x, event->event_y);
}

static bool keep_motion(const XMotionEvent *event)
{
	const unsigned buttons =
		Button1Mask | Button2Mask | Button3Mask | Button4Mask | Button5Mask;

	if (!(event->state & buttons) || !oriel_x11.events->motion_outside)
		return true;
	return !oriel_x11.events->motion_outside(oriel_x11.user, event->window, event->x, event->y);
}

/* SDL answers EnterNotify by XUngrabPointer(), which ends the button's and the popups' grab; it
 * finds out by motion where the pointer is. A pointer that rests gives none, so that is told from
 * here. */
static bool keep_enter(const XCrossingEvent *event)
{
	if (event->mode != NotifyGrab && oriel_x11.events->entered)
		oriel_x11.events->entered(oriel_x11.user, event->window, event->x, event->y);
	return false;
}

/* SDL's idea of focus includes popups, and misses losses while one is open. */
static void tell_focus(const XFocusChangeEvent *event)
{
	if (event->mode == NotifyGrab || event->mode == NotifyUngrab ||
		event->detail == NotifyInferior || event->detail == NotifyPointer)
		return;
	if (oriel_x11.events->focus)
		oriel_x11.events->focus(oriel_x11.user, event->window, event->type == FocusIn);
}

/* SDL selects XInput 2 events only, so a core press comes from oriel_platform_grab(). */
static bool keep_press(const XButtonEvent *event)
{
	XWindowAttributes a;

	if (!XGetWindowAttributes(event->display, event->window, &a))
		return true;
	if (event->x >= 0 && event->y >= 0 && event->x < a.width && event->y < a.height)
		return true;
	if (oriel_x11.events->press_outside)
		oriel_x11.events->press_outside(oriel_x11.user);
	return false;
}

/* Window managers set WM_STATE to Normal just while a window can be seen (ICCCM 4.1.3.1). The
 * window itself hears nothing when the frame around it is unmapped. */
static void tell_put_away(Window window)
{
	unsigned char *data = NULL;
	unsigned long n, left;
	Atom type;
	int format;

	if (!oriel_x11.events->put_away)
		return;
	if (XGetWindowProperty(oriel_x11.display, window, oriel_x11.wm_state, 0, 2, False,
		    oriel_x11.wm_state, &type, &format, &n, &left, &data) != Success)
		return;
	if (data && n && format == 32)
		oriel_x11.events->put_away(
			oriel_x11.user, window, *(long *)(void *)data != NormalState);
	if (data)
		XFree(data);
}

static void handle_property(const XPropertyEvent *event)
{
	if (event->atom == oriel_x11.rules_names && oriel_x11.events->keymap_changed)
		oriel_x11.events->keymap_changed(oriel_x11.user);
	if (event->atom == oriel_x11.wm_state && event->state == PropertyNewValue)
		tell_put_away(event->window);
}

static bool SDLCALL handle_event(void *user, XEvent *event)
{
	(void)user;
	if (event->xany.display != oriel_x11.display)
		return true;
	oriel_x11_correct_output(event);
	switch (event->type) {
	case GenericEvent:
		return keep_generic(&event->xcookie);
	case MotionNotify:
		return keep_motion(&event->xmotion);
	case ButtonPress:
		return keep_press(&event->xbutton);
	case EnterNotify:
		return keep_enter(&event->xcrossing);
	case LeaveNotify:
		return event->xcrossing.mode != NotifyGrab;
	case FocusIn:
	case FocusOut:
		tell_focus(&event->xfocus);
		return true;
	case PropertyNotify:
		handle_property(&event->xproperty);
		return true;
	}
	return true;
}

void oriel_platform_prepare(void)
{
	/* Everything here is made for X11; a user's SDL_VIDEO_DRIVER still wins. */
	SDL_SetHint(SDL_HINT_VIDEO_DRIVER, "x11");
}

void oriel_platform_init(SDL_Window *any, const struct oriel_platform_events *events, void *user)
{
	SDL_PropertiesID properties = SDL_GetWindowProperties(any);
	int first_event, first_error;

	oriel_x11 = (struct oriel_x11){.events = events, .user = user};
	oriel_x11.display =
		SDL_GetPointerProperty(properties, SDL_PROP_WINDOW_X11_DISPLAY_POINTER, NULL);
	if (!oriel_x11.display)
		return;
	oriel_x11.screen =
		(int)SDL_GetNumberProperty(properties, SDL_PROP_WINDOW_X11_SCREEN_NUMBER, 0);
	oriel_x11.rules_names = XInternAtom(oriel_x11.display, "_XKB_RULES_NAMES", False);
	oriel_x11.wm_state = XInternAtom(oriel_x11.display, "WM_STATE", False);
	if (!XQueryExtension(oriel_x11.display, "XInputExtension", &oriel_x11.xinput_opcode,
		    &first_event, &first_error))
		oriel_x11.xinput_opcode = 0;
	oriel_x11_watch_outputs();
	previous_handler = XSetErrorHandler(handle_error);
	SDL_SetX11EventHook(handle_event, NULL);
}

bool oriel_platform_tells_focus(void)
{
	return oriel_x11.display != NULL;
}

void oriel_platform_finish(void)
{
	if (!oriel_x11.display)
		return;
	SDL_SetX11EventHook(NULL, NULL);
	/* Errors may still be on the way: take them while our handler is there. */
	XSync(oriel_x11.display, False);
	XSetErrorHandler(previous_handler);
	oriel_x11 = (struct oriel_x11){0};
}
