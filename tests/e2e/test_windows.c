/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/*
 * Windows: many of them, their states, sizes, titles and relations, in both directions.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <X11/Xutil.h>

#include "tests/e2e/e2e.h"

enum { MANY = 50 };

static void open_many(struct process *app)
{
	int i;

	for (i = 0; i < MANY; i++)
		process_ask(app, "toplevel w%d 120x90 title=w%d seed=%d", i, i, i);
	for (i = 0; i < MANY; i++) {
		char title[16];

		snprintf(title, sizeof(title), "w%d", i);
		screen_expect(title, image_pattern(120, 90, 0, 0, (uint32_t)i), 0);
	}
}

static void move_many(void)
{
	struct screen_window window;
	int i;

	for (i = 0; i < MANY; i++) {
		char title[16];

		snprintf(title, sizeof(title), "w%d", i);
		window = screen_wait(title);
		screen_move(&window, 30 + i % 10 * 150, 60 + i / 10 * 150);
	}
	for (i = 0; i < MANY; i++) {
		char title[16];

		snprintf(title, sizeof(title), "w%d", i);
		screen_expect(title, image_pattern(120, 90, 0, 0, (uint32_t)i), 0);
	}
}

/* Half of them by the user, half by the client. */
static void close_many(struct process *app)
{
	int i;

	for (i = 0; i < MANY; i++) {
		struct screen_window window;
		char title[16];

		snprintf(title, sizeof(title), "w%d", i);
		if (i % 2) {
			process_ask(app, "destroy w%d", i);
			continue;
		}
		window = screen_wait(title);
		screen_close(window.window);
		process_expect(app, "event close");
	}
	E2E_UNTIL(screen_count_mapped() == 1, "%d windows stay on the screen",
		screen_count_mapped() - 1);
}

static void test_fifty_windows(void **state)
{
	struct process *app = session_pattern("toplevel main 300x200 seed=1");
	size_t guest_fds, host_fds;

	(void)state;
	session_attach();
	screen_wait("main");
	/* Once to fill caches, once to count. */
	process_ask(app, "toplevel first 100x100 title=first");
	screen_wait("first");
	process_ask(app, "destroy first");
	screen_wait_gone("first");
	guest_fds = process_fds(process_pid(orield));
	host_fds = process_fds(process_pid(viewer));
	open_many(app);
	move_many();
	close_many(app);
	E2E_UNTIL(process_fds(process_pid(orield)) <= guest_fds,
		"orield had %zu file descriptors and now has %zu", guest_fds,
		process_fds(process_pid(orield)));
	E2E_UNTIL(process_fds(process_pid(viewer)) <= host_fds,
		"the viewer had %zu file descriptors and now has %zu", host_fds,
		process_fds(process_pid(viewer)));
	E2E_UNTIL(session_counter("ring_used_bytes") == 0, "the ring is not empty");
	E2E_UNTIL(session_counter("windows") == 1, "orield still knows %d windows",
		(int)session_counter("windows"));
	screen_expect("main", image_pattern(300, 200, 0, 0, 1), 0);
}

static void test_titles(void **state)
{
	struct process *app =
		session_pattern("toplevel main 300x200 title=one app_id=org.oriel.test");
	struct screen_window window;

	(void)state;
	session_attach();
	window = screen_wait("one");
	assert_string_equal(window.app_id, "org.oriel.test");
	process_ask(app, "title main Grüße aus 東京");
	window = screen_wait("Grüße aus 東京");
}

static void test_dialog(void **state)
{
	struct process *app = session_pattern("toplevel main 300x200");
	struct screen_window parent, dialog;
	Window above = None;

	(void)state;
	session_attach();
	parent = screen_wait("main");
	process_ask(app, "toplevel dialog 150x100 parent=main seed=2");
	dialog = screen_wait("dialog");
	screen_expect("dialog", image_pattern(150, 100, 0, 0, 2), 0);
	E2E_UNTIL(XGetTransientForHint(screen, dialog.window, &above) && above == parent.window,
		"the dialog belongs to window %#lx instead of %#lx", above, parent.window);
}

