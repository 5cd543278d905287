/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/*
 * What is typed and pointed at on the host arrives as the right Wayland events.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <X11/extensions/XTest.h>

#include "tests/e2e/e2e.h"
#include "tests/e2e/refview.h"

/* A 105-key board, by rows. */
static const unsigned pc105[] = {1, 59, 60, 61, 62, 63, 64, 65, 66, 67, 68, 87, 88, 99, 70, 119, 41,
	2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 110, 102, 104, 69, 98, 55, 74, 15, 16, 17, 18,
	19, 20, 21, 22, 23, 24, 25, 26, 27, 43, 111, 107, 109, 71, 72, 73, 78, 58, 30, 31, 32, 33,
	34, 35, 36, 37, 38, 39, 40, 28, 75, 76, 77, 42, 86, 44, 45, 46, 47, 48, 49, 50, 51, 52, 53,
	54, 103, 79, 80, 81, 96, 29, 125, 56, 57, 100, 126, 127, 97, 105, 108, 106, 82, 83};

/* An inputlog window that has focus. */
static struct process *start_log(const char *title, struct screen_window *ret_window)
{
	struct process *log = session_client("inputlog", "300x200", title, NULL);

	*ret_window = screen_wait(title);
	screen_activate(ret_window->window);
	process_expect(log, "focus in");
	return log;
}

