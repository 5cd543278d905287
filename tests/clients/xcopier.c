/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/*
 * xcopier N: as copier, for X11. xcopier 0: says that it copies, and answers nobody.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <X11/Xatom.h>
#include <X11/Xlib.h>

static Display *display;
static Atom targets, utf8;
static char text[64];

static void answer(const XSelectionRequestEvent *request)
{
	XEvent reply = {.xselection = {.type = SelectionNotify,
				.requestor = request->requestor,
				.selection = request->selection,
				.target = request->target,
				.property = request->property,
				.time = request->time}};

	if (request->target == targets)
		XChangeProperty(display, request->requestor, request->property, XA_ATOM, 32,
			PropModeReplace, (unsigned char *)&utf8, 1);
	else if (request->target == utf8)
		XChangeProperty(display, request->requestor, request->property, utf8, 8,
			PropModeReplace, (unsigned char *)text, (int)strlen(text));
	else
		reply.xselection.property = None;
	XSendEvent(display, request->requestor, False, NoEventMask, &reply);
}

static int ignore_error(Display *d, XErrorEvent *event)
{
	(void)d;
	(void)event;
	return 0;
}

static void answer_all(void)
{
	while (XPending(display)) {
		XEvent event;

		XNextEvent(display, &event);
		if (event.type == SelectionRequest)
			answer(&event.xselectionrequest);
	}
}

int main(int argc, char *argv[])
{
	int n = argc > 1 ? atoi(argv[1]) : 1;
	Window windows[2];
	Atom clipboard;

	display = XOpenDisplay(NULL);
	if (!display)
		return 1;
	XSetErrorHandler(ignore_error);
	clipboard = XInternAtom(display, "CLIPBOARD", False);
	targets = XInternAtom(display, "TARGETS", False);
	utf8 = XInternAtom(display, "UTF8_STRING", False);
	for (int i = 0; i < 2; i++)
		windows[i] = XCreateSimpleWindow(
			display, DefaultRootWindow(display), 0, 0, 1, 1, 0, 0, 0);
	for (int i = 1; i <= n; i++) {
		snprintf(text, sizeof(text), "change %d", i);
		XSetSelectionOwner(display, clipboard, windows[i % 2], CurrentTime);
		XSync(display, False);
		answer_all();
	}
	if (n == 0)
		XSetSelectionOwner(display, clipboard, windows[0], CurrentTime);
	XSync(display, False);
	puts("done");
	fflush(stdout);
	for (;;) {
		XEvent event;

		XNextEvent(display, &event);
		if (event.type == SelectionRequest && n > 0)
			answer(&event.xselectionrequest);
		XFlush(display);
	}
}
