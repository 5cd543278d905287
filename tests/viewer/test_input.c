/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/* Mouse and keyboard of the X screen, as messages. */
#include <stdlib.h>
#include <string.h>

#include "tests/viewer/focus.h"

static const struct guest_window plain = {
	.id = 7, .flags = GUEST_BARE, .width = 320, .height = 200, .app_id = "plain"};

static void start(struct guest *guest, double scale, struct x_rect *ret_place)
{
	x_move(&screen, 1599, 1199);
	guest_start(guest, &(struct guest_options){.scale = scale});
	*ret_place = open_window(guest, &plain);
}

static void stop_guest(struct guest *guest)
{
	assert_int_equal(guest_stop(guest), 1);
}

struct spot {
	uint32_t window;
	double x, y;
};

static bool is_at(const struct oriel_msg *msg, void *user)
{
	const struct spot *spot = user;

	return msg->motion.window == spot->window &&
	       msg->motion.x == oriel_fixed_from_double(spot->x) &&
	       msg->motion.y == oriel_fixed_from_double(spot->y);
}

static bool is_button(const struct oriel_msg *msg, void *user)
{
	const struct press *press = user;

	return msg->button.code == press->code && msg->button.down == press->down;
}

static void motion_and_leave(void **state)
{
	struct guest guest;
	struct x_rect at;

	(void)state;
	start(&guest, 1, &at);
	x_move(&screen, at.x + 10, at.y + 20);
	guest_expect(&guest, ORIEL_MSG_MOTION, is_at, &(struct spot){7, 10, 20});
	x_move(&screen, at.x + 319, at.y + 199);
	guest_expect(&guest, ORIEL_MSG_MOTION, is_at, &(struct spot){7, 319, 199});
	x_move(&screen, at.x + 320 + 50, at.y + 250);
	guest_expect(&guest, ORIEL_MSG_LEAVE, NULL, NULL);
	stop_guest(&guest);
}

/* At scale 2 a pixel is half a unit. */
static void fractions(void **state)
{
	struct guest guest;
	struct x_rect at;

	(void)state;
	start(&guest, 2, &at);
	assert_int_equal(at.width, 640);
	x_move(&screen, at.x + 15, at.y + 31);
	guest_expect(&guest, ORIEL_MSG_MOTION, is_at, &(struct spot){7, 7.5, 15.5});
	stop_guest(&guest);
}

static void buttons(void **state)
{
	/* X's numbers: 8 and up are the side buttons. */
	static const uint32_t codes[][2] = {
		{1, 0x110}, {2, 0x112}, {3, 0x111}, {8, 0x113}, {9, 0x114}};
	struct guest guest;
	struct x_rect at;

	(void)state;
	start(&guest, 1, &at);
	x_move(&screen, at.x + 40, at.y + 40);
	for (size_t i = 0; i < 5; i++) {
		x_click(&screen, codes[i][0]);
		guest_expect(&guest, ORIEL_MSG_BUTTON, is_button, &(struct press){codes[i][1], 1});
		guest_expect(&guest, ORIEL_MSG_BUTTON, is_button, &(struct press){codes[i][1], 0});
	}
	stop_guest(&guest);
}

/* A pressed button holds the pointer: what happens outside still belongs to the window. */
static void drag_outside(void **state)
{
	struct guest guest;
	struct x_rect at;

	(void)state;
	start(&guest, 1, &at);
	x_move(&screen, at.x + 40, at.y + 40);
	x_button(&screen, 1, true);
	guest_expect(&guest, ORIEL_MSG_BUTTON, is_button, &(struct press){0x110, 1});
	x_move(&screen, at.x + 500, at.y + 300);
	guest_expect(&guest, ORIEL_MSG_MOTION, is_at, &(struct spot){7, 500, 300});
	if (at.x >= 5) {
		x_move(&screen, at.x - 5, at.y + 10);
		guest_expect(&guest, ORIEL_MSG_MOTION, is_at, &(struct spot){7, -5, 10});
	}
	x_move(&screen, at.x + 500, at.y + 300);
	guest_expect(&guest, ORIEL_MSG_MOTION, is_at, &(struct spot){7, 500, 300});
	assert_false(guest_has(&guest, ORIEL_MSG_LEAVE, NULL, NULL, 50));
	x_button(&screen, 1, false);
	guest_expect(&guest, ORIEL_MSG_BUTTON, is_button, &(struct press){0x110, 0});
	guest_expect(&guest, ORIEL_MSG_LEAVE, NULL, NULL);
	/* The next press is one. */
	x_move(&screen, at.x + 40, at.y + 40);
	x_click(&screen, 1);
	guest_expect(&guest, ORIEL_MSG_BUTTON, is_button, &(struct press){0x110, 1});
	guest_expect(&guest, ORIEL_MSG_BUTTON, is_button, &(struct press){0x110, 0});
	stop_guest(&guest);
}

