/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/*
 * oriel desktop: a whole desktop of the guest in one window. A program that fills the inner screen
 * shows its pattern, so that each pixel of the window is known. And the host's shortcuts, which
 * such programs want for themselves.
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
	/* On its way there it may have the screen's size once more. */
	screen_resize(&window, 900, 600);
	screen_expect("*", image_pattern(900, 600, 0, 0, 5), 0);
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
	const Time future = 0x7fff0000; /* never granted, so that nobody else is kept out */

	return XGrabKeyboard(screen, DefaultRootWindow(screen), False, GrabModeAsync, GrabModeAsync,
		       future) == AlreadyGrabbed;
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

static void press_alt_tab(void)
{
	screen_key(56, true);
	screen_tap(15);
	screen_key(56, false);
}

/* Ctrl+Alt+Escape */
static void press_way_out(void)
{
	screen_key(29, true);
	screen_key(56, true);
	screen_tap(1);
	screen_key(56, false);
	screen_key(29, false);
}

/* A program that has asked for the host's shortcuts and has focus, and a window to go to. */
static struct process *start_asking(Window *ret_asking, struct screen_window *ret_other)
{
	struct process *log;

	session_client("inputlog", "300x200", "other", NULL);
	*ret_other = screen_wait("other");
	log = session_client("inputlog", "300x200", "asking", NULL);
	*ret_asking = screen_wait("asking").window;
	screen_activate(ret_other->window);
	screen_activate(*ret_asking);
	process_expect(log, "focus in");
	process_say(log, "inhibit");
	return log;
}

/* Alt+Tab reaches the program, until the user takes it back or it lets go. */
static void test_allow_grab(void **state)
{
	struct screen_window other;
	struct process *log;
	Window asking;

	(void)state;
	session_attach_with("--allow-grab", NULL);
	log = start_asking(&asking, &other);
	process_expect(log, "shortcuts active");
	E2E_UNTIL(grabbed(), "the program has asked and does not have all keys");
	press_alt_tab();
	process_expect(log, "key 15 down Tab");
	process_expect(log, "key 56 up");
	e2e_sleep(300);
	assert_true(screen_focused() == asking);
	press_way_out();
	process_expect(log, "shortcuts inactive");
	E2E_UNTIL(!grabbed(), "the user can't take the keys back");
	press_alt_tab();
	E2E_UNTIL(screen_focused() == other.window, "Alt+Tab does not reach the window manager");
	process_expect(log, "focus out");
	/* Its focus comes back, the keys don't until the user gives them. */
	screen_activate(asking);
	process_expect(log, "focus in");
	assert_false(grabbed());
	press_way_out();
	process_expect(log, "shortcuts active");
	E2E_UNTIL(grabbed(), "the user can't give the keys again");
	screen_click(other.area.x + 150, other.area.y + 100);
	process_expect(log, "focus out");
	E2E_UNTIL(!grabbed(), "the window has lost focus and still has all keys");
	press_alt_tab();
	process_expect(log, "focus in");
	E2E_UNTIL(grabbed(), "the window has focus again and does not have all keys");
	process_say(log, "free");
	E2E_UNTIL(!grabbed(), "the program has let go and still has all keys");
}

static void test_grab_not_allowed(void **state)
{
	struct screen_window other;
	struct process *log;
	Window asking;

	(void)state;
	session_attach();
	log = start_asking(&asking, &other);
	e2e_sleep(300);
	press_alt_tab();
	E2E_UNTIL(screen_focused() == other.window, "Alt+Tab does not reach the window manager");
	assert_null(process_find(log, "key 15"));
	assert_null(process_find(log, "shortcuts"));
}

/* An X server with a screen in a window asks for all keys, and lets them go at Ctrl+Shift. */
static void test_grabbing_program(void **state)
{
	struct process *server, *inner;
	struct screen_window window;
	char display[32];

	(void)state;
	session_attach_with("--allow-grab", NULL);
	server = session_client(
		"Xwayland", "-host-grab", "-geometry", "400x300", "-ac", "-displayfd", "1", NULL);
	snprintf(display, sizeof display, "DISPLAY=:%s", process_expect(server, ""));
	inner = process_run("inner", "env", display, "xpattern", "400x300", "1", "inner", NULL);
	window = screen_wait("*");
	screen_activate(window.window);
	screen_point(window.area.x + 200, window.area.y + 150);
	E2E_UNTIL((screen_tap(30), e2e_sleep(100), process_find(inner, "key 30 down")),
		"no key reaches the inner program");
	E2E_UNTIL(grabbed(), "the program has asked and does not have all keys");
	press_alt_tab();
	process_expect(inner, "key 15 down");
	screen_key(29, true);
	screen_tap(42);
	screen_key(29, false);
	E2E_UNTIL(!grabbed(), "the program has let go and still has all keys");
}

int main(int argc, char *argv[])
{
	static const struct CMUnitTest tests[] = {
		E2E_TEST(test_labwc),
		E2E_TEST(test_miral_shell),
		E2E_TEST(test_weston),
		E2E_TEST(test_grab_keys),
		E2E_TEST(test_allow_grab),
		E2E_TEST(test_grab_not_allowed),
		E2E_TEST(test_grabbing_program),
	};

	return e2e_main(argc, argv, "desktop", tests, sizeof(tests) / sizeof(*tests));
}
