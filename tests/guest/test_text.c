/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/*
 * Who hears of a text field, and who may write into it.
 */
#include "tests/guest/world.h"

#include <stdlib.h>
#include <string.h>

static void set_field(struct world *world, uint32_t window, const char *surrounding,
	uint32_t cursor, uint32_t anchor)
{
	struct oriel_mir_text_input field = {
		.window = window,
		.caret = {5, -6, 7, 8},
		.purpose = 5,
		.hints = 3,
		.surrounding = surrounding,
		.cursor = cursor,
		.anchor = anchor,
	};

	fake_text_input(&world->mir, &field);
}

static void send_focus(struct peer *peer, uint32_t window)
{
	struct oriel_msg msg = {.type = ORIEL_MSG_FOCUS, .focus = {.window = window}};

	peer_send(peer, &msg);
	peer_sync(peer);
}

static void send_text(struct peer *peer, const struct oriel_msg_text *text)
{
	struct oriel_msg msg = {.type = ORIEL_MSG_TEXT, .text = *text};

	msg.text.commit = msg.text.commit ? msg.text.commit : "";
	msg.text.preedit = msg.text.preedit ? msg.text.preedit : "";
	peer_send(peer, &msg);
	peer_sync(peer);
}

static void take_calls(struct world *world, const char *expected)
{
	assert_string_equal(world->mir.calls, expected);
	world->mir.calls[0] = '\0';
}

static struct peer *start(struct world *world)
{
	struct peer *peer = peer_viewer(world, ORIEL_ROLE_ATTACH, true);

	fake_painted(&world->mir, 1, 40, 30);
	world_until(world, peer->frames == 1);
	send_focus(peer, 1);
	world->mir.calls[0] = '\0';
	return peer;
}

static void finish(struct world *world, struct peer *peer)
{
	peer_destroy(peer);
	world_until(world, world->core.n_clients == 0);
	world_destroy(world);
}

static void test_field(void **state)
{
	struct world *world = world_create();
	struct peer *peer = start(world);

	(void)state;
	set_field(world, 1, "h\u00e9llo", 3, 6);
	world_until(world, peer->fields == 1);
	assert_int_equal(peer->field.window, 1);
	assert_int_equal(peer->field.x, 5);
	assert_int_equal(peer->field.y, -6);
	assert_int_equal(peer->field.width, 7);
	assert_int_equal(peer->field.height, 8);
	assert_int_equal(peer->field.purpose, 5);
	assert_int_equal(peer->field.hints, 3);
	assert_int_equal(peer->field.cursor, 3);
	assert_int_equal(peer->field.anchor, 6);
	assert_string_equal(peer->surrounding, "h\u00e9llo");
	/* Focus goes, and with it the field, whatever Mir says of it by then. */
	send_focus(peer, 0);
	assert_int_equal(peer->fields, 2);
	assert_int_equal(peer->field.window, 0);
	send_focus(peer, 1);
	assert_int_equal(peer->fields, 3);
	assert_int_equal(peer->field.window, 1);
	set_field(world, 0, "", 0, 0);
	world_until(world, peer->fields == 4);
	assert_int_equal(peer->field.window, 0);
	/* A window that is gone, or never was. */
	set_field(world, 1, "", 0, 0);
	world_until(world, peer->fields == 5);
	fake_close(&world->mir, &world->mir.windows[1]);
	world_until(world, peer->fields == 6);
	assert_int_equal(peer->field.window, 0);
	set_field(world, 9, "", 0, 0);
	peer_sync(peer);
	assert_int_equal(peer->fields, 6);
	finish(world, peer);
}

/* What programs may say: the viewer gets what makes sense of it. */
static void test_wrong_field(void **state)
{
	static char long_text[ORIEL_MAX_TEXT + 3];
	static const struct {
		const char *text;
		uint32_t cursor, anchor;
		bool good;
	} cases[] = {
		{"h\u00e9llo", 6, 0, true},
		{"h\u00e9llo", 2, 0, false}, /* inside of a character */
		{"h\u00e9llo", 0, 2, false},
		{"h\u00e9llo", 7, 0, false},
		{"h\u00e9llo", 0, 0xffffffff, false},
		{"h\xff", 0, 0, false},
		{long_text, 0, 0, false},
		{long_text + 2, ORIEL_MAX_TEXT, 0, true},
	};
	struct world *world = world_create();
	struct peer *peer = start(world);
	struct oriel_mir_text_input field = {.window = 1,
		.caret = {INT32_MIN, INT32_MAX, -1, INT32_MAX},
		.purpose = 77,
		.hints = 0xffffffff,
		.surrounding = ""};

	(void)state;
	memset(long_text, 'x', sizeof long_text - 1);
	for (int i = 0; i < 8; i++) {
		set_field(world, 1, cases[i].text, cases[i].cursor, cases[i].anchor);
		world_until(world, peer->fields == i + 1);
		assert_int_equal(
			strlen(peer->surrounding), cases[i].good ? strlen(cases[i].text) : 0);
		assert_int_equal(peer->field.cursor, cases[i].good ? cases[i].cursor : 0);
		assert_int_equal(peer->field.anchor, cases[i].good ? cases[i].anchor : 0);
	}
	fake_text_input(&world->mir, &field);
	world_until(world, peer->fields == 9);
	assert_int_equal(peer->field.x, -ORIEL_MAX_SIDE);
	assert_int_equal(peer->field.y, ORIEL_MAX_SIDE);
	assert_int_equal(peer->field.width, 0);
	assert_int_equal(peer->field.height, ORIEL_MAX_SIDE);
	assert_int_equal(peer->field.purpose, 0);
	assert_int_equal(peer->field.hints, 0x3ff);
	finish(world, peer);
}

