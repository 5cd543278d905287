/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/* Menus and tips: where they are, what they are on, and what makes them go. */
#include <stdlib.h>

#include "tests/viewer/guest.h"

static const struct guest_window main_window = {
	.id = 7, .flags = GUEST_BARE, .width = 400, .height = 300, .app_id = "main"};

static const struct guest_window menu = {.id = 20,
	.parent = 7,
	.kind = ORIEL_KIND_POPUP,
	.flags = ORIEL_WINDOW_GRAB,
	.x = 30,
	.y = 280,
	.width = 150,
	.height = 200};

static const struct guest_window submenu = {.id = 21,
	.parent = 20,
	.kind = ORIEL_KIND_POPUP,
	.flags = ORIEL_WINDOW_GRAB,
	.x = 145,
	.y = 40,
	.width = 120,
	.height = 160};

static struct x_rect wait_place(struct guest *guest, uint32_t id)
{
	Window window;

	for (int i = 0; !(window = x_find(&screen, id)); i++) {
		assert_true(i < X_PATIENCE_MS / 10);
		guest_pump(guest, 10);
	}
	return x_place(&screen, window);
}

static void wait_gone(struct guest *guest, uint32_t id)
{
	for (int i = 0; x_find(&screen, id); i++) {
		assert_true(i < X_PATIENCE_MS / 10);
		guest_pump(guest, 10);
	}
}

static struct x_rect start(struct guest *guest)
{
	struct x_rect place = {300, 200, 400, 300};

	x_move(&screen, 1599, 1199);
	guest_start(guest, NULL);
	guest_open(guest, &main_window, 1);
	wait_place(guest, 7);
	x_move_resize(&screen, x_find(&screen, 7), place);
	for (int i = 0; x_place(&screen, x_find(&screen, 7)).x != 300; i++) {
		assert_true(i < X_PATIENCE_MS / 10);
		guest_pump(guest, 10);
	}
	return place;
}

static void finish(struct guest *guest)
{
	assert_int_equal(guest_stop(guest), 1);
}

static void expect_close(struct guest *guest, uint32_t id)
{
	guest_expect(guest, ORIEL_MSG_CLOSE, guest_is_window, &id);
}

static bool is_press(const struct oriel_msg *msg, void *user)
{
	(void)user;
	return msg->button.down;
}

static void placed_and_nested(void **state)
{
	struct guest guest;
	struct x_rect at = start(&guest), place;
	struct x_image image;
	uint32_t *wanted;

	(void)state;
	guest_open(&guest, &menu, 20);
	place = wait_place(&guest, 20);
	assert_int_equal(place.x, at.x + 30);
	assert_int_equal(place.y, at.y + 280);
	assert_int_equal(place.width, 150);
	assert_int_equal(place.height, 200);
	guest_open(&guest, &submenu, 21);
	place = wait_place(&guest, 21);
	assert_int_equal(place.x, at.x + 30 + 145);
	assert_int_equal(place.y, at.y + 280 + 40);
	wanted = guest_image(21, 120, 160);
	image = x_capture_screen(&screen, place);
	for (int i = 0; i < 120 * 160; i++)
		assert_int_equal(image.pixels[i], wanted[i] & 0xffffff);
	x_image_free(&image);
	free(wanted);
	guest_gone(&guest, 21);
	wait_gone(&guest, 21);
	assert_true(x_find(&screen, 20) != None);
	guest_gone(&guest, 20);
	wait_gone(&guest, 20);
	finish(&guest);
}

static bool configured_at(const struct oriel_msg *msg, void *user)
{
	const struct x_rect *r = user;

	return msg->configure.window == 20 && msg->configure.x == r->x && msg->configure.y == r->y;
}

/* The guest learns where a popup is on the desktop, and moves it. */
static void moved_by_guest(void **state)
{
	struct guest_window moved = menu;
	struct guest guest;
	struct x_rect at = start(&guest), wanted = {at.x + 30, at.y + 280, 0, 0};

	(void)state;
	guest_open(&guest, &menu, 20);
	guest_expect(&guest, ORIEL_MSG_CONFIGURE, configured_at, &wanted);
	moved.x = 60;
	moved.y = 100;
	guest_describe(&guest, &moved);
	wanted.x = at.x + 60;
	wanted.y = at.y + 100;
	guest_expect(&guest, ORIEL_MSG_CONFIGURE, configured_at, &wanted);
	assert_int_equal(x_place(&screen, x_find(&screen, 20)).y, wanted.y);
	finish(&guest);
}