static bool scrolls(const struct oriel_msg *msg, void *user)
{
	const int32_t *wanted = user;

	return msg->axis.source == ORIEL_AXIS_WHEEL && msg->axis.x120 == wanted[0] &&
	       msg->axis.y120 == wanted[1] && (msg->axis.dx > 0) == (wanted[0] > 0) &&
	       (msg->axis.dy > 0) == (wanted[1] > 0);
}

static void wheel(void **state)
{
	static const struct {
		unsigned button;
		int32_t wanted[2];
	} clicks[] = {{4, {0, -120}}, {5, {0, 120}}, {6, {-120, 0}}, {7, {120, 0}}};
	struct guest guest;
	struct x_rect at;

	(void)state;
	start(&guest, 1, &at);
	x_move(&screen, at.x + 40, at.y + 40);
	for (int i = 0; i < 4; i++) {
		x_click(&screen, clicks[i].button);
		guest_expect(&guest, ORIEL_MSG_AXIS, scrolls, (void *)clicks[i].wanted);
	}
	stop_guest(&guest);
}

/* Every key of a PC keyboard with 105 keys, by its evdev code. */
static void keys(void **state)
{
	struct guest guest;
	struct x_rect at;
	int n = 0;

	(void)state;
	start(&guest, 1, &at);
	focus_window(&guest, 7);
	for (uint32_t code = 1; code <= 127; code++) {
		bool there = code <= 83 || (code >= 86 && code <= 88) ||
			     (code >= 96 && code <= 111 && code != 101) || code == 119 ||
			     (code >= 125 && code <= 127);

		if (!there)
			continue;
		/* Escape sequences of the window manager are not ours to press. */
		x_key(&screen, code + 8, true);
		guest_expect(&guest, ORIEL_MSG_KEY, is_key, &(struct press){code, 1});
		x_key(&screen, code + 8, false);
		guest_expect(&guest, ORIEL_MSG_KEY, is_key, &(struct press){code, 0});
		n++;
	}
	assert_true(n >= 104 && n <= 110);
	/* Locks are toggled an even number of times. */
	for (int i = 0; i < 2; i++)
		for (const uint32_t *lock = (uint32_t[]){58, 69, 0}; *lock; lock++) {
			if (i == 1)
				continue;
			x_key(&screen, *lock + 8, true);
			x_key(&screen, *lock + 8, false);
			guest_expect(&guest, ORIEL_MSG_KEY, is_key, &(struct press){*lock, 0});
		}
	stop_guest(&guest);
}

static bool is_down(const struct oriel_msg *msg, void *user)
{
	(void)user;
	return msg->key.down;
}

static void no_repeats(void **state)
{
	struct guest guest;
	struct x_rect at;

	(void)state;
	start(&guest, 1, &at);
	focus_window(&guest, 7);
	x_key(&screen, 38, true);
	guest_expect(&guest, ORIEL_MSG_KEY, is_key, &(struct press){30, 1});
	/* Longer than the delay until X repeats. */
	assert_false(guest_has(&guest, ORIEL_MSG_KEY, is_down, NULL, 900));
	x_key(&screen, 38, false);
	guest_expect(&guest, ORIEL_MSG_KEY, is_key, &(struct press){30, 0});
	stop_guest(&guest);
}

