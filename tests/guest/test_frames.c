/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/*
 * What is sent of a window's content: whole, damaged parts, layers, in parts.
 */
#include "tests/guest/world.h"

/* The first content comes whole, through a ring or inside messages. */
static void first_frame(bool ring)
{
	struct world *world = world_create();
	struct peer *peer = peer_viewer(world, ORIEL_ROLE_ATTACH, ring);
	struct fake_window *window = fake_painted(&world->mir, 1, 301, 203);

	world_until(world, peer->frames == 1 && window->dones == 1);
	assert_true(peer_painted(peer, 10, 1));
	assert_int_equal(peer->pixels, 301 * 203);
	assert_int_equal(peer->last.width, 301);
	assert_int_equal(peer->last.height, 203);
	assert_int_equal(peer->rings, ring);
	peer_destroy(peer);
	world_destroy(world);
}

static void test_first_frame_ring(void **state)
{
	(void)state;
	first_frame(true);
}

static void test_first_frame_inline(void **state)
{
	(void)state;
	first_frame(false);
}

/* Told damage is sent as it is; damage that is not told is found by comparing. */
static void test_damage(void **state)
{
	struct world *world = world_create();
	struct peer *peer = peer_viewer(world, ORIEL_ROLE_ATTACH, true);
	struct fake_window *window = fake_painted(&world->mir, 1, 400, 300);

	(void)state;
	world_until(world, window->dones == 1);
	peer->pixels = 0;
	fake_draw(window, 0, (struct oriel_rect){10, 20, 30, 5}, 0xff00ff00);
	fake_commit(&world->mir, window);
	world_until(world, window->dones == 2);
	assert_int_equal(peer->pixels, 30 * 5);
	assert_int_equal(peer_texture(peer, 10)->pixels[24 * 400 + 39], 0xff00ff00);
	assert_int_equal(peer_texture(peer, 10)->pixels[24 * 400 + 40], fake_colour(40, 24, 1));

	peer->pixels = 0;
	fake_draw(window, 0, (struct oriel_rect){200, 100, 8, 8}, 0xffff0000);
	window->layers[0].n_damage = -1;
	fake_commit(&world->mir, window);
	world_until(world, window->dones == 3);
	assert_int_equal(peer->pixels, 8 * 8);
	assert_int_equal(peer_texture(peer, 10)->pixels[107 * 400 + 207], 0xffff0000);
	assert_true(world->core.stats.compare_pixels >= 400 * 300);

	/* Nothing new: a frame without pixels, which paces the client all the same. */
	peer->pixels = 0;
	window->layers[0].changed = true;
	window->layers[0].n_damage = -1;
	fake_commit(&world->mir, window);
	world_until(world, window->dones == 4);
	assert_int_equal(peer->pixels, 0);
	peer_destroy(peer);
	world_destroy(world);
}

/* A layer that is new, or has another size, comes whole; the others don't. */
static void test_layers(void **state)
{
	struct world *world = world_create();
	struct peer *peer = peer_viewer(world, ORIEL_ROLE_ATTACH, true);
	struct fake_window *window = fake_painted(&world->mir, 1, 200, 100);

	(void)state;
	world_until(world, window->dones == 1);
	peer->pixels = 0;
	window->n_layers = 2;
	window->layers[1].id = 11;
	window->layers[1].format = ORIEL_FORMAT_ARGB8888;
	fake_resize(window, 1, 20, 10);
	fake_paint(window, 1, 5);
	fake_commit(&world->mir, window);
	world_until(world, window->dones == 2);
	assert_int_equal(peer->pixels, 20 * 10);
	assert_int_equal(peer->last.n_layers, 2);
	assert_true(peer_painted(peer, 11, 5));
	assert_true(peer_painted(peer, 10, 1));
	peer->pixels = 0;
	fake_resize(window, 1, 30, 10);
	fake_paint(window, 1, 6);
	fake_commit(&world->mir, window);
	world_until(world, window->dones == 3);
	assert_int_equal(peer->pixels, 30 * 10);
	assert_true(peer_painted(peer, 11, 6));
	peer_destroy(peer);
	world_destroy(world);
}

/* Larger than the ring, or than a message may be: in parts, the last one final. */
static void parts(bool ring)
{
	struct world *world = world_create();
	struct peer *peer = peer_connect(world, ORIEL_ROLE_ATTACH, ring);
	struct fake_window *window;

	peer_outputs(peer, 320, 200);
	window = fake_painted(&world->mir, 1, 2000, 1500);
	world_until(world, window->dones == 1);
	assert_int_equal(peer->frames, 1);
	assert_true(peer->parts > 1);
	assert_true(peer->last.final);
	assert_true(peer_painted(peer, 10, 1));
	assert_int_equal(peer->pixels, 2000 * 1500);
	if (ring)
		assert_int_equal(world->core.stats.frames_claimed, 1);
	peer_destroy(peer);
	world_destroy(world);
}

static void test_parts_ring(void **state)
{
	(void)state;
	parts(true);
}

static void test_parts_inline(void **state)
{
	(void)state;
	parts(false);
}

static void test_refresh(void **state)
{
	struct world *world = world_create();
	struct peer *peer = peer_viewer(world, ORIEL_ROLE_ATTACH, true);
	struct fake_window *window = fake_painted(&world->mir, 1, 90, 80);
	struct oriel_msg msg = {.type = ORIEL_MSG_REFRESH};

	(void)state;
	world_until(world, window->dones == 1);
	peer->pixels = 0;
	msg.refresh.window = 1;
	peer_send(peer, &msg);
	world_until(world, peer->frames == 2);
	assert_int_equal(peer->pixels, 90 * 80);
	assert_int_equal(window->claims, 1);
	peer_destroy(peer);
	world_destroy(world);
}

/* A viewer that comes later gets everything from what is held, without asking the app. */
static void test_reconnect(void **state)
{
	struct world *world = world_create();
	struct peer *peer = peer_viewer(world, ORIEL_ROLE_ATTACH, true);
	struct fake_window *windows[3];

	(void)state;
	for (uint32_t i = 0; i < 3; i++) {
		windows[i] = fake_painted(&world->mir, i + 1, 100, 100);
		world_until(world, windows[i]->dones == 1);
	}
	peer_destroy(peer);
	world_until(world, world->core.n_clients == 0);
	peer = peer_viewer(world, ORIEL_ROLE_ATTACH, false);
	world_until(world, peer->frames == 3);
	for (uint32_t i = 0; i < 3; i++) {
		assert_int_equal(windows[i]->claims, 1);
		assert_true(peer_painted(peer, (i + 1) * 10, i + 1));
	}
	peer_destroy(peer);
	world_destroy(world);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_first_frame_ring),
		cmocka_unit_test(test_first_frame_inline),
		cmocka_unit_test(test_damage),
		cmocka_unit_test(test_layers),
		cmocka_unit_test(test_parts_ring),
		cmocka_unit_test(test_parts_inline),
		cmocka_unit_test(test_refresh),
		cmocka_unit_test(test_reconnect),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
