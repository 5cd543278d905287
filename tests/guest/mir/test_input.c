/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/* Input: what the host sends arrives at the client that it means, exactly. */
#include "tests/guest/mir/seat.h"
#include <linux/input-event-codes.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static struct core core;
static struct client client;
static struct surface left, right;

static int start(void **state)
{
	(void)state;
	core_start(&core, false);
	client_connect(&client, &core);
	seat_listen(&client, &core);
	surface_init(&left, &client, 200, 100);
	surface_toplevel(&left, &core, "left");
	surface_init(&right, &client, 200, 100);
	surface_toplevel(&right, &core, "right");
	return 0;
}

static int stop_all(void **state)
{
	(void)state;
	surface_finish(&left);
	surface_finish(&right);
	client_disconnect(&client);
	core.pump = NULL;
	core_stop(&core);
	return 0;
}

static uint32_t id_of(const char *title)
{
	return core_wait_titled(&core, title)->now.id;
}

static void place(const char *title, int x, int y)
{
	struct oriel_rect content = {x, y, 200, 100};

	oriel_mir_configure(core.mir, id_of(title), &content, ORIEL_STATE_NORMAL, false);
}

static int reset(void **state)
{
	(void)state;
	place("left", 100, 100);
	place("right", 500, 100);
	oriel_mir_focus(core.mir, 0, NULL, 0, 0);
	oriel_mir_leave(core.mir, 0);
	client_sync(&client, &core);
	core_run(&core, 20);
	client_sync(&client, &core);
	seat_reset(&client);
	return 0;
}

static void settle(void)
{
	client_sync(&client, &core);
	core_run(&core, 20);
	client_sync(&client, &core);
}

static bool focus_is(struct core *c, void *surface)
{
	(void)c;
	return client.keyboard_focus == surface;
}

static void focus(
	const char *title, const uint32_t *keys, int n, uint32_t locked, struct surface *expected)
{
	oriel_mir_focus(core.mir, title ? id_of(title) : 0, keys, n, locked);
	core_wait(&core, focus_is, expected ? expected->surface : NULL);
	settle();
}

static void test_focus(void **state)
{
	(void)state;
	focus("left", NULL, 0, 0, &left);
	assert_true(left.activated);
	assert_false(right.activated);
	assert_true(core_titled(&core, "left")->now.flags & ORIEL_WINDOW_FOCUSED);
	focus("right", NULL, 0, 0, &right);
	assert_false(left.activated);
	assert_false(core_titled(&core, "left")->now.flags & ORIEL_WINDOW_FOCUSED);
	focus(NULL, NULL, 0, 0, NULL);
	assert_false(right.activated);
	assert_int_equal(client.n_keys, 0);
}

static void test_keys(void **state)
{
	(void)state;
	focus("left", NULL, 0, 0, &left);
	oriel_mir_key(core.mir, 1, KEY_LEFTSHIFT, true);
	oriel_mir_key(core.mir, 2, KEY_A, true);
	oriel_mir_key(core.mir, 3, KEY_A, true); /* a repeat: the client does that */
	oriel_mir_key(core.mir, 4, KEY_A, false);
	settle();
	assert_int_equal(client.mods_depressed, 1);
	oriel_mir_key(core.mir, 5, KEY_LEFTSHIFT, false);
	oriel_mir_key(core.mir, 6, KEY_B, false); /* was never down */
	settle();
	assert_int_equal(client.n_keys, 4);
	assert_int_equal(client.keys[0], KEY_LEFTSHIFT * 2 + 1);
	assert_int_equal(client.keys[1], KEY_A * 2 + 1);
	assert_int_equal(client.keys[2], KEY_A * 2);
	assert_int_equal(client.keys[3], KEY_LEFTSHIFT * 2);
	assert_int_equal(client.mods_depressed, 0);
}

static void test_all_keys(void **state)
{
	(void)state;
	focus("left", NULL, 0, 0, &left);
	for (uint32_t code = KEY_ESC; code <= KEY_COMPOSE; code++) {
		if (code == KEY_CAPSLOCK || code == KEY_NUMLOCK || code == KEY_SCROLLLOCK)
			continue;
		seat_reset(&client);
		oriel_mir_key(core.mir, 0, code, true);
		oriel_mir_key(core.mir, 0, code, false);
		client_sync(&client, &core);
		client_sync(&client, &core);
		assert_int_equal(client.n_keys, 2);
		assert_int_equal(client.keys[0], code * 2 + 1);
		assert_int_equal(client.keys[1], code * 2);
	}
}

