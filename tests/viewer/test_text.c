/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/* Keys and text while a text field of the guest has focus. Xlib's own composing of dead keys stands
 * for an input method: it takes keys, and commits text without one. */
#include <stdlib.h>
#include <string.h>

#include "tests/viewer/guest.h"

#define PASSWORD 8

/* X's keycodes; evdev's are 8 less. */
enum {
	X_E = 26,
	X_A = 38,
	X_APOSTROPHE = 48,
	X_SHIFT = 50,
	X_CONTROL = 37,
	X_RETURN = 36,
	X_LEFT = 113,
	X_NUM_LOCK = 77,
	X_KEYPAD_1 = 87,
	X_ALTGR = 108,
	X_Q = 24,
};

static const struct guest_window plain = {
	.id = 7, .flags = GUEST_BARE, .width = 320, .height = 200, .app_id = "plain"};

static bool is_focus(const struct oriel_msg *msg, void *user)
{
	return msg->focus.window == *(uint32_t *)user;
}

static void set_field(struct guest *guest, uint32_t window, uint32_t purpose)
{
	struct oriel_msg msg = {.type = ORIEL_MSG_TEXT_INPUT};
	uint32_t *image;

	msg.text_input = (struct oriel_msg_text_input){.window = window,
		.x = 20,
		.y = 30,
		.width = 1,
		.height = 16,
		.purpose = purpose,
		.surrounding = ""};
	guest_send(guest, &msg);
	/* It has arrived when the answer to what is behind it comes, a frame. */
	image = guest_image(1, 320, 200);
	guest_show(guest, 7, 320, 200,
		&(struct guest_layer){.id = 1,
			.format = ORIEL_FORMAT_XRGB8888,
			.image = image,
			.image_width = 320,
			.image_height = 200,
			.encoding = ORIEL_ENCODING_RING},
		1);
	free(image);
	guest_forget(guest);
	guest->text[0] = '\0';
}

static void start(struct guest *guest, const char *layout)
{
	uint32_t id = 7;

	assert_int_equal(system(layout), 0);
	guest_start(guest, NULL);
	guest_open(guest, &plain, 7);
	x_ask_activate(&screen, x_find(&screen, 7));
	guest_expect(guest, ORIEL_MSG_FOCUS, is_focus, &id);
	/* The window manager may still be busy with it. */
	guest_pump(guest, 200);
}

static void stop_guest(struct guest *guest)
{
	assert_int_equal(guest_stop(guest), 1);
	assert_int_equal(system("setxkbmap -layout us -variant ''"), 0);
}

static void type(unsigned keycode)
{
	x_key(&screen, keycode, true);
	x_key(&screen, keycode, false);
}

struct press {
	uint32_t code;
	uint8_t down;
};

static bool is_key(const struct oriel_msg *msg, void *user)
{
	const struct press *press = user;

	return msg->key.code == press->code && msg->key.down == press->down;
}

static void expect_key(struct guest *guest, unsigned keycode)
{
	guest_expect(guest, ORIEL_MSG_KEY, is_key, &(struct press){keycode - 8, 1});
	guest_expect(guest, ORIEL_MSG_KEY, is_key, &(struct press){keycode - 8, 0});
}

static void expect_typed(struct guest *guest, unsigned keycode)
{
	type(keycode);
	expect_key(guest, keycode);
}

static void expect_text(struct guest *guest, const char *text)
{
	for (int i = 0; strcmp(guest->text, text) != 0 && i < X_PATIENCE_MS / 10; i++)
		guest_pump(guest, 10);
	assert_string_equal(guest->text, text);
}

/* What keys have on them is typed by the guest, and not once more as text. */
static void keys_are_keys(void **state)
{
	struct guest guest;

	(void)state;
	start(&guest, "setxkbmap -layout de -variant nodeadkeys");
	set_field(&guest, 7, 0);
	expect_typed(&guest, X_A);
	x_key(&screen, X_SHIFT, true);
	expect_typed(&guest, X_A);
	x_key(&screen, X_SHIFT, false);
	x_key(&screen, X_ALTGR, true);
	expect_typed(&guest, X_Q); /* @ */
	x_key(&screen, X_ALTGR, false);
	x_key(&screen, X_CONTROL, true);
	expect_typed(&guest, X_A);
	x_key(&screen, X_CONTROL, false);
	expect_typed(&guest, X_RETURN);
	expect_typed(&guest, X_LEFT);
	expect_typed(&guest, X_APOSTROPHE); /* ä */
	type(X_NUM_LOCK);
	expect_typed(&guest, X_KEYPAD_1);
	type(X_NUM_LOCK);
	/* Held so long that X repeats it: the guest repeats by itself. */
	x_key(&screen, X_A, true);
	guest_pump(&guest, 900);
	x_key(&screen, X_A, false);
	expect_key(&guest, X_A);
	guest_pump(&guest, 100);
	assert_string_equal(guest.text, "");
	stop_guest(&guest);
}

