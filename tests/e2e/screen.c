/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
#include "tests/e2e/screen.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <X11/Xatom.h>
#include <X11/Xutil.h>

#include "tests/e2e/e2e.h"

static Atom atom(const char *name)
{
	return XInternAtom(screen, name, False);
}

/* Items of a property; free with XFree(). NULL: there are none. */
static void *property(Window window, const char *name, Atom type, unsigned long *ret_n)
{
	unsigned char *data = NULL;
	unsigned long n = 0, left;
	Atom is;
	int format;

	if (XGetWindowProperty(screen, window, atom(name), 0, 1024, False, type, &is, &format, &n,
		    &left, &data) != Success)
		return NULL;
	if (!n && data) {
		XFree(data);
		data = NULL;
	}
	*ret_n = n;
	return data;
}

static void read_titles(struct screen_window *ret)
{
	XClassHint hint = {NULL, NULL};
	unsigned long n;
	char *title = property(ret->window, "_NET_WM_NAME", atom("UTF8_STRING"), &n);

	if (title) {
		snprintf(ret->title, sizeof(ret->title), "%.*s", (int)n, title);
		XFree(title);
	}
	if (!XGetClassHint(screen, ret->window, &hint))
		return;
	snprintf(ret->app_id, sizeof(ret->app_id), "%s", hint.res_class ? hint.res_class : "");
	XFree(hint.res_name);
	XFree(hint.res_class);
}

static bool read_window(Window window, struct screen_window *ret)
{
	XWindowAttributes attributes;
	unsigned long n;
	long *id = property(window, "_ORIEL_WINDOW", XA_CARDINAL, &n);
	Window child;
	int x = 0, y = 0;

	if (!id)
		return false;
	memset(ret, 0, sizeof(*ret));
	ret->window = window;
	ret->id = (uint32_t)*id;
	XFree(id);
	if (!XGetWindowAttributes(screen, window, &attributes))
		return false;
	XTranslateCoordinates(screen, window, DefaultRootWindow(screen), 0, 0, &x, &y, &child);
	ret->area = (struct oriel_rect){x, y, attributes.width, attributes.height};
	ret->mapped = attributes.map_state == IsViewable;
	ret->popup = attributes.override_redirect;
	read_titles(ret);
	return true;
}

/* What the window manager manages: far fewer windows than there are. */
static int collect_managed(struct screen_window *windows, int max)
{
	unsigned long i, n_clients = 0;
	Window *clients =
		property(DefaultRootWindow(screen), "_NET_CLIENT_LIST", XA_WINDOW, &n_clients);
	int n = 0;

	for (i = 0; i < n_clients && n < max; i++)
		n += read_window(clients[i], &windows[n]);
	if (clients)
		XFree(clients);
	return n;
}

/* Popups are where the window manager has not put a frame around them. */
static int collect_popups(struct screen_window *windows, int max)
{
	Window root, parent, *children = NULL;
	unsigned i, n_children = 0;
	int n = 0;

	if (!XQueryTree(screen, DefaultRootWindow(screen), &root, &parent, &children, &n_children))
		return 0;
	for (i = 0; i < n_children && n < max; i++)
		n += read_window(children[i], &windows[n]) && windows[n].popup;
	if (children)
		XFree(children);
	return n;
}

int screen_windows(struct screen_window *windows, int max)
{
	int n = collect_managed(windows, max);

	return n + collect_popups(windows + n, max - n);
}

int screen_count_mapped(void)
{
	struct screen_window windows[SCREEN_WINDOWS];
	int i, mapped = 0, n = screen_windows(windows, SCREEN_WINDOWS);

	for (i = 0; i < n; i++)
		mapped += windows[i].mapped;
	return mapped;
}

static bool matches(const struct screen_window *window, const char *title)
{
	if (!*title)
		return window->popup;
	if (!strcmp(title, "*"))
		return !window->popup;
	return !strcmp(window->title, title);
}

bool screen_find(const char *title, struct screen_window *ret_window)
{
	struct screen_window windows[SCREEN_WINDOWS], *best = NULL;
	int i, n = screen_windows(windows, SCREEN_WINDOWS);

	for (i = 0; i < n; i++) {
		struct screen_window *window = &windows[i];

		if (!window->mapped || !matches(window, title))
			continue;
		if (!best || window->id > best->id)
			best = window;
	}
	if (best)
		*ret_window = *best;
	return best != NULL;
}

