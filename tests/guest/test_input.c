/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/*
 * Keyboard, pointer and what the host has, from several viewers.
 */
#include "tests/guest/world.h"

#include <string.h>

/* Input ------------------------------------------------------------------------------------------
 */

static void send_focus(struct peer *peer, uint32_t window)
{
	struct oriel_msg msg = {.type = ORIEL_MSG_FOCUS};

	msg.focus.window = window;
	peer_send(peer, &msg);
}

static void send_key(struct peer *peer, uint32_t code)
{
	struct oriel_msg msg = {.type = ORIEL_MSG_KEY};

	msg.key.code = code;
	msg.key.down = 1;
	peer_send(peer, &msg);
}

static void send_motion(struct peer *peer, uint32_t window)
{
	struct oriel_msg msg = {.type = ORIEL_MSG_MOTION};

	msg.motion.window = window;
	msg.motion.x = 128;
	msg.motion.y = 512;
	peer_send(peer, &msg);
}

static void send_leave(struct peer *peer)
{
	struct oriel_msg msg = {.type = ORIEL_MSG_LEAVE};

	peer_send(peer, &msg);
}

static void take_calls(struct world *world, const char *expected)
{
	assert_string_equal(world->mir.calls, expected);
	world->mir.calls[0] = '\0';
}

static void test_input(void **state)
{
	static const uint32_t image[4] = {0};
	struct world *world = world_create();
	struct peer *peer = peer_viewer(world, ORIEL_ROLE_ATTACH, true);
	struct oriel_mir_cursor cursor = {.width = 2, .height = 2, .scale = 1, .pixels = image};

	(void)state;
	fake_cursor(&world->mir, &cursor);
	fake_painted(&world->mir, 1, 40, 30);
	world_until(world, peer->frames == 1);
	assert_int_equal(peer->cursors, 0);
	world->mir.calls[0] = '\0';
	send_key(peer, 30);
	send_focus(peer, 9);
	send_focus(peer, 1);
	send_key(peer, 30);
	send_motion(peer, 9);
	send_motion(peer, 1);
	send_leave(peer);
	send_leave(peer);
	peer_sync(peer);
	take_calls(world, "focus 1 0 0;key 30 1;motion 1 0.50,2.00;leave;");
	assert_int_equal(peer->cursors, 1);
	send_motion(peer, 1);
	peer_sync(peer);
	world->mir.calls[0] = '\0';
	peer_destroy(peer);
	world_until(world, world->core.n_clients == 0);
	take_calls(world, "focus 0 0 0;leave;");
	world_destroy(world);
}

/* The viewer that takes the focus may be quicker than the one that loses it. */
static void test_focus_race(void **state)
{
	struct world *world = world_create();
	struct peer *attach = peer_viewer(world, ORIEL_ROLE_ATTACH, true);
	struct peer *owner = peer_viewer(world, ORIEL_ROLE_OWNER, true);
	struct fake_window *window;

	(void)state;
	peer_launch(owner, 1, "sleep", "1000", NULL);
	world_until(world, world->core.n_launches == 1);
	window = fake_painted(&world->mir, 1, 40, 30);
	window->description.pid = world_last_pid(world);
	fake_painted(&world->mir, 2, 40, 30);
	world_until(world, owner->frames == 1 && attach->frames == 1);
	send_focus(attach, 2);
	peer_sync(attach);
	world->mir.calls[0] = '\0';
	send_focus(owner, 1);
	peer_sync(owner);
	send_focus(attach, 0);
	send_key(attach, 1);
	peer_sync(attach);
	send_key(owner, 2);
	peer_sync(owner);
	take_calls(world, "focus 1 0 0;key 2 1;");
	peer_destroy(owner);
	peer_destroy(attach);
	world_destroy(world);
}

