/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/*
 * xpattern WxH SEED [TITLE]: an X11 window with the pattern; prints keys, buttons and sizes, one
 * line each.
 */
#include <stdio.h>
#include <stdlib.h>
#include <X11/keysym.h>
#include <X11/Xlib.h>
#include <X11/Xutil.h>

#include "tests/clients/pattern.h"

static Display *display;
static Window window;
static GC gc;
static uint32_t seed = 1;

static void draw(int width, int height)
{
	XImage *image = XCreateImage(display, DefaultVisual(display, DefaultScreen(display)), 24,
		ZPixmap, 0, malloc((size_t)width * (size_t)height * 4), (unsigned)width,
		(unsigned)height, 32, 0);
	int x, y;

	for (y = 0; y < height; y++)
		for (x = 0; x < width; x++)
			XPutPixel(image, x, y, pattern_pixel((uint32_t)x, (uint32_t)y, seed));
	XPutImage(display, window, gc, image, 0, 0, 0, 0, (unsigned)width, (unsigned)height);
	XDestroyImage(image);
	XFlush(display);
}

static void print_key(XKeyEvent *event)
{
	const char *name = XKeysymToString(XLookupKeysym(event, event->state & ShiftMask ? 1 : 0));

	printf("key %u %s %s\n", event->keycode - 8, event->type == KeyPress ? "down" : "up",
		name ? name : "?");
}

int main(int argc, char *argv[])
{
	int width = 300, height = 200;
	XEvent event;

	if (argc > 1 && sscanf(argv[1], "%dx%d", &width, &height) != 2) {
		fprintf(stderr, "usage: xpattern WxH SEED [TITLE]\n");
		return 2;
	}
	if (argc > 2)
		seed = (uint32_t)atoi(argv[2]);
	setvbuf(stdout, NULL, _IOLBF, 0);
	display = XOpenDisplay(NULL);
	if (!display) {
		fprintf(stderr, "xpattern: no X server at DISPLAY\n");
		return 1;
	}
	window = XCreateSimpleWindow(display, DefaultRootWindow(display), 0, 0, (unsigned)width,
		(unsigned)height, 0, 0, 0);
	gc = XCreateGC(display, window, 0, NULL);
	XStoreName(display, window, argc > 3 ? argv[3] : "xpattern");
	XSetClassHint(display, window, &(XClassHint){(char *)"xpattern", (char *)"XPattern"});
	XSelectInput(display, window,
		ExposureMask | StructureNotifyMask | KeyPressMask | KeyReleaseMask |
			ButtonPressMask);
	XMapWindow(display, window);
	for (;;) {
		XNextEvent(display, &event);
		switch (event.type) {
		case ConfigureNotify:
			width = event.xconfigure.width;
			height = event.xconfigure.height;
			printf("size %d %d\n", width, height);
			break;
		case Expose:
			if (!event.xexpose.count)
				draw(width, height);
			break;
		case KeyPress:
		case KeyRelease:
			print_key(&event.xkey);
			break;
		case ButtonPress:
			printf("button %u %d %d\n", event.xbutton.button, event.xbutton.x,
				event.xbutton.y);
			break;
		}
	}
}
