/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/*
 * When content is sent: one frame in flight, full rings, hidden windows, viewers that stop.
 */
#include "tests/guest/world.h"

#include <unistd.h>

#include "guest/client.h"
#include "guest/window.h"

static void send_hidden(struct peer *peer, uint32_t window, bool hidden)
{
	struct oriel_msg msg = {.type = ORIEL_MSG_CONFIGURE};

	msg.configure.window = window;
	msg.configure.hidden = hidden;
	peer_send(peer, &msg);
}

static void run_ms(struct world *world, uint64_t ms)
{
	uint64_t end = uv_now(&world->loop) + ms;

	world_until(world, uv_now(&world->loop) >= end);
}

/* One frame in flight; commits meanwhile make one frame, with the newest content. */
static void test_one_in_flight(void **state)
{
	struct world *world = world_create();
	struct peer *peer = peer_viewer(world, ORIEL_ROLE_ATTACH, true);
	struct fake_window *window;

	(void)state;
	peer->hold = true;
	window = fake_painted(&world->mir, 1, 100, 100);
	world_until(world, peer->frames == 1);
	for (uint32_t i = 0; i < 5; i++) {
		fake_paint(window, 0, 100 + i);
		fake_commit(&world->mir, window);
		peer_sync(peer);
	}
	assert_int_equal(peer->frames, 1);
	assert_int_equal(window->claims, 1);
	assert_int_equal(window->dones, 0);
	peer_presented(peer, 1, peer->last.serial);
	world_until(world, peer->frames == 2);
	peer_sync(peer);
	assert_int_equal(window->claims, 2);
	assert_int_equal(window->dones, 1);
	assert_true(peer_painted(peer, 10, 104));
	peer_presented(peer, 1, peer->last.serial);
	world_until(world, window->dones == 2);
	assert_int_equal(peer->frames, 2);
	peer_destroy(peer);
	world_destroy(world);
}

/* A full ring: what has no room stays unclaimed, and all windows come in the end. */
static void test_ring_full(void **state)
{
	struct world *world = world_create();
	struct peer *peer = peer_connect(world, ORIEL_ROLE_ATTACH, true);
	struct fake_window *windows[40];
	int claims = 0;

	(void)state;
	peer_outputs(peer, 640, 480);
	peer->hold = true;
	for (uint32_t i = 0; i < 40; i++)
		windows[i] = fake_painted(&world->mir, i + 1, 500, 400);
	peer_sync(peer);
	for (int i = 0; i < 40; i++)
		claims += windows[i]->claims;
	assert_true(claims >= 4 && claims < 40);
	assert_true(oriel_ring_size(peer->ring) <= 3 * 640 * 480 * 4);
	/* The acknowledgements that were held back; from now on at once. */
	peer->hold = false;
	peer_consumed(peer);
	for (uint32_t i = 1; i <= 40; i++) {
		struct oriel_window *window = oriel_window_find(&world->core, i);

		if (window->frames.in_flight)
			peer_presented(peer, i, window->frames.serial);
	}
	for (int i = 0; i < 40; i++)
		world_until(world, windows[i]->dones == 1);
	for (uint32_t i = 1; i <= 40; i++)
		assert_true(peer_painted(peer, i * 10, i));
	assert_int_equal(oriel_ring_used(TAILQ_FIRST(&world->core.clients)->rings.ring), 0);
	peer_destroy(peer);
	world_destroy(world);
}

/* The ring grows with the screens, once it is empty. */
static void test_ring_grows(void **state)
{
	struct world *world = world_create();
	struct peer *peer = peer_connect(world, ORIEL_ROLE_ATTACH, true);
	struct fake_window *window;

	(void)state;
	peer_outputs(peer, 1024, 768);
	peer->hold = true;
	window = fake_painted(&world->mir, 1, 300, 300);
	world_until(world, peer->frames == 1);
	assert_int_equal(oriel_ring_size(peer->ring), 8 * 1024 * 1024);
	peer_outputs(peer, 2560, 1440);
	peer_sync(peer);
	assert_int_equal(peer->rings, 1);
	peer->hold = false;
	peer_presented(peer, 1, peer->last.serial);
	peer_sync(peer);
	assert_int_equal(peer->rings, 2);
	assert_int_equal(oriel_ring_size(peer->ring), 2 * 2560 * 1440 * 4);
	fake_paint(window, 0, 8);
	fake_commit(&world->mir, window);
	world_until(world, window->dones == 2);
	assert_true(peer_painted(peer, 10, 8));
	peer_destroy(peer);
	world_destroy(world);
}

