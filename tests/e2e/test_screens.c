/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/*
 * Several screens: what guests know of them, and where windows and their menus go while screens are
 * plugged, unplugged and rearranged.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "src/base/clock.h"
#include "tests/e2e/e2e.h"
#include "tests/e2e/popup.h"

/* Both screens, B to the right of A. */
#define PLUG_B \
	"--addmode " SCREEN_B " 1280x1024 && " \
	"xrandr --output " SCREEN_B " --mode 1280x1024 && xrandr --query >&2 && " \
	"xrandr --output " SCREEN_A " --pos 0x0 --output " SCREEN_B \
	" --mode 1280x1024 --rate 60 --pos 1600x0"
#define A_IS "0,0,1600x1200@50000*1"
#define B_IS "1600,0,1280x1024@60010*1"
#define UNPLUG_B "--output " SCREEN_B " --off"

static int setup_two(void **state)
{
	screen_arrange(PLUG_B);
	return e2e_setup(state);
}

#define TEST_TWO(f) {#f, f, setup_two, e2e_teardown, (void *)(uintptr_t)#f}

/* The guest's name of the screen that it describes so; NULL: there is none. */
static const char *guest_screen(struct process *app, const char *description)
{
	static char text[512];
	char *word, *colon, *save;

	snprintf(text, sizeof(text), "%s", process_ask(app, "screens"));
	for (word = strtok_r(text, " ", &save); word; word = strtok_r(NULL, " ", &save)) {
		colon = strchr(word, ':');
		if (!colon || strcmp(colon + 1, description))
			continue;
		*colon = 0;
		return word;
	}
	return NULL;
}

static void expect_screen(struct process *app, const char *description)
{
	E2E_UNTIL(guest_screen(app, description), "the guest has no screen %s, but:%s", description,
		process_ask(app, "screens"));
}

static bool has_one_screen(struct process *app)
{
	const char *colon = strchr(process_ask(app, "screens"), ':');

	return colon && !strchr(colon + 1, ':');
}

static void expect_line(struct process *app, const char *prefix, const char *line)
{
	const char *got = process_expect(app, prefix);

	if (strcmp(got, line))
		e2e_fail("got '%s' instead of '%s'", got, line);
}

/* The newest place counts, whatever has been said on the way. */
static void expect_on(struct process *app, const char *name, const char *on, const char *off)
{
	char line[64];

	snprintf(line, sizeof(line), "event on %s ", name);
	if (on)
		expect_line(app, line, strcat(line, on));
	snprintf(line, sizeof(line), "event off %s ", name);
	if (off)
		expect_line(app, line, strcat(line, off));
}

static void test_known(void **state)
{
	struct process *app = session_pattern("toplevel main 300x200");

	(void)state;
	session_attach();
	screen_wait("main");
	expect_screen(app, A_IS);
	expect_screen(app, B_IS);
}

static void test_moved(void **state)
{
	struct process *app = session_pattern("toplevel main 300x200");
	struct screen_window window;
	char a[32], b[32];

	(void)state;
	session_attach();
	window = screen_wait("main");
	screen_move(&window, 100, 100);
	expect_screen(app, A_IS);
	expect_screen(app, B_IS);
	snprintf(a, sizeof(a), "%s", guest_screen(app, A_IS));
	snprintf(b, sizeof(b), "%s", guest_screen(app, B_IS));
	e2e_sleep(300);
	process_forget(app);
	screen_move(&window, 1900, 100);
	expect_on(app, "main", b, a);
	screen_expect("main", image_pattern(300, 200, 0, 0, 1), 0);
	/* Half on each. */
	screen_move(&window, 1450, 100);
	expect_on(app, "main", a, NULL);
	screen_move(&window, 200, 100);
	expect_on(app, "main", NULL, b);
	screen_expect("main", image_pattern(300, 200, 0, 0, 1), 0);
}

static struct screen_window place(struct process *app, int x, int y)
{
	struct screen_window window = screen_wait("main");

	screen_move(&window, x, y);
	screen_activate(window.window);
	e2e_sleep(300);
	process_forget(app);
	window = screen_wait("main");
	screen_click(window.area.x + window.area.width / 2, window.area.y + 100);
	process_expect(app, "event release");
	return window;
}

/* Opens a menu of 120x150 below a button of 40x10 at x, y of the window; it should be there. */
static void open_menu(struct process *app, int x, int y, int screen_x, int screen_y)
{
	struct screen_window popup;

	process_ask(app,
		"popup menu main 120x150 anchor=%d,%d,40,10 edge=bottom_left "
		"gravity=bottom_right adjust=slide_x+flip_y grab=1 seed=2",
		x, y);
	popup = popup_expect(120, 150, 2);
	popup_expect_place(&popup, screen_x, screen_y);
	process_ask(app, "destroy menu");
	popup_expect_gone(120, 150);
}