/* Screens and keyboard are told to Mir when they change, not when another viewer says the same. */
static void test_host(void **state)
{
	struct world *world = world_create();
	struct peer *first = peer_viewer(world, ORIEL_ROLE_ATTACH, true);
	struct peer *second = peer_viewer(world, ORIEL_ROLE_OWNER, true);
	struct oriel_msg msg = {.type = ORIEL_MSG_KEYMAP};

	(void)state;
	msg.keymap.layout = "de";
	msg.keymap.repeat_rate = 25;
	peer_send(first, &msg);
	peer_send(second, &msg);
	msg.keymap.layout = "nonsense";
	peer_send(second, &msg);
	peer_sync(first);
	peer_sync(second);
	assert_false(second->closed);
	assert_int_equal(world->mir.outputs_set, 1);
	assert_int_equal(world->mir.keymaps_set, 1);
	peer_outputs(second, 1920, 1080);
	peer_sync(second);
	assert_int_equal(world->mir.outputs_set, 2);
	fake_ask(&world->mir, 1, ORIEL_REQUEST_MOVE, 0);
	peer_sync(first);
	fake_painted(&world->mir, 1, 40, 30);
	peer_sync(first);
	fake_ask(&world->mir, 1, ORIEL_REQUEST_RESIZE, ORIEL_EDGE_LEFT);
	world_until(world, first->requests == 1);
	assert_int_equal(first->request.kind, ORIEL_REQUEST_RESIZE);
	assert_int_equal(first->request.arg, ORIEL_EDGE_LEFT);
	peer_destroy(first);
	peer_destroy(second);
	world_destroy(world);
}

/* What the peer was told last, and how often it was told. */
struct wished {
	struct oriel_msg_shortcuts_wanted last;
	int n;
};

static void handle_wish(struct peer *peer, const struct oriel_msg *msg)
{
	struct wished *wished = peer->user;

	if (msg->type != ORIEL_MSG_SHORTCUTS_WANTED)
		return;
	wished->last = msg->shortcuts_wanted;
	wished->n++;
}

static struct peer *wishing_viewer(struct world *world, struct wished *wished)
{
	struct peer *peer = peer_viewer(world, ORIEL_ROLE_ATTACH, true);

	peer->other = handle_wish;
	peer->user = wished;
	return peer;
}

static void wish(struct world *world, struct fake_window *window, uint32_t number)
{
	window->description.shortcuts = number;
	fake_describe(&world->mir, window);
}

static void give(struct peer *peer, uint32_t window, bool given)
{
	struct oriel_msg msg = {.type = ORIEL_MSG_SHORTCUTS_GIVEN};

	msg.shortcuts_given.window = window;
	msg.shortcuts_given.given = given;
	peer_send(peer, &msg);
	peer_sync(peer);
}

/* Each wish is told; who shows the window says whether it is granted, and nobody else. */
static void test_shortcuts(void **state)
{
	struct wished first = {0}, second = {0};
	struct world *world = world_create();
	struct peer *peer = wishing_viewer(world, &first), *next = wishing_viewer(world, &second);
	struct fake_window *window = fake_painted(&world->mir, 1, 40, 30);

	(void)state;
	world_until(world, peer->frames == 1);
	assert_int_equal(first.n, 0);
	wish(world, window, 5);
	world_until(world, first.n == 1 && first.last.window == 1 && first.last.wanted);
	fake_describe(&world->mir, window);
	peer_sync(peer);
	assert_int_equal(first.n, 1);
	wish(world, window, 6);
	world_until(world, first.n == 2 && first.last.wanted);
	wish(world, window, 0);
	world_until(world, first.n == 3 && !first.last.wanted);
	wish(world, window, 7);
	world_until(world, first.n == 4);
	world->mir.calls[0] = '\0';
	give(next, 1, true);
	give(peer, 9, true);
	take_calls(world, "");
	give(peer, 1, true);
	give(peer, 1, false);
	give(peer, 1, true);
	take_calls(world, "shortcuts 1 1;shortcuts 1 0;shortcuts 1 1;");
	peer_destroy(peer);
	world_until(world, second.n == 1 && second.last.wanted);
	take_calls(world, "shortcuts 1 0;");
	peer_destroy(next);
	world_destroy(world);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_input),
		cmocka_unit_test(test_focus_race),
		cmocka_unit_test(test_host),
		cmocka_unit_test(test_shortcuts),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
