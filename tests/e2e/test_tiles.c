/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/*
 * A window manager that tiles: sizes are its own to give, programs obey to the pixel, and nobody
 * argues with it.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/e2e/e2e.h"
#include "tests/e2e/popup.h"

/* Sizes that an app may be told of for one change of the host's. */
enum { MOST_CONFIGURES = 6 };

/* The window is as large as its tile, and the app has drawn itself that large. */
static struct screen_window expect_filled(const char *title, uint32_t seed)
{
	struct screen_window window = screen_wait(title);

	screen_expect(title, image_pattern(window.area.width, window.area.height, 0, 0, seed), 0);
	return window;
}

static unsigned count_configures(struct process *app, const char *prefix)
{
	unsigned n = 0;

	while (process_find(app, prefix))
		n++;
	return n;
}

/* Some, but not many; and none any more when all is said. */
static void expect_quiet(struct process *app, const char *name)
{
	char prefix[64];
	unsigned n;

	snprintf(prefix, sizeof(prefix), "event configure %s ", name);
	e2e_sleep(1500);
	n = count_configures(app, prefix);
	e2e_note("%u configures for '%s'", n, name);
	if (n > MOST_CONFIGURES)
		e2e_fail("'%s' is configured %u times", name, n);
	e2e_sleep(1500);
	n = count_configures(app, prefix);
	if (n)
		e2e_fail("'%s' is configured %u times more while nothing changes", name, n);
}

static void expect_half(const struct screen_window *window)
{
	if (window->area.width < SCREEN_WIDTH / 2 - 10 || window->area.width > SCREEN_WIDTH / 2)
		e2e_fail("a tile is %d wide", window->area.width);
}

static void test_sizes(void **state)
{
	struct process *app = session_pattern("toplevel left 300x200 decorated=1 seed=1");
	struct screen_window window;

	(void)state;
	session_attach();
	window = expect_filled("left", 1);
	assert_true(window.area.width >= SCREEN_WIDTH - 10 && window.area.width <= SCREEN_WIDTH);
	expect_quiet(app, "left");
	process_ask(app, "toplevel right 400x100 decorated=1 seed=2");
	window = expect_filled("right", 2);
	expect_half(&window);
	window = expect_filled("left", 1);
	expect_half(&window);
	expect_quiet(app, "left");
	screen_tell_tiler("resize grow width 100 px");
	e2e_sleep(200);
	expect_filled("left", 1);
	expect_filled("right", 2);
	screen_tell_tiler("split vertical");
	process_ask(app, "toplevel below 100x100 decorated=0 seed=3");
	expect_filled("below", 3);
	expect_filled("left", 1);
	expect_filled("right", 2);
	process_ask(app, "destroy right");
	expect_filled("below", 3);
}

/* Programs that have sizes of their own in mind. */
static void test_stubborn(void **state)
{
	struct process *app = session_pattern("toplevel main 300x200 fixed=1 seed=1");

	(void)state;
	session_attach();
	screen_wait("main");
	expect_quiet(app, "main");
	process_ask(app, "size main 350x250");
	expect_quiet(app, "main");
	process_ask(app, "size main 320x240");
	expect_quiet(app, "main");
	process_stop(app);
	app = session_pattern("toplevel main 300x200 max=500x400 decorated=1 seed=1");
	screen_wait("main");
	expect_quiet(app, "main");
}

static unsigned frames_shown(struct process *app)
{
	unsigned shown = 0;

	sscanf(process_ask(app, "shown main"), " shown=%u", &shown);
	return shown;
}

