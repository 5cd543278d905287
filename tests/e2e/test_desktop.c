/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/*
 * oriel desktop: a whole desktop of the guest in one window. A program that fills the inner screen
 * shows its pattern, so that each pixel of the window is known.
 */
#include <stdio.h>
#include <sys/stat.h>

#include "tests/e2e/e2e.h"

/* A program without arguments, which is all that some desktops can be told to start. */
static const char *make_filler(void)
{
	static char path[512];
	FILE *file;

	snprintf(path, sizeof path, "%s/filler", e2e_dir());
	file = fopen(path, "w");
	if (!file ||
		fputs("#!/bin/sh\nexec pattern 'toplevel inner 300x200 seed=5' "
		      "'state inner fullscreen'\n",
			file) < 0 ||
		fclose(file) != 0 || chmod(path, 0700) != 0)
		e2e_fail("can't write %s", path);
	return path;
}

static struct image *filled(const struct screen_window *window)
{
	return image_pattern(window->area.width, window->area.height, 0, 0, 5);
}

static void expect_filled(void)
{
	struct screen_window window = screen_wait("*");

	screen_expect("*", filled(&window), 0);
}

static void test_labwc(void **state)
{
	struct screen_window window;

	(void)state;
	process_run("oriel", "oriel", "desktop", "labwc", "-s", make_filler(), NULL);
	expect_filled();
	window = screen_wait("*");
	screen_resize(&window, 900, 600);
	screen_expect("*", image_pattern(900, 600, 0, 0, 5), 0);
}

/* It comes as large as the screen; the user makes a window of it. */
static void test_miral_shell(void **state)
{
	struct screen_window window;

	(void)state;
	process_run(
		"oriel", "oriel", "desktop", "miral-shell", "--startup-apps", make_filler(), NULL);
	expect_filled();
	window = screen_wait("*");
	screen_set_state(window.window, false, "_NET_WM_STATE_FULLSCREEN");
	screen_resize(&window, 900, 600);
	E2E_UNTIL(screen_find("*", &window) && window.area.width == 900,
		"the window is %d pixels wide", window.area.width);
	expect_filled();
}

static void test_weston(void **state)
{
	struct screen_window window;
	struct image *image;

	(void)state;
	process_run("oriel", "oriel", "desktop", "--", "weston", "--backend=wayland", NULL);
	window = screen_wait("*");
	image = screen_capture(window.window);
	if (!image || image_uniform(image, &(struct oriel_rect){0, 0, image->width, image->height}))
		e2e_fail("the desktop is blank");
	image_destroy(image);
}

static bool grabbed(void)
{
	int r = XGrabKeyboard(screen, DefaultRootWindow(screen), False, GrabModeAsync,
		GrabModeAsync, CurrentTime);

	if (r == GrabSuccess)
		XUngrabKeyboard(screen, CurrentTime);
	XSync(screen, False);
	return r == AlreadyGrabbed;
}

/* Keys that the window manager would take for itself go to the window that has asked for them, as
 * long as it has focus. */
static void test_grab_keys(void **state)
{
	struct screen_window window;
	struct process *log;

	(void)state;
	session_attach_with("--grab-keys", NULL);
	log = session_client("inputlog", "300x200", "log", NULL);
	window = screen_wait("log");
	screen_activate(window.window);
	process_expect(log, "focus in");
	E2E_UNTIL(grabbed(), "the window has focus and not all keys");
	screen_tap(62);
	process_expect(log, "key 62");
	process_stop(log);
	E2E_UNTIL(!grabbed(), "the window is gone and the keys are still grabbed");
}

int main(int argc, char *argv[])
{
	static const struct CMUnitTest tests[] = {
		E2E_TEST(test_labwc),
		E2E_TEST(test_miral_shell),
		E2E_TEST(test_weston),
		E2E_TEST(test_grab_keys),
	};

	return e2e_main(argc, argv, "desktop", tests, sizeof(tests) / sizeof(*tests));
}