/* Hidden: no content, one callback a second; shown again: everything. */
static void test_hidden(void **state)
{
	struct world *world = world_create();
	struct peer *peer = peer_viewer(world, ORIEL_ROLE_ATTACH, true);
	struct fake_window *window = fake_painted(&world->mir, 1, 64, 64);
	uint64_t start;

	(void)state;
	world_until(world, window->dones == 1);
	send_hidden(peer, 1, true);
	peer_sync(peer);
	window->redraw = true;
	fake_paint(window, 0, 50);
	start = uv_now(&world->loop);
	fake_commit(&world->mir, window);
	world_until(world, window->dones == 3);
	assert_true(uv_now(&world->loop) - start >= 1900);
	assert_int_equal(peer->frames, 1);
	window->redraw = false;
	peer->pixels = 0;
	send_hidden(peer, 1, false);
	world_until(world, peer->frames == 2);
	assert_int_equal(peer->pixels, 64 * 64);
	assert_true(peer_painted(peer, 10, 50));
	peer_destroy(peer);
	world_destroy(world);
}

/* A viewer that stops answering costs nothing more; nor does one that stops reading. */
static void test_stopped_viewer(void **state)
{
	struct world *world = world_create();
	struct peer *peer = peer_viewer(world, ORIEL_ROLE_ATTACH, true);
	struct fake_window *window;
	int claims;

	(void)state;
	peer->hold = true;
	window = fake_painted(&world->mir, 1, 200, 200);
	world_until(world, peer->frames == 1);
	claims = window->claims;
	for (uint32_t i = 0; i < 1000; i++) {
		fake_commit(&world->mir, window);
		uv_run(&world->loop, UV_RUN_NOWAIT);
	}
	assert_int_equal(window->claims, claims);
	assert_true(world->mir.frames <= 1);
	peer_destroy(peer);
	world_destroy(world);
}

static void test_deaf_viewer(void **state)
{
	struct world *world = world_create();
	int fd = deaf_connect(world, ORIEL_ROLE_ATTACH), claims = 0;
	struct oriel_msg msg = {.type = ORIEL_MSG_OUTPUTS};
	struct oriel_client *client;

	(void)state;
	msg.outputs.n_outputs = 1;
	msg.outputs.outputs[0] =
		(struct oriel_wire_output){.id = 1, .width = 800, .height = 600, .scale = 120};
	deaf_send(fd, &msg);
	for (uint32_t i = 1; i <= 50; i++)
		fake_painted(&world->mir, i, 300, 300);
	client = TAILQ_FIRST(&world->core.clients);
	world_until(world, client->has_outputs && oriel_link_congested(client->link));
	for (int turn = 0; turn < 200; turn++) {
		for (uint32_t i = 1; i <= 50; i++)
			fake_commit(&world->mir, &world->mir.windows[i]);
		uv_run(&world->loop, UV_RUN_NOWAIT);
	}
	assert_true(oriel_link_queued(client->link) < 1024 * 1024);
	for (uint32_t i = 1; i <= 50; i++)
		claims += world->mir.windows[i].claims;
	assert_true(claims < 10);
	close(fd);
	world_destroy(world);
}