static void test_workspaces(void **state)
{
	struct process *app = session_pattern("toplevel main 300x200 decorated=1");
	struct screen_window window;
	unsigned before, after;

	(void)state;
	session_attach();
	expect_filled("main", 1);
	process_ask(app, "spin main full");
	screen_tell_tiler("workspace 2");
	E2E_UNTIL(!screen_find("main", &window), "the window stays on the screen");
	e2e_sleep(1500);
	before = frames_shown(app);
	e2e_sleep(3000);
	after = frames_shown(app);
	e2e_note("on another workspace: %u frames in 3 s and a wait", after - before);
	if (after - before > 10)
		e2e_fail("a window that nobody sees draws %u frames in 3 s", after - before);
	process_ask(app, "spin main off");
	process_ask(app, "redraw main 7");
	screen_tell_tiler("workspace 1");
	expect_filled("main", 7);
	/* A tile that gets another size while nobody sees it. */
	process_ask(app, "toplevel second 300x200 seed=2");
	expect_filled("second", 2);
	screen_tell_tiler("workspace 2");
	process_ask(app, "destroy second");
	screen_tell_tiler("workspace 1");
	window = expect_filled("main", 7);
	assert_true(window.area.width >= SCREEN_WIDTH - 10 && window.area.width <= SCREEN_WIDTH);
}

static void test_fullscreen(void **state)
{
	struct process *app = session_pattern("toplevel main 300x200 decorated=1");
	struct screen_window window;

	(void)state;
	session_attach();
	window = expect_filled("main", 1);
	process_forget(app);
	screen_tell_tiler("fullscreen enable");
	E2E_UNTIL(strstr(process_expect(app, "event configure main"), "fullscreen"),
		"the client does not learn that it is full screen");
	screen_expect("main", image_pattern(SCREEN_WIDTH, SCREEN_HEIGHT, 0, 0, 1), 0);
	screen_tell_tiler("fullscreen disable");
	screen_expect("main", image_pattern(window.area.width, window.area.height, 0, 0, 1), 0);
	expect_quiet(app, "main");
	process_ask(app, "state main fullscreen");
	screen_expect("main", image_pattern(SCREEN_WIDTH, SCREEN_HEIGHT, 0, 0, 1), 0);
	process_ask(app, "state main unfullscreen");
	screen_expect("main", image_pattern(window.area.width, window.area.height, 0, 0, 1), 0);
	/* Tiles can't be maximised or minimised: the app hears so, and goes on. */
	process_ask(app, "state main maximize");
	process_ask(app, "state main unmaximize");
	process_ask(app, "state main minimize");
	expect_quiet(app, "main");
	expect_filled("main", 1);
}

/* Dialogs float, with the size that they want, whatever the others do. */
static void test_dialogs(void **state)
{
	struct process *app = session_pattern("toplevel main 300x200 decorated=1");
	struct screen_window parent, dialog;
	Window above = None;

	(void)state;
	session_attach();
	parent = expect_filled("main", 1);
	process_ask(app, "toplevel dialog 250x100 parent=main decorated=1 seed=2");
	screen_expect("dialog", image_pattern(250, 100, 0, 0, 2), 0);
	dialog = screen_wait("dialog");
	E2E_UNTIL(XGetTransientForHint(screen, dialog.window, &above) && above == parent.window,
		"the dialog belongs to window %#lx instead of %#lx", above, parent.window);
	expect_quiet(app, "dialog");
	process_ask(app, "size dialog 280x140");
	screen_expect("dialog", image_pattern(280, 140, 0, 0, 2), 0);
	process_ask(app, "destroy dialog");
	screen_wait_gone("dialog");
	/* What the user takes out of its tile floats, too. */
	screen_tell_tiler("floating enable");
	expect_filled("main", 1);
	screen_tell_tiler("resize set 640 px 480 px");
	e2e_sleep(200);
	expect_filled("main", 1);
	screen_tell_tiler("floating disable");
	e2e_sleep(200);
	expect_filled("main", 1);
	expect_quiet(app, "main");
}