static void test_menus(void **state)
{
	struct process *app = session_pattern("toplevel main 300x200");
	const int right = SCREEN_WIDTH + SCREEN_B_WIDTH;

	(void)state;
	session_attach();
	place(app, 1700, 300);
	open_menu(app, 20, 20, 1720, 330);
	/* At the edges of B: its left one is no edge of the desktop. */
	place(app, 1610, 300);
	open_menu(app, 0, 20, 1610, 330);
	place(app, right - 305, 300);
	open_menu(app, 250, 20, right - 120, 330);
	place(app, 1700, SCREEN_B_HEIGHT - 210);
	open_menu(app, 20, 100, 1720, SCREEN_B_HEIGHT - 110 - 150);
	/* At the edge of A that touches B. */
	place(app, SCREEN_WIDTH - 305, 300);
	open_menu(app, 250, 20, SCREEN_WIDTH - 120, 330);
}

/* The button is on one screen, most of the window on the other. */
static void test_menu_of_straddling_window(void **state)
{
	struct process *app = session_pattern("toplevel main 500x200");

	(void)state;
	session_attach();
	place(app, 1200, 300);
	open_menu(app, 410, 20, 1610, 330);
	place(app, 1400, 300);
	open_menu(app, 10, 20, 1410, 330);
}

static void test_fullscreen(void **state)
{
	struct process *app = session_pattern("toplevel main 300x200 decorated=1");
	struct screen_window window;

	(void)state;
	session_attach();
	window = screen_wait("main");
	screen_move(&window, 1900, 100);
	e2e_sleep(300);
	process_ask(app, "state main fullscreen");
	screen_expect("main", image_pattern(SCREEN_B_WIDTH, SCREEN_B_HEIGHT, 0, 0, 1), 0);
	window = screen_wait("main");
	assert_int_equal(window.area.x, SCREEN_WIDTH);
	assert_int_equal(window.area.y, 0);
	process_ask(app, "state main unfullscreen");
	screen_expect("main", image_pattern(300, 200, 0, 0, 1), 0);
	window = screen_wait("main");
	assert_true(
		window.area.x >= SCREEN_WIDTH && window.area.x <= SCREEN_WIDTH + SCREEN_B_WIDTH);
	process_ask(app, "state main maximize");
	E2E_UNTIL(screen_has_state(window.window, "_NET_WM_STATE_MAXIMIZED_VERT"),
		"the window is not maximised");
	window = screen_wait("main");
	screen_expect("main", image_pattern(window.area.width, window.area.height, 0, 0, 1), 0);
	assert_true(
		window.area.width >= SCREEN_B_WIDTH - 20 && window.area.width <= SCREEN_B_WIDTH);
}

static void test_plugging(void **state)
{
	struct process *app = session_pattern("toplevel main 300x200 decorated=1");
	struct screen_window window;
	int i;

	(void)state;
	session_attach();
	window = screen_wait("main");
	process_ask(app, "toplevel other 200x150 seed=2");
	screen_wait("other");
	for (i = 0; i < 3; i++) {
		screen_move(&window, 1900, 300);
		screen_arrange(UNPLUG_B);
		E2E_UNTIL(has_one_screen(app), "the guest has still a screen that is gone");
		/* The window manager brings it to the screen that is left. */
		E2E_UNTIL(screen_find("main", &window) && window.area.x < SCREEN_WIDTH,
			"the window stays where no screen is");
		place(app, 500, 300);
		screen_expect("main", image_pattern(300, 200, 0, 0, 1), 0);
		open_menu(app, 20, 20, 520, 330);
		screen_arrange(PLUG_B);
		expect_screen(app, B_IS);
		screen_expect("other", image_pattern(200, 150, 0, 0, 2), 0);
	}
	place(app, 1900, 300);
	open_menu(app, 20, 20, 1920, 330);
}

static void test_rearranged(void **state)
{
	struct process *app = session_pattern("toplevel main 300x200 decorated=1");

	(void)state;
	session_attach();
	screen_wait("main");
	screen_arrange("--output " SCREEN_B " --pos 0x1200");
	expect_screen(app, "0,1200,1280x1024@60010*1");
	place(app, 100, 1300);
	open_menu(app, 20, 20, 120, 1330);
	screen_expect("main", image_pattern(300, 200, 0, 0, 1), 0);
	screen_arrange("--output " SCREEN_B " --pos 0x0 --output " SCREEN_A " --pos 1280x0");
	expect_screen(app, "0,0,1280x1024@60010*1");
	expect_screen(app, "1280,0,1600x1200@50000*1");
	place(app, 1290, 300);
	open_menu(app, 0, 20, 1290, 330);
	screen_arrange("--addmode " SCREEN_B " 1024x768 && xrandr --output " SCREEN_B
		       " --mode 1024x768 --rate 60");
	expect_screen(app, "0,0,1024x768@60000*1");
	screen_expect("main", image_pattern(300, 200, 0, 0, 1), 0);
}

