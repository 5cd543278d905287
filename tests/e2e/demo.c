/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/*
 * demo PICTURE: shows real programs of a guest (demo.h) as windows of their own, on the X screen of
 * DISPLAY or else on one of its own, and looks whether they are really to be seen. Types into the
 * terminal, resizes it, opens a menu, and saves a picture of the screen. Exit status 0: all were
 * seen.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <X11/Xatom.h>

#include "tests/e2e/demo.h"
#include "tests/e2e/e2e.h"

static const char *picture;
static bool own_screen;

/* The newest window that was not there before. */
static struct screen_window wait_for_new(const uint32_t *known, int n_known)
{
	struct screen_window windows[SCREEN_WINDOWS];
	uint64_t deadline = e2e_deadline();
	int i, j, n;

	for (;;) {
		n = screen_windows(windows, SCREEN_WINDOWS);
		for (i = 0; i < n; i++) {
			for (j = 0; j < n_known && known[j] != windows[i].id; j++)
				;
			if (j == n_known && windows[i].mapped && !windows[i].popup)
				return windows[i];
		}
		if (!e2e_poll(deadline))
			e2e_fail("a program shows no window");
	}
}

static bool refresh(struct screen_window *window)
{
	struct screen_window windows[SCREEN_WINDOWS];
	int i, n = screen_windows(windows, SCREEN_WINDOWS);

	for (i = 0; i < n; i++)
		if (windows[i].window == window->window && windows[i].mapped) {
			*window = windows[i];
			return true;
		}
	return false;
}

/* Whether the window's opaque pixels are on the screen where the window is, but for one in 200:
 * what moves in it may be a frame ahead of the compositing manager. At least half of it must be on
 * the screen at all. */
static bool matches_screen(
	const struct oriel_rect *area, const struct image *content, const struct image *whole)
{
	int x, y, n = 0, others = 0;

	for (y = 0; y < content->height; y++)
		for (x = 0; x < content->width; x++) {
			uint32_t pixel = *image_at(content, x, y);
			int at_x = area->x + x, at_y = area->y + y;

			if (at_x < 0 || at_y < 0 || at_x >= whole->width || at_y >= whole->height)
				continue;
			n++;
			others += pixel >> 24 == 255 &&
				  (pixel ^ *image_at(whole, at_x, at_y)) & 0xffffff;
		}
	return n * 2 >= content->width * content->height && others * 200 <= n;
}

static bool is_seen(struct screen_window *window)
{
	struct image *whole, *content;
	bool seen = false;

	if (!refresh(window))
		return false;
	XGrabServer(screen);
	whole = screen_capture_root();
	content = screen_capture(window->window);
	XUngrabServer(screen);
	if (whole && content)
		seen = !image_uniform(content,
			       &(struct oriel_rect){0, 0, content->width, content->height}) &&
		       matches_screen(&window->area, content, whole);
	image_destroy(content);
	image_destroy(whole);
	return seen;
}

static void expect_seen(struct screen_window *window, const char *what)
{
	E2E_UNTIL(is_seen(window), "%s is not seen on the screen", what);
	printf("shown: %s: %dx%d at %d,%d\n", what, window->area.width, window->area.height,
		window->area.x, window->area.y);
	fflush(stdout);
}

/* The window's content has become another one. Takes before. */
static void expect_change(
	const struct screen_window *window, struct image *before, const char *what)
{
	uint64_t deadline = e2e_deadline();
	struct image_difference difference;
	struct image *now;
	bool same = true;

	while (same) {
		now = screen_capture(window->window);
		same = !now || image_same(now, before, 0, &difference);
		image_destroy(now);
		if (!e2e_poll(deadline))
			e2e_fail("%s changes nothing", what);
	}
	image_destroy(before);
	printf("%s\n", what);
}

/* Typing comes with capitals and all: keys of a US board. */
static void type_text(const char *text)
{
	for (; *text; text++) {
		char letter[2] = {*text, 0};
		bool capital = *text >= 'A' && *text <= 'Z';

		if (capital) {
			letter[0] = (char)(*text - 'A' + 'a');
			screen_key(42, true);
		}
		screen_type(letter);
		if (capital)
			screen_key(42, false);
	}
}