static bool focus_has_shift(const struct oriel_msg *msg, void *user)
{
	const struct press *wanted = user;
	bool shift = false;

	for (uint32_t i = 0; i < msg->focus.n_keys; i++)
		shift |= msg->focus.keys[i].code == 42;
	return msg->focus.window == wanted->code && shift == wanted->down;
}

/* Shift is held while focus moves on: the second window starts with it, and it is let go once. */
static void modifier_over_focus_change(void **state)
{
	struct guest_window second = plain;
	struct guest guest;
	struct x_rect at;

	(void)state;
	second.id = 8;
	start(&guest, 1, &at);
	open_window(&guest, &second);
	focus_window(&guest, 7);
	x_key(&screen, 50, true);
	guest_expect(&guest, ORIEL_MSG_KEY, is_key, &(struct press){42, 1});
	x_ask_activate(&screen, x_find(&screen, 8));
	guest_expect(&guest, ORIEL_MSG_FOCUS, focus_has_shift, &(struct press){8, 1});
	assert_false(guest_has(&guest, ORIEL_MSG_KEY, is_down, NULL, 100));
	x_key(&screen, 50, false);
	guest_expect(&guest, ORIEL_MSG_KEY, is_key, &(struct press){42, 0});
	x_ask_activate(&screen, x_find(&screen, 7));
	guest_expect(&guest, ORIEL_MSG_FOCUS, focus_has_shift, &(struct press){7, 0});
	stop_guest(&guest);
}

/* Focus goes to another program with a key held, which is let go there. */
static void no_stuck_key(void **state)
{
	struct guest guest;
	struct x_rect at;

	(void)state;
	start(&guest, 1, &at);
	focus_window(&guest, 7);
	x_key(&screen, 38, true);
	guest_expect(&guest, ORIEL_MSG_KEY, is_key, &(struct press){30, 1});
	focus_away(&guest, x_stranger(&screen, (struct x_rect){1300, 900, 100, 100}));
	x_key(&screen, 38, false);
	focus_window(&guest, 7);
	x_key(&screen, 38, true);
	guest_expect(&guest, ORIEL_MSG_KEY, is_key, &(struct press){30, 1});
	x_key(&screen, 38, false);
	guest_expect(&guest, ORIEL_MSG_KEY, is_key, &(struct press){30, 0});
	stop_guest(&guest);
}

static bool is_locked(const struct oriel_msg *msg, void *user)
{
	return msg->focus.window == 7 && msg->focus.locked == *(uint32_t *)user;
}

static bool focus_has_ctrl(const struct oriel_msg *msg, void *user)
{
	return msg->focus.window == *(uint32_t *)user && msg->focus.n_keys == 1 &&
	       msg->focus.keys[0].code == 97;
}