/* Modifiers held over a change of focus come with it, and not as a key press. */
static void test_held_keys(void **state)
{
	(void)state;
	uint32_t held[] = {KEY_LEFTCTRL, KEY_C};

	focus("left", held, 2, 0, &left);
	assert_int_equal(client.n_keys, 0);
	assert_int_equal(client.n_entered, 2);
	assert_int_equal(client.mods_depressed, 4);
	/* Only control is still held when the other window gets the focus. */
	focus("right", held, 1, 0, &right);
	assert_int_equal(client.n_keys, 1);
	assert_int_equal(client.keys[0], KEY_C * 2); /* let go while the first had it */
	assert_int_equal(client.n_entered, 1);
	assert_int_equal(client.entered_keys[0], KEY_LEFTCTRL);
	assert_int_equal(client.mods_depressed, 4);
	oriel_mir_key(core.mir, 0, KEY_LEFTCTRL, false);
	settle();
	assert_int_equal(client.mods_depressed, 0);
	/* Nothing is left behind by what happened while nobody was focused. */
	focus(NULL, held, 1, 0, NULL);
	focus("left", NULL, 0, 0, &left);
	assert_int_equal(client.n_entered, 0);
	assert_int_equal(client.mods_depressed, 0);
}

static void test_locks(void **state)
{
	(void)state;
	focus("left", NULL, 0, 1 | 2, &left);
	assert_int_equal(client.mods_locked, 2 | 16);
	assert_int_equal(client.n_keys, 0);
	focus("right", NULL, 0, 1 | 2, &right);
	assert_int_equal(client.mods_locked, 2 | 16);
	oriel_mir_key(core.mir, 0, KEY_CAPSLOCK, true);
	oriel_mir_key(core.mir, 0, KEY_CAPSLOCK, false);
	settle();
	assert_int_equal(client.mods_locked, 16);
	focus("left", NULL, 0, 0, &left);
	assert_int_equal(client.mods_locked, 0);
}

/* Also to clients that come later; and those that are gone are not written to. */
static void test_repeat(void **state)
{
	static struct client other;

	(void)state;
	assert_int_equal(oriel_mir_set_keymap(core.mir, NULL, NULL, NULL, NULL, 55, 666), 0);
	client_connect(&other, &core);
	seat_listen(&other, &core);
	client_sync(&other, &core);
	client_sync(&other, &core);
	assert_int_equal(other.repeat_rate, 55);
	assert_int_equal(other.repeat_delay, 666);
	client_disconnect(&other);
	core.pump_data = &client;
	assert_int_equal(oriel_mir_set_keymap(core.mir, NULL, NULL, NULL, NULL, 44, 777), 0);
	settle();
	assert_int_equal(client.repeat_rate, 44);
	assert_int_equal(client.repeat_delay, 777);
}

static void test_keymap(void **state)
{
	(void)state;
	focus("left", NULL, 0, 0, &left);
	assert_int_equal(oriel_mir_set_keymap(core.mir, NULL, "de", "nodeadkeys", "", 33, 444), 0);
	oriel_mir_key(core.mir, 0, KEY_Y, true);
	oriel_mir_key(core.mir, 0, KEY_Y, false);
	settle();
	assert_non_null(strstr(client.keymap, "German"));
	assert_int_equal(client.repeat_rate, 33);
	assert_int_equal(client.repeat_delay, 444);
	assert_int_equal(
		oriel_mir_set_keymap(core.mir, "", "no-such-layout", NULL, NULL, 0, 0), -22);
	oriel_mir_key(core.mir, 0, KEY_Y, true);
	oriel_mir_key(core.mir, 0, KEY_Y, false);
	settle();
	assert_non_null(strstr(client.keymap, "German"));
	/* While a key is down: it is neither lost nor stuck. */
	oriel_mir_key(core.mir, 0, KEY_LEFTSHIFT, true);
	assert_int_equal(oriel_mir_set_keymap(core.mir, NULL, "fr", NULL, NULL, 0, 0), 0);
	oriel_mir_key(core.mir, 0, KEY_Q, true);
	settle();
	assert_non_null(strstr(client.keymap, "French"));
	assert_int_equal(client.mods_depressed, 1);
	assert_int_equal(client.repeat_rate, 0);
	oriel_mir_key(core.mir, 0, KEY_Q, false);
	oriel_mir_key(core.mir, 0, KEY_LEFTSHIFT, false);
	settle();
	assert_int_equal(client.mods_depressed, 0);
	assert_int_equal(oriel_mir_set_keymap(core.mir, NULL, NULL, NULL, NULL, 25, 600), 0);
}