static void test_popups(void **state)
{
	struct process *app = session_pattern("toplevel left 300x200 decorated=1 seed=1");
	struct screen_window right, popup;

	(void)state;
	session_attach();
	expect_filled("left", 1);
	process_ask(app, "toplevel right 300x200 decorated=1 seed=2");
	right = expect_filled("right", 2);
	expect_half(&right);
	e2e_sleep(300);
	process_forget(app);
	screen_click(right.area.x + 100, right.area.y + 100);
	process_expect(app, "event release");
	process_ask(app, "popup menu right 120x150 anchor=20,20,40,10 edge=bottom_left "
			 "gravity=bottom_right grab=1 seed=3");
	popup = popup_expect(120, 150, 3);
	popup_expect_place(&popup, right.area.x + 20, right.area.y + 30);
	screen_click(10, SCREEN_HEIGHT - 50);
	popup_expect_gone(120, 150);
	/* At the screen's right edge it slides to the left. */
	screen_click(right.area.x + 100, right.area.y + 100);
	process_expect(app, "event release");
	process_ask(app,
		"popup edge right 130x90 anchor=%d,20,10,10 edge=bottom_left "
		"gravity=bottom_right adjust=slide_x grab=1 seed=4",
		right.area.width - 30);
	popup = popup_expect(130, 90, 4);
	popup_expect_place(&popup, SCREEN_WIDTH - 130, right.area.y + 30);
}

static void test_closing(void **state)
{
	struct process *app = session_pattern("toplevel left 300x200 seed=1");
	struct screen_window window;

	(void)state;
	session_attach();
	expect_filled("left", 1);
	process_ask(app, "toplevel right 300x200 seed=2");
	window = expect_filled("right", 2);
	expect_half(&window);
	screen_activate(window.window);
	screen_tell_tiler("kill");
	process_expect(app, "event close right");
	screen_wait_gone("right");
	window = expect_filled("left", 1);
	assert_true(window.area.width >= SCREEN_WIDTH - 10 && window.area.width <= SCREEN_WIDTH);
}

/* Whether the guest, too, has it that large: a row of "oriel ps". */
static bool guest_agrees(const struct screen_window *window)
{
	struct process *ps = process_run("ps", "oriel", "ps", NULL);
	char size[32], *text = strdup(process_output(ps)), *row, *save;
	bool agrees = false;

	snprintf(size, sizeof(size), " %dx%d ", window->area.width, window->area.height);
	for (row = strtok_r(text, "\n", &save); row; row = strtok_r(NULL, "\n", &save))
		agrees |= (uint32_t)atol(row) == window->id && strstr(row, size);
	free(text);
	process_stop(ps);
	return agrees;
}

static void expect_obeyed(const char *title)
{
	struct screen_window window = {0};

	E2E_UNTIL(screen_find(title, &window) && guest_agrees(&window),
		"the app in '%s' is not as large as its tile, %dx%d", title, window.area.width,
		window.area.height);
}

static void test_apps(void **state)
{
	struct screen_window window;

	(void)state;
	session_attach();
	session_client("foot", "-T", "terminal", "sh", "-c", "sleep 1000", NULL);
	screen_wait("terminal");
	expect_obeyed("terminal");
	session_client("gtk4-demo", NULL);
	window = screen_wait("*");
	E2E_UNTIL(screen_find("*", &window) && strcmp(window.title, "terminal"),
		"no window of the GTK 4 program");
	expect_obeyed(window.title);
	expect_obeyed("terminal");
	session_x_client("xterm", "-T", "old", "-e", "sleep", "1000", NULL);
	screen_wait("old");
	expect_obeyed(window.title);
	expect_obeyed("terminal");
	e2e_sleep(2000);
	window = screen_wait("terminal");
	if (window.area.width < SCREEN_WIDTH / 3 - 10)
		e2e_fail("the terminal's tile is %d wide", window.area.width);
}

int main(int argc, char *argv[])
{
	static const struct CMUnitTest tests[] = {
		E2E_TEST(test_sizes),
		E2E_TEST(test_stubborn),
		E2E_TEST(test_workspaces),
		E2E_TEST(test_fullscreen),
		E2E_TEST(test_dialogs),
		E2E_TEST(test_popups),
		E2E_TEST(test_closing),
		E2E_TEST(test_apps),
	};

	screen_choose(SCREEN_TILES);
	return e2e_main(argc, argv, "tiles", tests, sizeof(tests) / sizeof(*tests));
}
