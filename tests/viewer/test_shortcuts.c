/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/* The host's shortcuts: who gets them, and the user's way out. */
#include "tests/viewer/focus.h"

static const struct guest_window plain = {
	.id = 7, .flags = GUEST_BARE, .width = 320, .height = 200, .app_id = "plain"};

/* Whether the viewer has all keys, also those that the window manager would take. */
static bool has_shortcuts(struct guest *guest)
{
	const Time future = 0x7fff0000; /* never granted, so that nobody else is kept out */

	guest_pump(guest, 20);
	return XGrabKeyboard(screen.display, DefaultRootWindow(screen.display), False,
		       GrabModeAsync, GrabModeAsync, future) == AlreadyGrabbed;
}

static void expect_shortcuts(struct guest *guest, bool expected)
{
	for (int i = 0; has_shortcuts(guest) != expected; i++)
		assert_true(i < X_PATIENCE_MS / 20);
}

static void want_shortcuts(struct guest *guest, bool wanted)
{
	struct oriel_msg msg = {.type = ORIEL_MSG_SHORTCUTS_WANTED};

	msg.shortcuts_wanted = (struct oriel_msg_shortcuts_wanted){.window = 7, .wanted = wanted};
	guest_send(guest, &msg);
}

static bool is_given(const struct oriel_msg *msg, void *given)
{
	return msg->shortcuts_given.window == 7 &&
	       msg->shortcuts_given.given == *(const bool *)given;
}

static void press_way_out(void)
{
	x_key(&screen, 37, true);
	x_key(&screen, 64, true);
	x_key(&screen, 9, true);
	x_key(&screen, 9, false);
	x_key(&screen, 64, false);
	x_key(&screen, 37, false);
}

static void start_grabbing(struct guest *guest, const char *grab)
{
	x_move(&screen, 1599, 1199);
	guest_start(guest, &(struct guest_options){.grab = grab});
	open_window(guest, &plain);
	focus_window(guest, 7);
}

static void stop_guest(struct guest *guest)
{
	assert_int_equal(guest_stop(guest), 1);
}

/* The program has them as long as it asks and has focus, no longer. */
static void allowed(void **state)
{
	bool yes = true;
	struct guest guest;

	(void)state;
	start_grabbing(&guest, "allow");
	assert_false(has_shortcuts(&guest));
	want_shortcuts(&guest, true);
	guest_expect(&guest, ORIEL_MSG_SHORTCUTS_GIVEN, is_given, &yes);
	expect_shortcuts(&guest, true);
	/* Asked once more, it answers once more. */
	want_shortcuts(&guest, true);
	guest_expect(&guest, ORIEL_MSG_SHORTCUTS_GIVEN, is_given, &yes);
	x_key(&screen, 38, true);
	guest_expect(&guest, ORIEL_MSG_KEY, is_key, &(struct press){30, 1});
	focus_away(&guest, x_stranger(&screen, (struct x_rect){1300, 900, 100, 100}));
	expect_shortcuts(&guest, false);
	x_key(&screen, 38, false);
	focus_window(&guest, 7);
	expect_shortcuts(&guest, true);
	/* Nothing is stuck. */
	x_key(&screen, 38, true);
	guest_expect(&guest, ORIEL_MSG_KEY, is_key, &(struct press){30, 1});
	x_key(&screen, 38, false);
	guest_expect(&guest, ORIEL_MSG_KEY, is_key, &(struct press){30, 0});
	want_shortcuts(&guest, false);
	expect_shortcuts(&guest, false);
	stop_guest(&guest);
}

static bool is_escape(const struct oriel_msg *msg, void *user)
{
	(void)user;
	return msg->key.code == 1;
}

/* The user takes them back, whatever the program does, and gives them again. */
static void taken_back(void **state)
{
	bool yes = true, no = false;
	struct guest guest;

	(void)state;
	start_grabbing(&guest, "allow");
	want_shortcuts(&guest, true);
	guest_expect(&guest, ORIEL_MSG_SHORTCUTS_GIVEN, is_given, &yes);
	expect_shortcuts(&guest, true);
	press_way_out();
	guest_expect(&guest, ORIEL_MSG_SHORTCUTS_GIVEN, is_given, &no);
	expect_shortcuts(&guest, false);
	guest_expect(&guest, ORIEL_MSG_KEY, is_key, &(struct press){29, 0});
	want_shortcuts(&guest, false);
	want_shortcuts(&guest, true);
	assert_false(guest_has(&guest, ORIEL_MSG_SHORTCUTS_GIVEN, NULL, NULL, 100));
	assert_false(has_shortcuts(&guest));
	press_way_out();
	guest_expect(&guest, ORIEL_MSG_SHORTCUTS_GIVEN, is_given, &yes);
	expect_shortcuts(&guest, true);
	/* A program that lets them go in time to see the Escape has nothing of it. */
	want_shortcuts(&guest, false);
	expect_shortcuts(&guest, false);
	press_way_out();
	guest_expect(&guest, ORIEL_MSG_KEY, is_key, &(struct press){29, 0});
	want_shortcuts(&guest, true);
	/* Nor one that opens another window. */
	guest_gone(&guest, 7);
	open_window(&guest, &plain);
	focus_window(&guest, 7);
	want_shortcuts(&guest, true);
	assert_false(guest_has(&guest, ORIEL_MSG_SHORTCUTS_GIVEN, NULL, NULL, 100));
	assert_false(has_shortcuts(&guest));
	assert_false(guest_has(&guest, ORIEL_MSG_KEY, is_escape, NULL, 50));
	stop_guest(&guest);
}

static void refused(void **state)
{
	struct guest guest;

	(void)state;
	start_grabbing(&guest, NULL);
	want_shortcuts(&guest, true);
	assert_false(guest_has(&guest, ORIEL_MSG_SHORTCUTS_GIVEN, NULL, NULL, 300));
	assert_false(has_shortcuts(&guest));
	/* There is nothing to take back: the keys are the program's. */
	press_way_out();
	guest_expect(&guest, ORIEL_MSG_KEY, is_key, &(struct press){1, 1});
	stop_guest(&guest);
}

/* All windows have them, and programs that ask are told. */
static void always(void **state)
{
	bool yes = true;
	struct guest guest;

	(void)state;
	start_grabbing(&guest, "always");
	expect_shortcuts(&guest, true);
	want_shortcuts(&guest, true);
	guest_expect(&guest, ORIEL_MSG_SHORTCUTS_GIVEN, is_given, &yes);
	want_shortcuts(&guest, false);
	guest_pump(&guest, 50);
	assert_true(has_shortcuts(&guest));
	press_way_out();
	expect_shortcuts(&guest, false);
	press_way_out();
	expect_shortcuts(&guest, true);
	stop_guest(&guest);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(allowed, guest_teardown),
		cmocka_unit_test_teardown(taken_back, guest_teardown),
		cmocka_unit_test_teardown(refused, guest_teardown),
		cmocka_unit_test_teardown(always, guest_teardown),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, x_start_screen, x_stop_screen);
}