/* The host's keys are others in the guest: Cmd (Super) is Ctrl. */
static void mapped_keys(void **state)
{
	static const uint32_t codes[][2] = {
		{29, 29}, {97, 97}, {125, 97}, {126, 97}, {56, 56}, {100, 100}, {30, 30}};
	struct guest_window second = plain;
	struct guest guest;
	Window stranger;

	(void)state;
	second.id = 8;
	guest_start(&guest, &(struct guest_options){.keys = "1"});
	assert_non_null(strstr(guest.options, "lv3:ralt_switch"));
	open_window(&guest, &plain);
	open_window(&guest, &second);
	focus_window(&guest, 7);
	for (size_t i = 0; i < sizeof codes / sizeof *codes; i++) {
		x_key(&screen, codes[i][0] + 8, true);
		guest_expect(&guest, ORIEL_MSG_KEY, is_key, &(struct press){codes[i][1], 1});
		x_key(&screen, codes[i][0] + 8, false);
		guest_expect(&guest, ORIEL_MSG_KEY, is_key, &(struct press){codes[i][1], 0});
	}
	/* Held over a change of focus. */
	x_key(&screen, 125 + 8, true);
	guest_expect(&guest, ORIEL_MSG_KEY, is_key, &(struct press){97, 1});
	x_ask_activate(&screen, x_find(&screen, 8));
	guest_expect(&guest, ORIEL_MSG_FOCUS, focus_has_ctrl, &second.id);
	x_key(&screen, 125 + 8, false);
	guest_expect(&guest, ORIEL_MSG_KEY, is_key, &(struct press){97, 0});
	/* Let go elsewhere. */
	x_key(&screen, 125 + 8, true);
	guest_expect(&guest, ORIEL_MSG_KEY, is_key, &(struct press){97, 1});
	stranger = x_stranger(&screen, (struct x_rect){1300, 900, 100, 100});
	focus_away(&guest, stranger);
	x_key(&screen, 125 + 8, false);
	focus_window(&guest, 7);
	x_key(&screen, 125 + 8, true);
	guest_expect(&guest, ORIEL_MSG_KEY, is_key, &(struct press){97, 1});
	x_key(&screen, 125 + 8, false);
	guest_expect(&guest, ORIEL_MSG_KEY, is_key, &(struct press){97, 0});
	stop_guest(&guest);
	/* They change places. */
	guest_start(&guest, &(struct guest_options){.keys = "2"});
	assert_null(strstr(guest.options, "lv3:"));
	open_window(&guest, &plain);
	focus_window(&guest, 7);
	x_key(&screen, 29 + 8, true);
	guest_expect(&guest, ORIEL_MSG_KEY, is_key, &(struct press){125, 1});
	x_key(&screen, 29 + 8, false);
	x_key(&screen, 125 + 8, true);
	guest_expect(&guest, ORIEL_MSG_KEY, is_key, &(struct press){29, 1});
	x_key(&screen, 125 + 8, false);
	stop_guest(&guest);
}

static void locks(void **state)
{
	uint32_t caps = 1, nothing = 0;
	struct guest guest;
	struct x_rect at;
	Window stranger;

	(void)state;
	start(&guest, 1, &at);
	focus_window(&guest, 7);
	stranger = x_stranger(&screen, (struct x_rect){1300, 900, 100, 100});
	for (int i = 0; i < 2; i++) {
		focus_away(&guest, stranger);
		x_key(&screen, 66, true);
		x_key(&screen, 66, false);
		x_ask_activate(&screen, x_find(&screen, 7));
		guest_expect(&guest, ORIEL_MSG_FOCUS, is_locked, i == 0 ? &caps : &nothing);
	}
	stop_guest(&guest);
}

static void layouts(void **state)
{
	struct guest guest;

	(void)state;
	assert_int_equal(system("setxkbmap -layout de -variant nodeadkeys"), 0);
	guest_start(&guest, NULL);
	assert_string_equal(guest.layout, "de");
	assert_string_equal(guest.variant, "nodeadkeys");
	assert_int_equal(system("setxkbmap -layout fr -variant ''"), 0);
	guest_expect(&guest, ORIEL_MSG_KEYMAP, NULL, NULL);
	assert_string_equal(guest.layout, "fr");
	assert_int_equal(guest_stop(&guest), 1);
	guest_start(&guest, &(struct guest_options){.layout = "us"});
	assert_string_equal(guest.layout, "us");
	assert_int_equal(guest_stop(&guest), 1);
	assert_int_equal(system("setxkbmap -layout us"), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(motion_and_leave, guest_teardown),
		cmocka_unit_test_teardown(fractions, guest_teardown),
		cmocka_unit_test_teardown(buttons, guest_teardown),
		cmocka_unit_test_teardown(drag_outside, guest_teardown),
		cmocka_unit_test_teardown(wheel, guest_teardown),
		cmocka_unit_test_teardown(keys, guest_teardown),
		cmocka_unit_test_teardown(no_repeats, guest_teardown),
		cmocka_unit_test_teardown(modifier_over_focus_change, guest_teardown),
		cmocka_unit_test_teardown(no_stuck_key, guest_teardown),
		cmocka_unit_test_teardown(mapped_keys, guest_teardown),
		cmocka_unit_test_teardown(locks, guest_teardown),
		cmocka_unit_test_teardown(layouts, guest_teardown),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, x_start_screen, x_stop_screen);
}