static void test_write(void **state)
{
	struct world *world = world_create();
	struct peer *peer = start(world);

	(void)state;
	send_text(peer, &(struct oriel_msg_text){.commit = "nowhere"});
	take_calls(world, "");
	set_field(world, 1, "h\u00e9llo", 3, 3);
	world_until(world, peer->fields == 1);
	send_text(peer, &(struct oriel_msg_text){.delete_before = 2,
				.delete_after = 1,
				.commit = "\u4f60",
				.preedit = "n\u0129",
				.cursor_begin = 1,
				.cursor_end = 3});
	take_calls(world, "text -2 -1 '\u4f60' 'n\u0129' 1-3;");
	/* Half a character, and more than there is. */
	send_text(peer, &(struct oriel_msg_text){.delete_before = 1, .commit = "a"});
	send_text(peer, &(struct oriel_msg_text){.delete_after = 4, .commit = "b"});
	send_text(peer, &(struct oriel_msg_text){.delete_before = 4096, .commit = "c"});
	take_calls(world, "text -0 -0 'a' '' 0-0;text -0 -0 'b' '' 0-0;text -0 -0 'c' '' 0-0;");
	set_field(world, 0, "", 0, 0);
	world_until(world, peer->fields == 2);
	send_text(peer, &(struct oriel_msg_text){.commit = "too late"});
	take_calls(world, "");
	finish(world, peer);
}

/* Another viewer has the focus: it is not the field's, and can't write. */
static void test_two_viewers(void **state)
{
	struct world *world = world_create();
	struct peer *peer = start(world);
	struct peer *other = peer_viewer(world, ORIEL_ROLE_ATTACH, true);

	(void)state;
	set_field(world, 1, "", 0, 0);
	world_until(world, peer->fields == 1);
	send_text(other, &(struct oriel_msg_text){.commit = "x"});
	take_calls(world, "");
	assert_int_equal(other->fields, 0);
	/* The window goes over to the other viewer. */
	peer_destroy(peer);
	world_until(world, other->frames == 1);
	peer_sync(other);
	assert_int_equal(other->fields, 0);
	send_focus(other, 1);
	assert_int_equal(other->fields, 1);
	world->mir.calls[0] = '\0';
	send_text(other, &(struct oriel_msg_text){.commit = "x"});
	take_calls(world, "text -0 -0 'x' '' 0-0;");
	finish(world, other);
}

static void test_wrong_cursor(void **state)
{
	static const int32_t cursors[][2] = {{2, 3}, {0, 2}, {4, 4}, {0, 4096}};

	(void)state;
	for (int i = 0; i < 4; i++) {
		struct world *world = world_create();
		struct peer *peer = start(world);
		struct oriel_msg msg = {.type = ORIEL_MSG_TEXT,
			.text = {.commit = "",
				.preedit = "n\u0129",
				.cursor_begin = cursors[i][0],
				.cursor_end = cursors[i][1]}};

		peer_send(peer, &msg);
		world_until(world, peer->closed);
		assert_non_null(strstr(peer->reason, "not between characters"));
		finish(world, peer);
	}
}

static void test_not_agreed(void **state)
{
	struct world *world = world_create();
	struct oriel_msg msg = {.type = ORIEL_MSG_TEXT, .text = {.commit = "x", .preedit = ""}};
	struct peer *peer;

	(void)state;
	peer = peer_connect_without_text(world);
	peer_outputs(peer, 1280, 800);
	fake_painted(&world->mir, 1, 40, 30);
	world_until(world, peer->frames == 1);
	send_focus(peer, 1);
	set_field(world, 1, "", 0, 0);
	peer_sync(peer);
	assert_int_equal(peer->fields, 0);
	peer_send(peer, &msg);
	world_until(world, peer->closed);
	assert_non_null(strstr(peer->reason, "text: "));
	finish(world, peer);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_field),
		cmocka_unit_test(test_wrong_field),
		cmocka_unit_test(test_write),
		cmocka_unit_test(test_two_viewers),
		cmocka_unit_test(test_wrong_cursor),
		cmocka_unit_test(test_not_agreed),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