static void use_terminal(struct screen_window *window)
{
	struct image *before = screen_capture(window->window);

	screen_activate(window->window);
	type_text("echo hello from Oriel\n");
	expect_change(window, before, "typed into the terminal");
	/* By whole letters, so that foot takes exactly that size. */
	screen_resize(window, window->area.width + 4 * 9, window->area.height + 3 * 18);
	{
		int height = window->area.height;

		E2E_UNTIL(refresh(window) && window->area.height > height,
			"the terminal is not resized");
	}
	type_text("uname\n");
	expect_seen(window, "the terminal, resized");
}

static void open_menu(const struct screen_window *window)
{
	struct screen_window popup;

	screen_activate(window->window);
	/* The menu button of the header bar. */
	screen_click(window->area.x + window->area.width - 151, window->area.y + 23);
	E2E_UNTIL(screen_find("", &popup), "the menu button opens no menu");
	popup = screen_wait("");
	expect_seen(&popup, "its menu");
}

/* Side by side, on the screen of our own; a user's windows stay where the window manager puts
 * them. */
static void arrange(struct screen_window *window, const struct demo_app *app)
{
	if (app->width)
		screen_resize(window, app->width, app->height);
	/* With other fonts an app may need more. */
	E2E_UNTIL(refresh(window) && window->area.width >= app->width, "%s is %dx%d, not %dx%d",
		app->what, window->area.width, window->area.height, app->width, app->height);
	screen_move(window, app->x, app->y);
}

static void start_apps(struct screen_window windows[DEMO_APPS])
{
	uint32_t known[DEMO_APPS];
	int i;

	for (i = 0; i < DEMO_APPS; i++) {
		process_start(demo_apps[i].argv[2], demo_apps[i].argv);
		windows[i] = wait_for_new(known, i);
		known[i] = windows[i].id;
		if (own_screen)
			arrange(&windows[i], &demo_apps[i]);
		screen_activate(windows[i].window);
		expect_seen(&windows[i], demo_apps[i].what);
	}
}

/* A plain background, where the compositing manager looks for it. */
static void set_background(unsigned long colour)
{
	Window root = DefaultRootWindow(screen);
	Pixmap pixmap = XCreatePixmap(screen, root, 1, 1, 24);
	GC gc = XCreateGC(screen, pixmap, 0, NULL);

	XSetForeground(screen, gc, colour);
	XFillRectangle(screen, pixmap, gc, 0, 0, 1, 1);
	XFreeGC(screen, gc);
	XSetWindowBackgroundPixmap(screen, root, pixmap);
	XClearWindow(screen, root);
	XChangeProperty(screen, root, XInternAtom(screen, "_XROOTPMAP_ID", False), XA_PIXMAP, 32,
		PropModeReplace, (unsigned char *)&pixmap, 1);
	XSync(screen, False);
}

static void prepare_screen(void)
{
	if (getenv("DISPLAY") && *getenv("DISPLAY")) {
		if (!screen_connect())
			e2e_fail("there is no X server at DISPLAY=%s", getenv("DISPLAY"));
		return;
	}
	own_screen = true;
	screen_start(2050, 1020);
	set_background(0x33475b);
	/* For what is not opaque: round corners and shadows of menus. */
	process_run("xcompmgr", "xcompmgr", "-n", NULL);
}

static int run(void *user)
{
	struct screen_window windows[DEMO_APPS];
	struct image *image;

	(void)user;
	prepare_screen();
	demo_start();
	start_apps(windows);
	use_terminal(&windows[DEMO_TERMINAL]);
	open_menu(&windows[DEMO_WIDGETS]);
	image = screen_capture_root();
	if (!image || !image_save(image, picture))
		e2e_fail("can't write %s", picture);
	image_destroy(image);
	printf("saved: %s\n", picture);
	demo_stop();
	process_kill_all();
	return 0;
}

int main(int argc, char *argv[])
{
	if (argc != 2) {
		fprintf(stderr, "usage: demo PICTURE\n");
		return 2;
	}
	picture = argv[1];
	return e2e_supervised("demo", run, NULL);
}
