/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/*
 * What the X11 files share: SDL's own connection to the X server, so that our requests keep their
 * order with SDL's. display is NULL when SDL runs on something else; everything is a no-op then.
 */
#ifndef ORIEL_HOST_PLATFORM_X11_H
#define ORIEL_HOST_PLATFORM_X11_H

#include <X11/Xlib.h>

#include "host/platform/platform.h"

struct oriel_x11 {
	Display *display;
	int screen;
	int xinput_opcode; /* 0: no XInput 2 */
	int randr_event;   /* type of RandR's notices; 0: no RandR */
	bool pressed;      /* a press was delivered to us, and not its release */
	Atom rules_names;  /* _XKB_RULES_NAMES */
	Atom wm_state;     /* WM_STATE */
	const struct oriel_platform_events *events;
	void *user;
};

extern struct oriel_x11 oriel_x11;

/* x11_screens.c: asks for notices about screens, and has SDL understand one. */
void oriel_x11_watch_outputs(void);
void oriel_x11_correct_output(XEvent *event);
/* A button went down, or up, as the window manager lets us know of it. */
void oriel_x11_button(bool down);

#endif