static void test_limits(void **state)
{
	struct process *app = session_pattern("toplevel main 300x200 min=200x150 max=500x400");
	struct screen_window window;
	XSizeHints hints;
	long supplied;

	(void)state;
	session_attach();
	window = screen_wait("main");
	E2E_UNTIL(XGetWMNormalHints(screen, window.window, &hints, &supplied) &&
			  hints.min_width == 200 && hints.min_height == 150 &&
			  hints.max_width == 500 && hints.max_height == 400,
		"the limits are %dx%d to %dx%d", hints.min_width, hints.min_height, hints.max_width,
		hints.max_height);
	process_ask(app, "limits main 250x150 600x400");
	E2E_UNTIL(XGetWMNormalHints(screen, window.window, &hints, &supplied) &&
			  hints.min_width == 250 && hints.max_width == 600,
		"the limits stay %dx%d to %dx%d", hints.min_width, hints.min_height,
		hints.max_width, hints.max_height);
	screen_resize(&window, 100, 100);
	screen_expect("main", image_pattern(250, 150, 0, 0, 1), 0);
}

static bool maximized(Window window)
{
	return screen_has_state(window, "_NET_WM_STATE_MAXIMIZED_VERT") &&
	       screen_has_state(window, "_NET_WM_STATE_MAXIMIZED_HORZ");
}

/* The client has drawn itself in the size that its window has. */
static void expect_filled(const char *title)
{
	struct screen_window window = screen_wait(title);

	screen_expect(title, image_pattern(window.area.width, window.area.height, 0, 0, 1), 0);
}

static void test_states_by_client(void **state)
{
	struct process *app = session_pattern("toplevel main 300x200 decorated=1");
	struct screen_window window;

	(void)state;
	session_attach();
	window = screen_wait("main");
	process_ask(app, "state main maximize");
	E2E_UNTIL(maximized(window.window), "the window is not maximised");
	expect_filled("main");
	process_ask(app, "state main unmaximize");
	E2E_UNTIL(!maximized(window.window), "the window stays maximised");
	screen_expect("main", image_pattern(300, 200, 0, 0, 1), 0);

	process_ask(app, "state main fullscreen");
	E2E_UNTIL(screen_has_state(window.window, "_NET_WM_STATE_FULLSCREEN"),
		"the window is not full screen");
	screen_expect("main", image_pattern(SCREEN_WIDTH, SCREEN_HEIGHT, 0, 0, 1), 0);
	process_ask(app, "state main unfullscreen");
	screen_expect("main", image_pattern(300, 200, 0, 0, 1), 0);

	process_ask(app, "state main minimize");
	E2E_UNTIL(screen_is_iconic(window.window), "the window is not minimised");
	screen_activate(window.window);
	screen_expect("main", image_pattern(300, 200, 0, 0, 1), 0);
}

static void test_states_by_user(void **state)
{
	struct process *app = session_pattern("toplevel main 300x200 decorated=1");
	struct screen_window window;

	(void)state;
	session_attach();
	window = screen_wait("main");
	screen_set_state(window.window, true, "_NET_WM_STATE_MAXIMIZED_VERT");
	E2E_UNTIL(strstr(process_expect(app, "event configure main"), "maximized"),
		"the client does not learn that it is maximised");
	expect_filled("main");
	screen_set_state(window.window, false, "_NET_WM_STATE_MAXIMIZED_VERT");
	screen_expect("main", image_pattern(300, 200, 0, 0, 1), 0);
	screen_set_state(window.window, true, "_NET_WM_STATE_FULLSCREEN");
	E2E_UNTIL(strstr(process_expect(app, "event configure main"), "fullscreen"),
		"the client does not learn that it is full screen");
	screen_expect("main", image_pattern(SCREEN_WIDTH, SCREEN_HEIGHT, 0, 0, 1), 0);
	screen_set_state(window.window, false, "_NET_WM_STATE_FULLSCREEN");
	screen_expect("main", image_pattern(300, 200, 0, 0, 1), 0);
}