struct screen_window screen_wait(const char *title)
{
	uint64_t deadline = e2e_deadline();
	struct screen_window window, before = {0};
	int same = 0;

	while (same < 10) {
		bool found = screen_find(title, &window);

		same = found && !memcmp(&window.area, &before.area, sizeof(window.area)) ? same + 1
											 : 0;
		before = window;
		if (!e2e_poll(deadline))
			e2e_fail("no window '%s' comes to stay on the screen", title);
	}
	return window;
}

void screen_wait_gone(const char *title)
{
	struct screen_window window;

	E2E_UNTIL(!screen_find(title, &window), "the window '%s' stays on the screen", title);
}

static struct image *capture(Window window, int width, int height, int depth)
{
	XImage *x_image = XGetImage(
		screen, window, 0, 0, (unsigned)width, (unsigned)height, AllPlanes, ZPixmap);
	struct image *image;
	int y;

	if (!x_image)
		return NULL;
	image = image_create(width, height);
	image->alpha = depth == 32;
	for (y = 0; y < height; y++) {
		uint32_t *row = image_at(image, 0, y);
		int x;

		memcpy(row, x_image->data + y * x_image->bytes_per_line, (size_t)width * 4);
		for (x = 0; x < width && !image->alpha; x++)
			row[x] |= 0xff000000u;
	}
	XDestroyImage(x_image);
	return image;
}

struct image *screen_capture(Window window)
{
	XWindowAttributes attributes;

	if (!XGetWindowAttributes(screen, window, &attributes))
		return NULL;
	return capture(window, attributes.width, attributes.height, attributes.depth);
}

struct image *screen_capture_root(void)
{
	return screen_capture(DefaultRootWindow(screen));
}

static _Noreturn void tell_difference(const char *title, struct image *got, struct image *expected,
	const struct image_difference *difference)
{
	char path[512];

	snprintf(path, sizeof(path), "%s/e2e-%s-expected.png", e2e_out(), e2e_name());
	image_save(expected, path);
	if (!got)
		e2e_fail("the window '%s' can't be captured", title);
	snprintf(path, sizeof(path), "%s/e2e-%s-got.png", e2e_out(), e2e_name());
	image_save(got, path);
	if (difference->size)
		e2e_fail("the window '%s' is %dx%d, not %dx%d", title, got->width, got->height,
			expected->width, expected->height);
	e2e_fail("the window '%s' differs in %zu pixels, first at %d,%d: %08x instead of %08x "
		 "(largest difference of a channel: %d); see %s",
		title, difference->pixels, difference->x, difference->y, difference->got,
		difference->expected, difference->largest, path);
}

struct image *screen_capture_idle(const char *title)
{
	uint64_t deadline = e2e_deadline();
	struct image *before = NULL, *now;
	struct image_difference difference;
	struct screen_window window;
	int same = 0;

	while (same < 30) {
		if (!e2e_poll(deadline))
			e2e_fail("the window '%s' never comes to rest", title);
		now = screen_find(title, &window) ? screen_capture(window.window) : NULL;
		same = now && before && image_same(now, before, 0, &difference) ? same + 1 : 0;
		image_destroy(before);
		before = now;
	}
	return before;
}

void screen_expect(const char *title, struct image *expected, int tolerance)
{
	uint64_t deadline = e2e_deadline();
	struct image_difference difference = {0};
	struct screen_window window;
	struct image *got = NULL;
	Window raised = None;

	for (;;) {
		image_destroy(got);
		got = NULL;
		if (screen_find(title, &window)) {
			/* What other windows cover can't be captured. */
			if (window.window != raised && !window.popup)
				XRaiseWindow(screen, window.window);
			raised = window.window;
			got = screen_capture(window.window);
		}
		if (got && image_same(got, expected, tolerance, &difference))
			break;
		if (!e2e_poll(deadline))
			tell_difference(title, got, expected, &difference);
	}
	image_destroy(got);
	image_destroy(expected);
}