/* A viewer that dies with a frame in flight: the app goes on, the next viewer sees it. */
static void test_death_in_flight(void **state)
{
	struct world *world = world_create();
	struct peer *peer = peer_viewer(world, ORIEL_ROLE_ATTACH, true);
	struct fake_window *window;

	(void)state;
	peer->hold = true;
	window = fake_painted(&world->mir, 1, 100, 100);
	world_until(world, peer->frames == 1);
	assert_int_equal(window->dones, 0);
	peer_destroy(peer);
	world_until(world, window->dones == 1);
	fake_paint(window, 0, 9);
	fake_commit(&world->mir, window);
	world_until(world, window->dones == 2);
	peer = peer_viewer(world, ORIEL_ROLE_ATTACH, true);
	world_until(world, peer->frames == 1);
	assert_true(peer_painted(peer, 10, 9));
	peer_destroy(peer);
	world_destroy(world);
}

/* After a frame without a successor: once settled, and then no timer runs. */
static void test_settle_and_idle(void **state)
{
	struct world *world = world_create();
	struct peer *peer = peer_viewer(world, ORIEL_ROLE_ATTACH, true);
	struct fake_window *window = fake_painted(&world->mir, 1, 50, 50);

	(void)state;
	world_until(world, window->settles == 1);
	assert_int_equal(window->dones, 1);
	run_ms(world, 150);
	assert_int_equal(window->settles, 1);
	assert_false(uv_is_active((uv_handle_t *)&world->core.settle));
	assert_false(uv_is_active((uv_handle_t *)&world->core.slow));
	peer_destroy(peer);
	world_until(world, world->core.n_clients == 0);
	run_ms(world, 100);
	assert_false(uv_is_active((uv_handle_t *)&world->core.settle));
	assert_false(uv_is_active((uv_handle_t *)&world->core.slow));
	world_destroy(world);
}

/* While an app draws all the time, nothing is settled. */
static void test_no_settle_while_busy(void **state)
{
	struct world *world = world_create();
	struct peer *peer = peer_viewer(world, ORIEL_ROLE_ATTACH, true);
	struct fake_window *window = fake_painted(&world->mir, 1, 50, 50);

	(void)state;
	window->redraw = true;
	world_until(world, window->dones == 200);
	assert_int_equal(window->settles, 0);
	window->redraw = false;
	peer_destroy(peer);
	world_destroy(world);
}

/* A client that uses several buffers waits for none, so no timer runs. */
static void test_no_settle_of_several(void **state)
{
	struct world *world = world_create();
	struct peer *peer = peer_viewer(world, ORIEL_ROLE_ATTACH, true);
	struct fake_window *window = fake_open(&world->mir, 1, 50, 50);

	(void)state;
	window->several_buffers = true;
	fake_paint(window, 0, 1);
	fake_commit(&world->mir, window);
	world_until(world, window->dones == 1);
	assert_false(uv_is_active((uv_handle_t *)&world->core.settle));
	peer_destroy(peer);
	world_destroy(world);
}

/* A window that vanishes with a frame in flight; its acknowledgement comes late. */
static void test_gone_in_flight(void **state)
{
	struct world *world = world_create();
	struct peer *peer = peer_viewer(world, ORIEL_ROLE_ATTACH, true);

	(void)state;
	peer->hold = true;
	fake_painted(&world->mir, 1, 100, 100);
	world_until(world, peer->frames == 1);
	fake_close(&world->mir, &world->mir.windows[1]);
	world_until(world, peer->gone == 1);
	peer_presented(peer, 1, peer->last.serial);
	peer_sync(peer);
	assert_false(peer->closed);
	assert_int_equal(oriel_ring_used(TAILQ_FIRST(&world->core.clients)->rings.ring), 0);
	peer_destroy(peer);
	world_destroy(world);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_one_in_flight),
		cmocka_unit_test(test_ring_full),
		cmocka_unit_test(test_ring_grows),
		cmocka_unit_test(test_hidden),
		cmocka_unit_test(test_stopped_viewer),
		cmocka_unit_test(test_deaf_viewer),
		cmocka_unit_test(test_death_in_flight),
		cmocka_unit_test(test_settle_and_idle),
		cmocka_unit_test(test_no_settle_while_busy),
		cmocka_unit_test(test_no_settle_of_several),
		cmocka_unit_test(test_gone_in_flight),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