/* A minimised window may draw about once a second, not more. */
static void test_hidden(void **state)
{
	struct process *app = session_pattern("toplevel main 300x200 decorated=1");
	struct screen_window window;
	unsigned before, after;

	(void)state;
	session_attach();
	window = screen_wait("main");
	process_ask(app, "spin main full");
	XIconifyWindow(screen, window.window, DefaultScreen(screen));
	E2E_UNTIL(screen_is_iconic(window.window), "the window is not minimised");
	e2e_sleep(1500);
	sscanf(process_ask(app, "shown main"), " shown=%u", &before);
	e2e_sleep(3000);
	sscanf(process_ask(app, "shown main"), " shown=%u", &after);
	e2e_note("minimised: %u frames in 3 s and a wait", after - before);
	if (after - before > 10)
		e2e_fail("a minimised window draws %u frames in 3 s", after - before);
	process_ask(app, "spin main off");
	process_ask(app, "redraw main 7");
	screen_activate(window.window);
	screen_expect("main", image_pattern(300, 200, 0, 0, 7), 0);
}

static void press_and(
	struct process *app, const struct screen_window *window, int x, int y, const char *command)
{
	screen_point(window->area.x + x, window->area.y + y);
	screen_button(1, true);
	process_expect(app, "event press");
	process_ask(app, "%s", command);
	/* The window manager takes the pointer over; it tells nobody when. */
	e2e_sleep(500);
}

static void test_interactive_move(void **state)
{
	struct process *app = session_pattern("toplevel main 300x200 decorated=0");
	struct screen_window window, moved;
	int i;

	(void)state;
	session_attach();
	window = screen_wait("main");
	screen_move(&window, 300, 300);
	window = screen_wait("main");
	press_and(app, &window, 100, 50, "move main");
	for (i = 1; i <= 10; i++) {
		screen_point(window.area.x + 100 + 20 * i, window.area.y + 50 + 10 * i);
		e2e_sleep(20);
	}
	screen_button(1, false);
	moved = screen_wait("main");
	if (moved.area.x != window.area.x + 200 || moved.area.y != window.area.y + 100)
		e2e_fail("the window went from %d,%d to %d,%d", window.area.x, window.area.y,
			moved.area.x, moved.area.y);
	/* No button is left stuck. */
	process_forget(app);
	screen_click(moved.area.x + 10, moved.area.y + 10);
	process_expect(app, "event press main 272 10.00 10.00");
	process_expect(app, "event release main 272");
}

static void test_interactive_resize(void **state)
{
	struct process *app = session_pattern("toplevel main 300x200 decorated=0");
	struct screen_window window;
	int i;

	(void)state;
	session_attach();
	window = screen_wait("main");
	screen_move(&window, 300, 300);
	window = screen_wait("main");
	press_and(app, &window, 295, 195, "drag main bottom_right");
	for (i = 1; i <= 10; i++) {
		screen_point(window.area.x + 295 + 15 * i, window.area.y + 195 + 10 * i);
		e2e_sleep(20);
	}
	screen_button(1, false);
	screen_expect("main", image_pattern(450, 300, 0, 0, 1), 0);
}

/* The user drags a corner about: the last of many sizes is the one that stays. */
static void test_resize_storm(void **state)
{
	struct screen_window window;
	int i, width = 0, height = 0;

	(void)state;
	session_pattern("toplevel main 300x200");
	session_attach();
	window = screen_wait("main");
	for (i = 0; i < 200; i++) {
		width = 300 + 313 * i % 400;
		height = 200 + 211 * i % 300;
		screen_resize(&window, width, height);
		XFlush(screen);
		e2e_sleep(10);
	}
	screen_expect("main", image_pattern(width, height, 0, 0, 1), 0);
}

int main(int argc, char *argv[])
{
	static const struct CMUnitTest tests[] = {
		E2E_TEST(test_fifty_windows),
		E2E_TEST(test_titles),
		E2E_TEST(test_dialog),
		E2E_TEST(test_limits),
		E2E_TEST(test_states_by_client),
		E2E_TEST(test_states_by_user),
		E2E_TEST(test_hidden),
		E2E_TEST(test_interactive_move),
		E2E_TEST(test_interactive_resize),
		E2E_TEST(test_resize_storm),
	};

	return e2e_main(argc, argv, "windows", tests, sizeof(tests) / sizeof(*tests));
}