/* An app draws no more often than the screen it is on. */
static void test_refresh(void **state)
{
	struct process *app = session_pattern("toplevel main 300x200");
	struct screen_window window;
	uint64_t start;
	double seconds;

	(void)state;
	session_attach();
	window = screen_wait("main");
	screen_move(&window, 100, 100);
	e2e_sleep(300);
	start = oriel_now_ns();
	process_ask(app, "animate main 100");
	seconds = (double)(oriel_now_ns() - start) / 1e9;
	if (seconds < 97.0 / SCREEN_A_HZ)
		e2e_fail("100 frames on a screen of %d Hz took %.2f s", SCREEN_A_HZ, seconds);
}

/* A window of 300x200 logical units shows each pixel of its app at this scale. */
static struct screen_window expect_scaled(double scale)
{
	screen_expect("main", image_pattern((int)(300 * scale), (int)(200 * scale), 0, 0, 1), 0);
	return screen_wait("main");
}

static void check_input(struct process *app, const struct screen_window *window, double scale)
{
	screen_activate(window->window);
	process_forget(app);
	screen_click(window->area.x + (int)(60 * scale), window->area.y + (int)(30 * scale));
	process_expect(app, "event press main 272 60.00 30.00");
	process_expect(app, "event release main 272");
}

static void check_menu(struct process *app, const struct screen_window *window, double scale)
{
	const int width = (int)(120 * scale), height = (int)(150 * scale);
	struct screen_window popup;

	process_ask(app, "popup menu main 120x150 anchor=20,20,40,10 edge=bottom_left "
			 "gravity=bottom_right grab=1 seed=2 fractional=1");
	popup = popup_expect(width, height, 2);
	popup_expect_place(
		&popup, window->area.x + (int)(20 * scale), window->area.y + (int)(30 * scale));
	process_ask(app, "destroy menu");
	popup_expect_gone(width, height);
}

/* B has another scale than A: a window is drawn anew for where it is. */
static void check_scale(double scale, const char *option, const char *b_is)
{
	struct process *app = session_pattern("toplevel main 300x200 fractional=1 decorated=1");
	struct screen_window window;
	int i;

	session_attach_with("--scale", option, NULL);
	window = expect_scaled(1);
	expect_screen(app, A_IS);
	expect_screen(app, b_is);
	for (i = 0; i < 3; i++) {
		screen_move(&window, 1900, 100);
		window = expect_scaled(scale);
		e2e_sleep(300);
		check_input(app, &window, scale);
		check_menu(app, &window, scale);
		screen_move(&window, 300, 100);
		window = expect_scaled(1);
		e2e_sleep(300);
		check_input(app, &window, 1);
		check_menu(app, &window, 1);
	}
	screen_move(&window, 1900, 100);
	window = expect_scaled(scale);
	process_ask(app, "state main fullscreen");
	screen_expect("main", image_pattern(SCREEN_B_WIDTH, SCREEN_B_HEIGHT, 0, 0, 1), 0);
	process_ask(app, "state main unfullscreen");
	expect_scaled(scale);
	screen_arrange(UNPLUG_B);
	E2E_UNTIL(screen_find("main", &window) && window.area.x < SCREEN_WIDTH,
		"the window stays where no screen is");
	screen_move(&window, 300, 100);
	expect_scaled(1);
}

static void test_scale_2(void **state)
{
	(void)state;
	check_scale(2, "1," SCREEN_B "=2", "1600,0,1280x1024@60010*2");
}

static void test_scale_one_and_a_half(void **state)
{
	(void)state;
	check_scale(1.5, SCREEN_B "=1.5", "1600,0,1280x1025@60010*2");
}

/* A finer screen left of a coarser one: a window that shrinks could go back and forth. */
static void test_scale_at_border(void **state)
{
	struct process *app = session_pattern("toplevel main 300x200 fractional=1 decorated=1");
	struct screen_window window, later;

	(void)state;
	session_attach_with("--scale", SCREEN_A "=2", NULL);
	window = expect_scaled(2);
	screen_move(&window, SCREEN_WIDTH - 290, 100);
	E2E_UNTIL(screen_find("main", &window) && window.area.width == 300,
		"the window does not take the scale of the screen it is on");
	window = screen_wait("main");
	process_forget(app);
	e2e_sleep(2000);
	later = screen_wait("main");
	assert_memory_equal(&later.area, &window.area, sizeof(window.area));
	screen_move(&later, SCREEN_WIDTH + 100, 100);
	expect_scaled(1);
	screen_move(&later, 200, 100);
	expect_scaled(2);
}

int main(int argc, char *argv[])
{
	static const struct CMUnitTest tests[] = {
		TEST_TWO(test_known),
		TEST_TWO(test_moved),
		TEST_TWO(test_menus),
		TEST_TWO(test_menu_of_straddling_window),
		TEST_TWO(test_fullscreen),
		TEST_TWO(test_plugging),
		TEST_TWO(test_rearranged),
		TEST_TWO(test_refresh),
		TEST_TWO(test_scale_2),
		TEST_TWO(test_scale_one_and_a_half),
		TEST_TWO(test_scale_at_border),
	};

	if (geteuid() != 0) {
		puts("1..0 # SKIP only root can start Xorg");
		return 0;
	}
	screen_choose_heads();
	return e2e_main(argc, argv, "screens", tests, sizeof(tests) / sizeof(*tests));
}