/* Many keys in one go are in SDL's queue together. */
static void fast_typing(void **state)
{
	struct guest guest;

	(void)state;
	start(&guest, "setxkbmap -layout us");
	set_field(&guest, 7, 0);
	/* Each but once: SDL takes one that is quick enough for a repeat. */
	for (unsigned keycode = X_Q; keycode < X_Q + 10; keycode++)
		type(keycode);
	for (unsigned keycode = X_Q; keycode < X_Q + 10; keycode++)
		expect_key(&guest, keycode);
	guest_pump(&guest, 100);
	assert_string_equal(guest.text, "");
	stop_guest(&guest);
}

static void input_method(void **state)
{
	struct guest guest;

	(void)state;
	start(&guest, "setxkbmap -layout us -variant intl");
	set_field(&guest, 7, 0);
	type(X_APOSTROPHE); /* dead acute */
	type(X_E);
	expect_text(&guest, "\u00e9;");
	/* Keys before and behind it have kept their places. */
	expect_typed(&guest, X_A);
	type(X_APOSTROPHE);
	type(X_A);
	expect_text(&guest, "\u00e9;\u00e1;");
	assert_false(guest_has(&guest, ORIEL_MSG_KEY, NULL, NULL, 100));
	stop_guest(&guest);
}

/* The input method that programs are told of does not run. Xlib gives dead keys as text then. */
static void no_input_method(void **state)
{
	struct guest guest;

	(void)state;
	setenv("XMODIFIERS", "@im=nowhere", 1);
	start(&guest, "setxkbmap -layout us -variant intl");
	setenv("XMODIFIERS", "@im=none", 1);
	set_field(&guest, 7, 0);
	expect_typed(&guest, X_APOSTROPHE);
	expect_typed(&guest, X_E);
	guest_pump(&guest, 100);
	assert_string_equal(guest.text, "");
	stop_guest(&guest);
}

/* Without a field, and for a password, the guest composes. */
static void only_keys(void **state)
{
	struct guest guest;

	(void)state;
	start(&guest, "setxkbmap -layout us -variant intl");
	for (int i = 0; i < 3; i++) {
		set_field(&guest, i == 1 ? 0 : 7, i == 1 ? 0 : PASSWORD);
		expect_typed(&guest, X_APOSTROPHE);
		expect_typed(&guest, X_E);
	}
	guest_pump(&guest, 100);
	assert_string_equal(guest.text, "");
	set_field(&guest, 7, 0);
	type(X_APOSTROPHE);
	type(X_E);
	expect_text(&guest, "\u00e9;");
	guest_gone(&guest, 7);
	stop_guest(&guest);
}

static void expect_refusal(const struct oriel_msg_text_input *field, const char *reason)
{
	struct oriel_msg msg = {.type = ORIEL_MSG_TEXT_INPUT, .text_input = *field};
	struct guest guest;

	guest_start(&guest, NULL);
	guest_open(&guest, &plain, 7);
	guest_send(&guest, &msg);
	for (int i = 0; !guest.closed; i++) {
		assert_true(i < X_PATIENCE_MS / 10);
		guest_pump(&guest, 10);
	}
	assert_int_equal(guest.code, ORIEL_ERROR_PROTOCOL);
	assert_non_null(strstr(guest.reason, reason));
	assert_int_equal(guest_wait_end(&guest), 1);
}

static void hostile(void **state)
{
	(void)state;
	expect_refusal(&(struct oriel_msg_text_input){.window = 8, .surrounding = ""},
		"the window is not there");
	expect_refusal(
		&(struct oriel_msg_text_input){.window = 7, .cursor = 4, .surrounding = "abc"},
		"behind the end");
	expect_refusal(
		&(struct oriel_msg_text_input){.window = 7, .anchor = 4096, .surrounding = ""},
		"behind the end");
}

static int start_screen(void **state)
{
	/* Xlib composes for locales that it knows. */
	setenv("LC_ALL", "C.UTF-8", 1);
	setenv("XMODIFIERS", "@im=none", 1);
	return x_start_screen(state);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(keys_are_keys, guest_teardown),
		cmocka_unit_test_teardown(fast_typing, guest_teardown),
		cmocka_unit_test_teardown(input_method, guest_teardown),
		cmocka_unit_test_teardown(no_input_method, guest_teardown),
		cmocka_unit_test_teardown(only_keys, guest_teardown),
		cmocka_unit_test_teardown(hostile, guest_teardown),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, start_screen, x_stop_screen);
}