static void expect_line(struct process *log, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

static void expect_line(struct process *log, const char *format, ...)
{
	char line[128];
	va_list args;

	va_start(args, format);
	vsnprintf(line, sizeof(line), format, args);
	va_end(args);
	process_expect(log, line);
}

/* Skips to the frame of pointer events that has both lines, in any order. */
static void expect_frame(struct process *log, const char *first, const char *second)
{
	bool has_first = false, has_second = false;

	for (;;) {
		const char *line = process_expect(log, "");

		has_first |= !strncmp(line, first, strlen(first));
		has_second |= !strncmp(line, second, strlen(second));
		if (strcmp(line, "frame"))
			continue;
		if (has_first && has_second)
			return;
		has_first = has_second = false;
	}
}

/* Presses a key and expects this code and keysym, with nothing but modifiers in between. */
static void expect_key(struct process *log, unsigned code, const char *keysym)
{
	char expected[64];
	const char *line;

	process_forget(log);
	screen_tap(code);
	line = process_expect(log, "key ");
	snprintf(expected, sizeof(expected), "key %u down %s", code, keysym);
	if (strncmp(line, expected, strlen(expected)) ||
		(*keysym && strlen(line) != strlen(expected)))
		e2e_fail("key %u: expected '%s', got '%s'", code, expected, line);
	line = process_expect(log, "key ");
	snprintf(expected, sizeof(expected), "key %u up", code);
	if (strncmp(line, expected, strlen(expected)))
		e2e_fail("key %u: expected '%s', got '%s'", code, expected, line);
}

static void set_layout(const char *layout)
{
	struct process *process = process_run("setxkbmap", "setxkbmap", layout, NULL);

	if (process_wait(process))
		e2e_fail("setxkbmap %s failed", layout);
	process_stop(process);
}

static void test_all_keys(void **state)
{
	struct screen_window window;
	struct process *log;
	size_t i, n = sizeof(pc105) / sizeof(*pc105);

	(void)state;
	set_layout("us");
	session_attach();
	log = start_log("log", &window);
	assert_int_equal(n, 105);
	/* Twice, so that locks are off again. */
	for (i = 0; i < 2 * n; i++)
		expect_key(log, pc105[i % n], "");
	expect_key(log, 30, "a");
	expect_key(log, 1, "Escape");
	expect_key(log, 105, "Left");
	expect_key(log, 125, "Super_L");
}

static void check_german(struct process *log)
{
	expect_key(log, 21, "z");
	expect_key(log, 44, "y");
	expect_key(log, 26, "udiaeresis");
	expect_key(log, 12, "ssharp");
	expect_key(log, 86, "less");
	screen_key(100, true); /* AltGr */
	expect_line(log, "key 100 down");
	expect_key(log, 18, "EuroSign");
	screen_key(100, false);
}

static void check_french(struct process *log)
{
	expect_key(log, 16, "a");
	expect_key(log, 30, "q");
	expect_key(log, 39, "m");
	expect_key(log, 3, "eacute");
	screen_key(42, true);
	expect_line(log, "key 42 down");
	expect_key(log, 3, "2");
	screen_key(42, false);
}

static void test_german(void **state)
{
	struct screen_window window;

	(void)state;
	set_layout("de");
	session_attach();
	check_german(start_log("log", &window));
	set_layout("us");
}

static void test_french(void **state)
{
	struct screen_window window;

	(void)state;
	set_layout("us");
	session_attach_with("--layout", "fr", NULL);
	check_french(start_log("log", &window));
}

/* The user switches the layout while programs run. */
static void test_layout_change(void **state)
{
	struct screen_window window;
	struct process *log;

	(void)state;
	set_layout("us");
	session_attach();
	log = start_log("log", &window);
	expect_key(log, 21, "y");
	process_forget(log);
	set_layout("de");
	/* The new keymap comes with the first key that is typed after the change is known. */
	E2E_UNTIL((screen_tap(21), e2e_sleep(100), process_find(log, "key 21 down z")),
		"the layout stays as it was");
	check_german(log);
	set_layout("us");
}

static void test_modifiers_over_focus_change(void **state)
{
	struct screen_window first_window, second_window;
	struct process *first, *second;

	(void)state;
	set_layout("us");
	session_attach();
	first = start_log("first", &first_window);
	second = start_log("second", &second_window);
	screen_activate(first_window.window);
	process_expect(first, "focus in");

	/* Held over the change: the second window sees it as held, and sees it let go. */
	screen_key(42, true);
	expect_line(first, "key 42 down");
	screen_activate(second_window.window);
	process_expect(second, "focus in");
	expect_key(second, 30, "A");
	screen_key(42, false);
	expect_line(second, "key 42 up");
	expect_key(second, 30, "a");
	screen_activate(first_window.window);
	process_expect(first, "focus in");
	expect_key(first, 30, "a");
}

/* Let go while a window of the host has focus, where we can't see it. */
static void test_modifiers_let_go_elsewhere(void **state)
{
	struct screen_window window;
	struct process *log;
	Window other;

	(void)state;
	set_layout("us");
	session_attach();
	log = start_log("log", &window);
	other = XCreateSimpleWindow(
		screen, DefaultRootWindow(screen), 900, 700, 100, 100, 0, 0, 0xffffff);
	XMapWindow(screen, other);
	screen_activate(other);
	process_expect(log, "focus out");
	screen_activate(window.window);
	process_expect(log, "focus in");
	screen_key(29, true);
	screen_key(56, true);
	expect_line(log, "key 56 down");
	screen_activate(other);
	process_expect(log, "focus out");
	screen_key(29, false);
	screen_key(56, false);
	screen_activate(window.window);
	process_expect(log, "focus in");
	expect_key(log, 30, "a");
	XDestroyWindow(screen, other);
}

/* A Mac's habits: Cmd+C copies. Nothing stays pressed that was let go elsewhere. */
static void test_mac_keys(void **state)
{
	struct screen_window window;
	struct process *log;
	Window other;

	(void)state;
	set_layout("us");
	session_attach_with("--keys", "mac", NULL);
	log = start_log("log", &window);
	screen_key(125, true);
	expect_line(log, "key 97 down Control_R");
	screen_key(46, true);
	expect_line(log, "key 46 down c");
	screen_key(46, false);
	screen_key(125, false);
	expect_line(log, "key 97 up");
	screen_key(29, true);
	expect_line(log, "key 29 down Control_L");
	screen_key(29, false);
	screen_key(56, true);
	expect_line(log, "key 56 down Alt_L");
	screen_key(56, false);
	screen_key(100, true);
	expect_line(log, "key 100 down ISO_Level3_Shift");
	screen_key(100, false);
	expect_line(log, "key 100 up");

	screen_key(125, true);
	expect_line(log, "key 97 down");
	other = XCreateSimpleWindow(
		screen, DefaultRootWindow(screen), 900, 700, 100, 100, 0, 0, 0xffffff);
	XMapWindow(screen, other);
	screen_activate(other);
	process_expect(log, "focus out");
	screen_key(125, false);
	screen_activate(window.window);
	process_expect(log, "focus in");
	expect_key(log, 30, "a");
	XDestroyWindow(screen, other);
}

static void test_pointer(void **state)
{
	static const struct {
		unsigned x, evdev;
	} buttons[] = {{1, 272}, {2, 274}, {3, 273}, {8, 275}, {9, 276}};
	struct screen_window window;
	struct process *log;
	size_t i;

	(void)state;
	session_attach();
	log = start_log("log", &window);
	screen_point(window.area.x + 20, window.area.y + 30);
	process_expect(log, "enter 20.000 30.000");
	screen_point(window.area.x + 299, window.area.y + 199);
	process_expect(log, "motion 299.000 199.000");
	for (i = 0; i < sizeof(buttons) / sizeof(*buttons); i++) {
		screen_button(buttons[i].x, true);
		expect_line(log, "button %u down", buttons[i].evdev);
		screen_button(buttons[i].x, false);
		expect_line(log, "button %u up", buttons[i].evdev);
	}
	screen_point(SCREEN_WIDTH - 1, SCREEN_HEIGHT - 1);
	process_expect(log, "leave");
}

static void test_fractional_motion(void **state)
{
	struct screen_window window;
	struct process *log;

	(void)state;
	session_attach_with("--scale", "2", NULL);
	log = start_log("log", &window);
	assert_int_equal(window.area.width, 600);
	screen_point(window.area.x + 40, window.area.y + 40);
	process_expect(log, "enter 20.000 20.000");
	screen_point(window.area.x + 21, window.area.y + 33);
	process_expect(log, "motion 10.500 16.500");
	screen_point(window.area.x + 595, window.area.y + 397);
	process_expect(log, "motion 297.500 198.500");
}

static void expect_wheel(struct process *log, unsigned button, const char *axis, int value)
{
	char expected[64];

	snprintf(expected, sizeof(expected), "axis_value120 %s %d", axis, value);
	process_forget(log);
	screen_button(button, true);
	screen_button(button, false);
	expect_frame(log, "axis_source wheel", expected);
}

static void test_wheel(void **state)
{
	struct screen_window window;
	struct process *log;

	(void)state;
	session_attach();
	log = start_log("log", &window);
	screen_point(window.area.x + 20, window.area.y + 30);
	process_expect(log, "enter");
	expect_wheel(log, 4, "vertical", -120);
	expect_wheel(log, 5, "vertical", 120);
	expect_wheel(log, 6, "horizontal", -120);
	expect_wheel(log, 7, "horizontal", 120);
}

/* The fields of an axis message. */
static void send_axis(struct refview *view, const struct oriel_msg_axis *axis)
{
	struct oriel_msg msg = {.type = ORIEL_MSG_AXIS, .axis = *axis};

	refview_send(view, &msg);
	refview_run(view, 20);
}

static void send_touch(struct refview *view, uint32_t window, uint8_t action, double x, double y)
{
	struct oriel_msg msg = {.type = ORIEL_MSG_TOUCH,
		.touch = {
			.window = window,
			.action = action,
			.x = oriel_fixed_from_double(x),
			.y = oriel_fixed_from_double(y),
		}};

	refview_send(view, &msg);
	refview_run(view, 20);
}

/* What X11 can't say, said by refview: finger scroll with its end, parts of wheel clicks,
 * touch. */
static void test_fingers(void **state)
{
	struct refview *view = refview_connect(ORIEL_ROLE_ATTACH);
	struct process *log = session_client("inputlog", "300x200", "log", NULL);
	uint32_t window = refview_wait(view, "log")->info.window;
	struct oriel_msg motion = {.type = ORIEL_MSG_MOTION,
		.motion = {
			.window = window,
			.x = oriel_fixed_from_double(12.25),
			.y = oriel_fixed_from_double(7.75),
		}};

	(void)state;
	refview_send(view, &motion);
	refview_run(view, 50);
	process_expect(log, "enter 12.25");
	send_axis(view, &(struct oriel_msg_axis){
				.source = ORIEL_AXIS_FINGER, .dy = oriel_fixed_from_double(7.5)});
	expect_frame(log, "axis_source finger", "axis vertical 7.5");
	send_axis(view, &(struct oriel_msg_axis){
				.source = ORIEL_AXIS_FINGER, .dx = oriel_fixed_from_double(-2.25)});
	expect_frame(log, "axis_source finger", "axis horizontal -2.25");
	send_axis(view, &(struct oriel_msg_axis){.source = ORIEL_AXIS_FINGER, .stop = 1});
	expect_frame(log, "axis_source finger", "axis_stop");
	send_axis(view, &(struct oriel_msg_axis){.source = ORIEL_AXIS_WHEEL,
				.dy = oriel_fixed_from_double(3.75),
				.y120 = 30});
	expect_frame(log, "axis_source wheel", "axis_value120 vertical 30");

	send_touch(view, window, 0, 50.5, 60.25);
	process_expect(log, "touch 0 down 50.500 60.250");
	send_touch(view, window, 1, 70, 80);
	process_expect(log, "touch 0 motion 70.000 80.000");
	send_touch(view, window, 2, 70, 80);
	process_expect(log, "touch 0 up");
	refview_destroy(view);
}

static void test_x11_keys(void **state)
{
	struct screen_window window;
	struct process *log;

	(void)state;
	set_layout("us");
	session_attach();
	log = session_x_client("xpattern", "300x200", "1", "xlog", NULL);
	window = screen_wait("xlog");
	screen_activate(window.window);
	/* Focus reaches an X11 program some time after its window. */
	E2E_UNTIL((screen_tap(30), e2e_sleep(100), process_find(log, "key 30 down a")),
		"no key reaches the X11 program");
	process_forget(log);
	expect_key(log, 16, "q");
	screen_key(42, true);
	expect_line(log, "key 42 down");
	expect_key(log, 16, "Q");
	screen_key(42, false);
	screen_click(window.area.x + 11, window.area.y + 22);
	process_expect(log, "button 1 11 22");
}

/* A game has the pointer for itself: it sees movement, and the pointer can't leave. */
static void test_pointer_lock(void **state)
{
	struct screen_window window;
	struct process *game;
	int i;

	(void)state;
	session_attach();
	game = session_client("pointerlog", "lock", "game", NULL);
	window = screen_wait("game");
	screen_activate(window.window);
	screen_point(window.area.x + 150, window.area.y + 100);
	process_expect(game, "locked");
	e2e_sleep(300);
	process_forget(game);
	/* Further than the screen is wide. */
	for (i = 0; i < 100; i++) {
		XTestFakeRelativeMotionEvent(screen, 30, -7, 0);
		XFlush(screen);
		e2e_sleep(5);
		process_expect(game, "relative 30 -7");
	}
	/* It lets go. */
	process_say(game, "free");
	process_expect(game, "let go");
	screen_point(window.area.x + 20, window.area.y + 30);
	e2e_sleep(300);
	screen_point(1, 1);
	E2E_UNTIL(screen_pointer_is(1, 1), "the pointer is still kept");
}

static void test_pointer_confinement(void **state)
{
	struct screen_window window;
	struct process *game;
	int i;

	(void)state;
	session_attach();
	game = session_client("pointerlog", "confine", "game", NULL);
	window = screen_wait("game");
	screen_activate(window.window);
	screen_point(window.area.x + 150, window.area.y + 100);
	process_expect(game, "confined");
	e2e_sleep(300);
	for (i = 0; i < 100; i++)
		XTestFakeRelativeMotionEvent(screen, 10, 10, 0);
	XSync(screen, False);
	E2E_UNTIL(screen_pointer_is(window.area.x + 299, window.area.y + 199),
		"the pointer is not in the window's corner");
	process_stop(game);
	screen_wait_gone("game");
	screen_point(1, 1);
	E2E_UNTIL(screen_pointer_is(1, 1), "the pointer is still kept");
}

int main(int argc, char *argv[])
{
	static const struct CMUnitTest tests[] = {
		E2E_TEST(test_all_keys),
		E2E_TEST(test_german),
		E2E_TEST(test_french),
		E2E_TEST(test_layout_change),
		E2E_TEST(test_modifiers_over_focus_change),
		E2E_TEST(test_modifiers_let_go_elsewhere),
		E2E_TEST(test_mac_keys),
		E2E_TEST(test_pointer),
		E2E_TEST(test_fractional_motion),
		E2E_TEST(test_wheel),
		E2E_TEST(test_fingers),
		E2E_TEST(test_x11_keys),
		E2E_TEST(test_pointer_lock),
		E2E_TEST(test_pointer_confinement),
	};

	return e2e_main(argc, argv, "input", tests, sizeof(tests) / sizeof(*tests));
}