static void press_elsewhere_dismisses(void **state)
{
	struct guest guest;

	(void)state;
	start(&guest);
	guest_open(&guest, &menu, 20);
	guest_open(&guest, &submenu, 21);
	wait_place(&guest, 21);
	guest_pump(&guest, 50);
	guest_forget(&guest);
	x_move(&screen, 1200, 900);
	x_click(&screen, 1);
	expect_close(&guest, 21); /* topmost first */
	expect_close(&guest, 20);
	assert_false(guest_has(&guest, ORIEL_MSG_BUTTON, is_press, NULL, 50));
	guest_gone(&guest, 21);
	guest_gone(&guest, 20);
	wait_gone(&guest, 20);
	/* The pointer is free again. */
	x_move(&screen, 310, 210);
	x_click(&screen, 1);
	guest_expect(&guest, ORIEL_MSG_BUTTON, is_press, NULL);
	finish(&guest);
}

static void press_on_stranger_dismisses(void **state)
{
	struct guest guest;
	Window stranger;

	(void)state;
	start(&guest);
	stranger = x_stranger(&screen, (struct x_rect){1000, 700, 200, 200});
	guest_open(&guest, &menu, 20);
	wait_place(&guest, 20);
	guest_pump(&guest, 50);
	x_move(&screen, 1100, 800);
	x_click(&screen, 3);
	expect_close(&guest, 20);
	XDestroyWindow(screen.display, stranger);
	finish(&guest);
}

/* The menu's own window gets the press; closing the menu is up to the app. */
static void press_on_parent_is_the_guests(void **state)
{
	struct guest guest;
	struct x_rect at = start(&guest);
	uint32_t id = 7;

	(void)state;
	guest_open(&guest, &menu, 20);
	wait_place(&guest, 20);
	guest_pump(&guest, 50);
	x_move(&screen, at.x + 10, at.y + 10);
	x_click(&screen, 1);
	guest_expect(&guest, ORIEL_MSG_MOTION, guest_is_window, &id);
	guest_expect(&guest, ORIEL_MSG_BUTTON, is_press, NULL);
	assert_false(guest_has(&guest, ORIEL_MSG_CLOSE, NULL, NULL, 50));
	finish(&guest);
}

static void press_on_menu_is_the_guests(void **state)
{
	struct guest guest;
	struct x_rect at = start(&guest);
	uint32_t id = 20;

	(void)state;
	guest_open(&guest, &menu, 20);
	wait_place(&guest, 20);
	guest_pump(&guest, 50);
	x_move(&screen, at.x + 30 + 20, at.y + 280 + 30);
	guest_expect(&guest, ORIEL_MSG_MOTION, guest_is_window, &id);
	assert_int_equal(guest.messages[guest.seen - 1]->motion.x, 20 * 256);
	assert_int_equal(guest.messages[guest.seen - 1]->motion.y, 30 * 256);
	x_click(&screen, 1);
	guest_expect(&guest, ORIEL_MSG_BUTTON, is_press, NULL);
	assert_false(guest_has(&guest, ORIEL_MSG_CLOSE, NULL, NULL, 50));
	finish(&guest);
}

/* Another window of the same guest is elsewhere. */
static void press_on_other_toplevel_dismisses(void **state)
{
	struct guest_window other = main_window;
	struct guest guest;
	struct x_rect at;

	(void)state;
	start(&guest);
	other.id = 8;
	guest_open(&guest, &other, 8);
	wait_place(&guest, 8);
	x_move_resize(&screen, x_find(&screen, 8), (struct x_rect){900, 600, 400, 300});
	x_ask_activate(&screen, x_find(&screen, 7));
	guest_pump(&guest, 200);
	guest_open(&guest, &menu, 20);
	wait_place(&guest, 20);
	guest_pump(&guest, 50);
	guest_forget(&guest);
	at = x_place(&screen, x_find(&screen, 8));
	x_move(&screen, at.x + 390, at.y + 290);
	x_click(&screen, 1);
	expect_close(&guest, 20);
	assert_false(guest_has(&guest, ORIEL_MSG_BUTTON, is_press, NULL, 50));
	finish(&guest);
}

