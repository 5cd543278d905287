/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/*
 * Popups: where they open, what they show, and what closes them.
 */
#include <stdio.h>
#include <string.h>

#include "tests/e2e/e2e.h"
#include "tests/e2e/popup.h"

/* A client with a window at a place of the screen. */
static struct process *start_main(int x, int y, struct screen_window *ret_window)
{
	struct process *app = session_pattern("toplevel main 300x200 seed=1");
	struct screen_window window;

	session_attach();
	window = screen_wait("main");
	screen_move(&window, x, y);
	screen_activate(window.window);
	process_expect(app, "event configure main");
	*ret_window = screen_wait("main");
	/* The guest learns of the new place through the viewer. */
	e2e_sleep(300);
	return app;
}

static void press(struct process *app, const struct screen_window *window, int x, int y)
{
	screen_click(window->area.x + x, window->area.y + y);
	process_expect(app, "event press");
	process_expect(app, "event release");
}

/* A menu and its submenu, grabbed. */
static void open_menus(struct process *app, const struct screen_window *window)
{
	struct screen_window popup;

	press(app, window, 30, 25);
	process_ask(app, "popup menu main 120x150 anchor=20,20,40,10 edge=bottom_left "
			 "gravity=bottom_right grab=1 seed=2");
	popup = popup_expect(120, 150, 2);
	popup_expect_place(&popup, window->area.x + 20, window->area.y + 30);
	press(app, &popup, 60, 40);
	process_ask(app, "popup submenu menu 90x70 anchor=0,30,120,20 edge=top_right "
			 "gravity=bottom_right grab=1 seed=3");
	popup = popup_expect(90, 70, 3);
	popup_expect_place(&popup, window->area.x + 20 + 120, window->area.y + 30 + 30);
}

/* The grab is one with owner events: a click on another window of the same program reaches the
 * program, which closes its menus itself. */
static void test_click_inside_of_parent(void **state)
{
	struct screen_window window;
	struct process *app = start_main(400, 300, &window);

	(void)state;
	open_menus(app, &window);
	process_forget(app);
	screen_click(window.area.x + 290, window.area.y + 190);
	process_expect(app, "event press main 272 290.00 190.00");
	process_ask(app, "destroy menu");
	popup_expect_gone(90, 70);
	popup_expect_gone(120, 150);
	/* The window works as before. */
	press(app, &window, 5, 5);
	open_menus(app, &window);
}

static void test_click_outside(void **state)
{
	struct screen_window window;
	struct process *app = start_main(400, 300, &window);

	(void)state;
	open_menus(app, &window);
	process_forget(app);
	screen_click(1400, 1000);
	process_expect(app, "event dismissed submenu");
	process_expect(app, "event dismissed menu");
	popup_expect_gone(90, 70);
	popup_expect_gone(120, 150);
}

static void test_client_closes(void **state)
{
	struct screen_window window;
	struct process *app = start_main(400, 300, &window);

	(void)state;
	open_menus(app, &window);
	process_ask(app, "destroy submenu");
	popup_expect_gone(90, 70);
	popup_expect(120, 150, 2);
	process_ask(app, "destroy menu");
	popup_expect_gone(120, 150);
	screen_expect("main", image_pattern(300, 200, 0, 0, 1), 0);
}

static void test_flip_at_edges(void **state)
{
	struct screen_window window, popup;
	struct process *app = start_main(SCREEN_WIDTH - 310, SCREEN_HEIGHT - 210, &window);

	(void)state;
	press(app, &window, 250, 150);
	process_ask(app, "popup menu main 120x150 anchor=240,140,20,10 edge=bottom_right "
			 "gravity=bottom_right adjust=flip_x+flip_y grab=1 seed=2");
	popup = popup_expect(120, 150, 2);
	/* Anchor and gravity turned round: the popup ends where the anchor begins. */
	popup_expect_place(&popup, window.area.x + 240 - 120, window.area.y + 140 - 150);
}

static void test_slide_at_edge(void **state)
{
	struct screen_window window, popup;
	struct process *app = start_main(SCREEN_WIDTH - 310, 300, &window);

	(void)state;
	press(app, &window, 250, 150);
	process_ask(app, "popup menu main 120x150 anchor=260,140,20,10 edge=bottom_left "
			 "gravity=bottom_right adjust=slide_x grab=1 seed=2");
	popup = popup_expect(120, 150, 2);
	popup_expect_place(&popup, SCREEN_WIDTH - 120, window.area.y + 150);
}

/* Without a grab: no focus, no input lost. */
static void test_tooltip(void **state)
{
	struct screen_window window, popup;
	struct process *app = start_main(400, 300, &window);

	(void)state;
	process_ask(
		app, "popup tip main 80x20 anchor=100,100,1,1 edge=bottom gravity=bottom seed=4");
	popup = popup_expect(80, 20, 4);
	popup_expect_place(&popup, window.area.x + 100 - 40, window.area.y + 101);
	if (screen_focused() != window.window)
		e2e_fail("the tooltip has taken the focus");
	press(app, &window, 30, 25);
	process_ask(app, "redraw tip 5");
	popup_expect(80, 20, 5);
	process_ask(app, "destroy tip");
	popup_expect_gone(80, 20);
}

static void test_gtk4_menu(void **state)
{
	struct screen_window window, popup;
	int before;

	(void)state;
	session_attach();
	session_client("gtk4-widget-factory", NULL);
	window = screen_wait("*");
	screen_activate(window.window);
	before = screen_count_mapped();
	/* The menu button of the header bar. */
	screen_click(window.area.x + window.area.width - 151, window.area.y + 23);
	E2E_UNTIL(screen_find("", &popup), "the menu button opens no menu");
	popup = screen_wait("");
	{
		struct image *image = screen_capture(popup.window);

		if (!image || image_uniform(image,
				      &(struct oriel_rect){0, 0, image->width, image->height}))
			e2e_fail("the menu is blank");
		image_destroy(image);
	}
	screen_tap(1);
	E2E_UNTIL(screen_count_mapped() == before, "Escape does not close the menu");
}

int main(int argc, char *argv[])
{
	static const struct CMUnitTest tests[] = {
		E2E_TEST(test_click_inside_of_parent),
		E2E_TEST(test_click_outside),
		E2E_TEST(test_client_closes),
		E2E_TEST(test_flip_at_edges),
		E2E_TEST(test_slide_at_edge),
		E2E_TEST(test_tooltip),
		E2E_TEST(test_gtk4_menu),
	};

	return e2e_main(argc, argv, "menus", tests, sizeof(tests) / sizeof(*tests));
}