static void motion(const char *title, double x, double y)
{
	oriel_mir_motion(core.mir, 0, id_of(title), x, y, 0, 0);
	settle();
}

static void test_motion(void **state)
{
	(void)state;
	motion("left", 10.25, 20.5);
	assert_ptr_equal(client.pointer_focus, left.surface);
	assert_true(fabs(client.x - 10.25) < 0.01 && fabs(client.y - 20.5) < 0.01);
	motion("left", 10.75, 20.5);
	assert_true(fabs(client.x - 10.75) < 0.01);
	motion("right", 5, 6);
	assert_ptr_equal(client.pointer_focus, right.surface);
	assert_true(fabs(client.x - 5) < 0.01 && fabs(client.y - 6) < 0.01);
	oriel_mir_leave(core.mir, 0);
	settle();
	assert_null(client.pointer_focus);
	motion("right", 7, 8);
	assert_ptr_equal(client.pointer_focus, right.surface);
	assert_true(fabs(client.x - 7) < 0.01);
}

/* The host's stacking counts, not Mir's. */
static void test_covered(void **state)
{
	(void)state;
	place("right", 150, 120);
	motion("right", 20, 20);
	assert_ptr_equal(client.pointer_focus, right.surface);
	motion("left", 80, 40); /* the same place */
	assert_ptr_equal(client.pointer_focus, left.surface);
	assert_true(fabs(client.x - 80) < 0.01 && fabs(client.y - 40) < 0.01);
	motion("right", 30, 20);
	assert_ptr_equal(client.pointer_focus, right.surface);
}

/* A maximised window covers the corner where the pointer is parked. */
static void test_leave_everywhere(void **state)
{
	(void)state;
	struct oriel_rect all = {0, 0, 1280, 800};

	oriel_mir_configure(core.mir, id_of("left"), &all, ORIEL_STATE_MAXIMIZED, false);
	motion("left", 50, 50);
	assert_ptr_equal(client.pointer_focus, left.surface);
	oriel_mir_leave(core.mir, 0);
	settle();
	assert_null(client.pointer_focus);
	motion("left", 50, 50);
	assert_ptr_equal(client.pointer_focus, left.surface);
}

static void test_buttons(void **state)
{
	(void)state;
	static const uint32_t codes[] = {BTN_LEFT, BTN_RIGHT, BTN_MIDDLE, BTN_SIDE, BTN_EXTRA,
		BTN_FORWARD, BTN_BACK, BTN_TASK};

	motion("left", 10, 10);
	for (size_t i = 0; i < sizeof codes / sizeof *codes; i++) {
		oriel_mir_button(core.mir, 0, codes[i], true);
		settle();
		assert_int_equal(client.button, codes[i]);
		assert_int_equal(client.button_state, 1);
		oriel_mir_button(core.mir, 0, codes[i], false);
		settle();
		assert_int_equal(client.button, codes[i]);
		assert_int_equal(client.button_state, 0);
	}
}

/* While a button is down its window gets all motion, wherever that is. */
static void test_drag(void **state)
{
	(void)state;
	motion("left", 10, 10);
	oriel_mir_button(core.mir, 0, BTN_LEFT, true);
	motion("left", 450, 20);
	assert_ptr_equal(client.pointer_focus, left.surface);
	assert_true(fabs(client.x - 450) < 0.01);
	motion("left", -60, -50);
	assert_true(fabs(client.x + 60) < 0.01);
	oriel_mir_button(core.mir, 0, BTN_LEFT, false);
	settle();
	assert_int_equal(client.button_state, 0);
}