static void focus_loss_dismisses(void **state)
{
	struct guest guest;

	(void)state;
	start(&guest);
	guest_open(&guest, &menu, 20);
	wait_place(&guest, 20);
	guest_pump(&guest, 50);
	XSetInputFocus(screen.display, x_stranger(&screen, (struct x_rect){1300, 900, 100, 100}),
		RevertToParent, CurrentTime);
	XSync(screen.display, False);
	expect_close(&guest, 20);
	finish(&guest);
}

static bool is_key(const struct oriel_msg *msg, void *user)
{
	return msg->key.code == *(uint32_t *)user && msg->key.down;
}

/* Keyboard focus stays with the toplevel while a menu opens and closes, and keys keep coming. */
static void focus_stays_with_toplevel(void **state)
{
	struct guest guest;
	uint32_t id = 7, escape = 1;

	(void)state;
	start(&guest);
	x_ask_activate(&screen, x_find(&screen, 7));
	guest_expect(&guest, ORIEL_MSG_FOCUS, guest_is_window, &id);
	guest_open(&guest, &menu, 20);
	wait_place(&guest, 20);
	x_key(&screen, 9, true);
	x_key(&screen, 9, false);
	guest_expect(&guest, ORIEL_MSG_KEY, is_key, &escape);
	guest_gone(&guest, 20);
	wait_gone(&guest, 20);
	x_key(&screen, 9, true);
	x_key(&screen, 9, false);
	guest_expect(&guest, ORIEL_MSG_KEY, is_key, &escape);
	for (size_t i = 0, focus = 0; i < guest.n_messages; i++) {
		focus += guest.messages[i]->type == ORIEL_MSG_FOCUS;
		assert_true(focus <= 1);
	}
	finish(&guest);
}

static void tooltip(void **state)
{
	struct guest_window tip = {.id = 30,
		.parent = 7,
		.kind = ORIEL_KIND_TOOLTIP,
		.x = -20,
		.y = -30,
		.width = 90,
		.height = 25};
	struct guest guest;
	struct x_rect at = start(&guest), place;
	uint32_t id = 7;

	(void)state;
	guest_open(&guest, &tip, 30);
	place = wait_place(&guest, 30);
	assert_int_equal(place.x, at.x - 20);
	assert_int_equal(place.y, at.y - 30);
	/* It takes no input. */
	x_move(&screen, at.x + 5, at.y - 4);
	x_move(&screen, at.x + 30, at.y + 1);
	guest_expect(&guest, ORIEL_MSG_MOTION, guest_is_window, &id);
	finish(&guest);
}

/* Content of a popup comes before that of its parent. */
static void popup_before_parent(void **state)
{
	struct guest guest;
	uint32_t id = 20;

	(void)state;
	guest_start(&guest, NULL);
	guest_describe(&guest, &main_window);
	guest_open(&guest, &menu, 20); /* acknowledged, not to be seen */
	assert_true(x_find(&screen, 20) == None);
	guest_open(&guest, &main_window, 7);
	guest_expect(&guest, ORIEL_MSG_REFRESH, guest_is_window, &id);
	guest_forget(&guest);
	guest_open(&guest, &menu, 20);
	wait_place(&guest, 20);
	/* And it goes with its parent. */
	guest_gone(&guest, 7);
	wait_gone(&guest, 20);
	guest_gone(&guest, 20);
	finish(&guest);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(placed_and_nested, guest_teardown),
		cmocka_unit_test_teardown(moved_by_guest, guest_teardown),
		cmocka_unit_test_teardown(press_elsewhere_dismisses, guest_teardown),
		cmocka_unit_test_teardown(press_on_stranger_dismisses, guest_teardown),
		cmocka_unit_test_teardown(press_on_parent_is_the_guests, guest_teardown),
		cmocka_unit_test_teardown(press_on_menu_is_the_guests, guest_teardown),
		cmocka_unit_test_teardown(press_on_other_toplevel_dismisses, guest_teardown),
		cmocka_unit_test_teardown(focus_loss_dismisses, guest_teardown),
		cmocka_unit_test_teardown(focus_stays_with_toplevel, guest_teardown),
		cmocka_unit_test_teardown(tooltip, guest_teardown),
		cmocka_unit_test_teardown(popup_before_parent, guest_teardown),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, x_start_screen, x_stop_screen);
}
