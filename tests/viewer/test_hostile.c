/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/*
 * Messages that the wire lets through and that are wrong all the same: each ends the link with a
 * reason, and the viewer by its own will. What can't be wrong about a frame is in test_frame.c.
 */
#include <stdlib.h>
#include <string.h>

#include "tests/viewer/guest.h"

static struct guest_window plain = {.id = 7, .flags = GUEST_BARE, .width = 64, .height = 64};

static void start(struct guest *guest)
{
	guest_start(guest, NULL);
	guest_open(guest, &plain, 1);
}

/* Sends, and sees the link and the viewer end; reason is a part of what it says. */
static void expect_refusal(struct guest *guest, const struct oriel_msg *msg, const char *reason)
{
	guest_send(guest, msg);
	for (int i = 0; !guest->closed; i++) {
		assert_true(i < X_PATIENCE_MS / 10);
		guest_pump(guest, 10);
	}
	assert_int_equal(guest->code, ORIEL_ERROR_PROTOCOL);
	if (!strstr(guest->reason, reason))
		fail_msg("'%s' does not say '%s'", guest->reason, reason);
	assert_int_equal(guest_wait_end(guest), 1);
}

static struct oriel_msg frame_for(uint32_t window)
{
	struct oriel_msg msg = {.type = ORIEL_MSG_FRAME};

	msg.frame = (struct oriel_msg_frame){.window = window,
		.serial = 99,
		.final = 1,
		.width = 64,
		.height = 64,
		.n_layers = 1,
		.n_rects = 1};
	msg.frame.layers[0] = (struct oriel_wire_layer){.id = 7000,
		.buffer_width = 64,
		.buffer_height = 64,
		.src_width = 64 * 256,
		.src_height = 64 * 256,
		.width = 64,
		.height = 64};
	msg.frame.rects[0] =
		(struct oriel_wire_rect){.width = 64, .height = 64, .length = 64 * 64 * 4};
	return msg;
}

static void rect_outside(void **state)
{
	struct oriel_msg msg = frame_for(7);
	struct guest guest;

	(void)state;
	start(&guest);
	msg.frame.rects[0].y = 1;
	expect_refusal(&guest, &msg, "outside of its layer");
}

static void ring_outside(void **state)
{
	struct oriel_msg msg = frame_for(7);
	struct guest guest;

	(void)state;
	start(&guest);
	msg.frame.rects[0].offset = 0xfffffff0;
	expect_refusal(&guest, &msg, "outside of the ring");
}

static void no_ring(void **state)
{
	struct oriel_msg msg = frame_for(7);
	struct guest guest;

	(void)state;
	guest_start(&guest, &(struct guest_options){.no_ring = true});
	guest_describe(&guest, &plain);
	expect_refusal(&guest, &msg, "not there");
}

static void undecodable(void **state)
{
	static const char garbage[64] = "garbage";
	struct oriel_msg msg = frame_for(7);
	struct guest guest;

	(void)state;
	start(&guest);
	msg.frame.data = (struct oriel_bytes){garbage, sizeof garbage};
	msg.frame.rects[0].encoding = ORIEL_ENCODING_LZ4;
	msg.frame.rects[0].length = sizeof garbage;
	expect_refusal(&guest, &msg, "can't be decoded");
}

static void frame_of_no_window(void **state)
{
	struct oriel_msg msg = frame_for(8);
	struct guest guest;

	(void)state;
	start(&guest);
	expect_refusal(&guest, &msg, "not there");
}

static void gone_twice(void **state)
{
	struct oriel_msg msg = {.type = ORIEL_MSG_WINDOW_GONE};
	struct guest guest;

	(void)state;
	start(&guest);
	guest_gone(&guest, 7);
	msg.window_gone.window = 7;
	expect_refusal(&guest, &msg, "not there");
}

static void shortcuts_of_no_window(void **state)
{
	struct oriel_msg msg = {.type = ORIEL_MSG_SHORTCUTS_WANTED};
	struct guest guest;

	(void)state;
	start(&guest);
	msg.shortcuts_wanted.window = 8;
	expect_refusal(&guest, &msg, "not there");
}

static struct oriel_msg describe(uint32_t id, uint32_t parent)
{
	struct oriel_msg msg = {.type = ORIEL_MSG_WINDOW};

	msg.window = (struct oriel_msg_window){.window = id,
		.parent = parent,
		.kind = ORIEL_KIND_POPUP,
		.width = 10,
		.height = 10};
	return msg;
}

static void parents_in_a_circle(void **state)
{
	struct oriel_msg one = describe(20, 21), two = describe(21, 20);
	struct guest guest;

	(void)state;
	start(&guest);
	guest_send(&guest, &one);
	expect_refusal(&guest, &two, "its own parent");
}

static void limits_crossed(void **state)
{
	struct oriel_msg msg = describe(20, 7);
	struct guest guest;

	(void)state;
	start(&guest);
	msg.window.min_width = 100;
	msg.window.max_width = 99;
	expect_refusal(&guest, &msg, "minimum width");
}