static void test_wheel(void **state)
{
	(void)state;
	motion("left", 10, 10);
	seat_reset(&client);
	oriel_mir_axis(core.mir, 0, ORIEL_AXIS_WHEEL, 0, 10, 0, 120, false);
	settle();
	assert_int_equal(client.axis_120[0], 120);
	assert_true(fabs(client.axis[0] - 10) < 0.01);
	assert_int_equal(client.axis_source, WL_POINTER_AXIS_SOURCE_WHEEL);
	for (int i = 0; i < 4; i++)
		oriel_mir_axis(core.mir, 0, ORIEL_AXIS_WHEEL, -2.5, 0, -30, 0, false);
	settle();
	assert_int_equal(client.axis_120[1], -120);
	assert_true(fabs(client.axis[1] + 10) < 0.01);
	assert_int_equal(client.axis_stops, 0);
}

static void test_finger(void **state)
{
	(void)state;
	motion("left", 10, 10);
	seat_reset(&client);
	oriel_mir_axis(core.mir, 0, ORIEL_AXIS_FINGER, 1.5, -2.25, 0, 0, false);
	oriel_mir_axis(core.mir, 0, ORIEL_AXIS_FINGER, 1, -2, 0, 0, false);
	settle();
	assert_true(fabs(client.axis[1] - 2.5) < 0.01 && fabs(client.axis[0] + 4.25) < 0.01);
	assert_int_equal(client.axis_source, WL_POINTER_AXIS_SOURCE_FINGER);
	assert_int_equal(client.axis_stops, 0);
	oriel_mir_axis(core.mir, 0, ORIEL_AXIS_FINGER, 0, 0, 0, 0, true);
	settle();
	assert_int_equal(client.axis_stops, 2);
}

static void test_touch(void **state)
{
	(void)state;
	uint32_t id = id_of("right");

	oriel_mir_touch(core.mir, 0, id, 3, 0, 10.5, 20);
	settle();
	assert_ptr_equal(client.touch_focus, right.surface);
	assert_true(fabs(client.touch_x - 10.5) < 0.01 && fabs(client.touch_y - 20) < 0.01);
	oriel_mir_touch(core.mir, 0, id, 3, 1, 30.5, 40);
	settle();
	assert_true(fabs(client.touch_x - 30.5) < 0.01);
	oriel_mir_touch(core.mir, 0, id, 4, 0, 50, 50);
	settle();
	assert_int_equal(client.touch_downs, 2);
	oriel_mir_touch(core.mir, 0, id, 3, 2, 30.5, 40);
	oriel_mir_touch(core.mir, 0, id, 4, 2, 50, 50);
	oriel_mir_touch(core.mir, 0, id, 7, 1, 50, 50); /* was never down */
	settle();
	assert_int_equal(client.touch_ups, 2);
}

static void test_cursor(void **state)
{
	(void)state;
	struct surface image;

	motion("left", 10, 10);
	surface_init(&image, &client, 32, 32);
	wl_surface_set_buffer_scale(image.surface, 2);
	wl_pointer_set_cursor(client.pointer, client.serial, image.surface, 3, 4);
	surface_attach(&image);
	surface_commit(&image);
	settle();
	assert_int_equal(core.cursor.width, 32);
	assert_int_equal(core.cursor_pixel, image.pixels[0]);
	assert_true(core.cursor.scale == 2);
	assert_int_equal(core.cursor.hot_x, 6);
	assert_int_equal(core.cursor.hot_y, 8);
	wl_pointer_set_cursor(client.pointer, client.serial, NULL, 0, 0);
	settle();
	assert_int_equal(core.cursor.width, 0);
	surface_finish(&image);
	settle();
}

#define TEST(name) cmocka_unit_test_setup(name, reset)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_focus),
		TEST(test_keys),
		TEST(test_all_keys),
		TEST(test_held_keys),
		TEST(test_locks),
		TEST(test_repeat),
		TEST(test_keymap),
		TEST(test_motion),
		TEST(test_covered),
		TEST(test_leave_everywhere),
		TEST(test_buttons),
		TEST(test_drag),
		TEST(test_wheel),
		TEST(test_finger),
		TEST(test_touch),
		TEST(test_cursor),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, start, stop_all);
}