static void too_many_windows(void **state)
{
	struct oriel_msg msg;
	struct guest guest;

	(void)state;
	start(&guest);
	for (uint32_t i = 1; i < ORIEL_MAX_WINDOWS; i++) {
		msg = describe(1000 + i, 7);
		guest_send(&guest, &msg);
	}
	msg = describe(5000, 7);
	expect_refusal(&guest, &msg, "too many windows");
}

static void cursor_too_short(void **state)
{
	struct oriel_msg msg = {.type = ORIEL_MSG_CURSOR};
	struct guest guest;

	(void)state;
	start(&guest);
	msg.cursor = (struct oriel_msg_cursor){
		.width = 24, .height = 24, .scale = 120, .pixels = {"1234", 4}};
	expect_refusal(&guest, &msg, "pixels");
}

static void icon_too_short(void **state)
{
	struct oriel_msg msg = {.type = ORIEL_MSG_ICON};
	struct guest guest;

	(void)state;
	start(&guest);
	msg.icon = (struct oriel_msg_icon){.width = 24, .height = 24, .pixels = {"1234", 4}};
	expect_refusal(&guest, &msg, "pixels");
}

static void output_of_no_program(void **state)
{
	struct oriel_msg msg = {.type = ORIEL_MSG_LAUNCH_OUTPUT};
	struct guest guest;

	(void)state;
	start(&guest);
	msg.launch_output = (struct oriel_msg_launch_output){.launch = 1, .stream = 1};
	expect_refusal(&guest, &msg, "not started here");
}

static void state_of_no_name(void **state)
{
	struct oriel_msg msg = {.type = ORIEL_MSG_REQUEST};
	struct guest guest;

	(void)state;
	start(&guest);
	msg.request =
		(struct oriel_msg_request){.window = 7, .kind = ORIEL_REQUEST_STATE, .arg = 77};
	expect_refusal(&guest, &msg, "a state");
}

static void ring_without_memory(void **state)
{
	struct oriel_msg msg = {.type = ORIEL_MSG_RING};
	struct guest guest;

	(void)state;
	start(&guest);
	msg.ring = (struct oriel_msg_ring){.id = 2, .size = 4096};
	expect_refusal(&guest, &msg, "no memory came");
}

/* Extremes that are allowed: sizes, scales and places far from any screen. */
static void extremes(void **state)
{
	struct guest_window window = {.id = 9,
		.flags = GUEST_BARE,
		.x = -1048576,
		.y = 1048576,
		.width = 16384,
		.height = 1};
	uint32_t pixel[4] = {0xff112233, 0x80102030, 0, 0xffffffff};
	struct guest_layer layers[2] = {
		{.id = 1,
			.image = pixel,
			.image_width = 2,
			.image_height = 2,
			.x = -16384,
			.y = -16384,
			.width = 16384,
			.height = 16384},
		{.id = 2,
			.format = ORIEL_FORMAT_ARGB8888,
			.transform = 7,
			.image = pixel,
			.image_width = 2,
			.image_height = 2,
			.x = 16384,
			.y = 16384,
			.width = 16384,
			.height = 16384,
			.src_x = 1.99,
			.src_y = 1.99,
			.src_width = 1.0 / 256,
			.src_height = 1.0 / 256},
	};
	struct guest guest;

	(void)state;
	start(&guest);
	guest_describe(&guest, &window);
	guest_show(&guest, 9, 16384, 1, layers, 2);
	layers[1].x = layers[1].y = 0;
	guest_show(&guest, 9, 16384, 1, layers, 2);
	assert_int_equal(guest_stop(&guest), 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(rect_outside, guest_teardown),
		cmocka_unit_test_teardown(ring_outside, guest_teardown),
		cmocka_unit_test_teardown(no_ring, guest_teardown),
		cmocka_unit_test_teardown(undecodable, guest_teardown),
		cmocka_unit_test_teardown(frame_of_no_window, guest_teardown),
		cmocka_unit_test_teardown(gone_twice, guest_teardown),
		cmocka_unit_test_teardown(shortcuts_of_no_window, guest_teardown),
		cmocka_unit_test_teardown(parents_in_a_circle, guest_teardown),
		cmocka_unit_test_teardown(limits_crossed, guest_teardown),
		cmocka_unit_test_teardown(too_many_windows, guest_teardown),
		cmocka_unit_test_teardown(cursor_too_short, guest_teardown),
		cmocka_unit_test_teardown(icon_too_short, guest_teardown),
		cmocka_unit_test_teardown(output_of_no_program, guest_teardown),
		cmocka_unit_test_teardown(state_of_no_name, guest_teardown),
		cmocka_unit_test_teardown(ring_without_memory, guest_teardown),
		cmocka_unit_test_teardown(extremes, guest_teardown),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, x_start_screen, x_stop_screen);
}
