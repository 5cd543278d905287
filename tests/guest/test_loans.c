/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/*
 * Clients' buffers that the host reads in the guest's RAM. The fake module's physical addresses are
 * those of this process, and the test's viewer reads there when a frame comes: what was unpinned
 * too early fails the test, what was given back too early is full of nonsense.
 */
#include <errno.h>
#include <string.h>

#include "guest/client.h"
#include "guest/window.h"
#include "tests/guest/fake_module.h"
#include "tests/guest/world.h"

static int set_up(void **state)
{
	fake_module_begin(state);
	fake_module_add("oriel0", 32 * 1024 * 1024, 1);
	fake_module_add_ram();
	return 0;
}

static struct peer *connect_ram(struct world *world)
{
	return peer_in_vm(world, "oriel0", 1, PEER_RAM, 1280, 800);
}

/* Buffers of clients, without the page that is probed. */
static int n_pinned(void)
{
	return fake_module.n_pinned - 1;
}

static struct fake_window *open_shared(
	struct world *world, uint32_t id, enum fake_memory memory, int n)
{
	struct fake_window *window = fake_open(&world->mir, id, 301, 203);

	fake_share(window, 0, memory, n);
	fake_paint(window, 0, id);
	fake_commit(&world->mir, window);
	return window;
}

static void paint_next(struct world *world, struct fake_window *window, uint32_t seed)
{
	int dones = window->dones;

	fake_paint(window, 0, seed);
	fake_commit(&world->mir, window);
	world_until(world, window->dones > dones);
}

static void expect_no_copy(const struct world *world, uint64_t pixels)
{
	assert_int_equal(world->core.stats.pixel_bytes_copied, 0);
	assert_int_equal(world->core.stats.pixel_bytes_module, 0);
	assert_int_equal(world->core.stats.pixel_bytes_encoded, 0);
	assert_int_equal(world->core.stats.pixel_bytes_registered, 4 * pixels);
	assert_int_equal(world->core.stats.damage_bytes, 4 * pixels);
}

/* What is shown ---------------------------------------------------------------------------------
 */

static void zero_copy(enum fake_memory memory)
{
	struct world *world = world_create_vm();
	struct peer *peer = connect_ram(world);
	struct fake_window *window = open_shared(world, 1, memory, 2);

	world_until(world, window->dones == 1);
	assert_int_equal(peer->probes, 1);
	assert_true(peer_painted(peer, 10, 1));
	for (uint32_t i = 0; i < 20; i++) {
		paint_next(world, window, 30 + i);
		assert_true(peer_painted(peer, 10, 30 + i));
	}
	/* A client that draws into two buffers by turns: each is pinned, and told of, once. */
	assert_int_equal(world->mir.starved, 0);
	assert_int_equal(n_pinned(), 2);
	assert_int_equal(peer->n_buffers, 2);
	assert_int_equal(peer->lent, 21);
	expect_no_copy(world, 21 * 301 * 203);
	fake_draw(window, 0, (struct oriel_rect){10, 20, 30, 5}, 0xff00ff00);
	peer->pixels = 0;
	fake_commit(&world->mir, window);
	world_until(world, window->dones == 22);
	assert_int_equal(peer->pixels, 30 * 5);
	assert_int_equal(peer_texture(peer, 10)->pixels[24 * 301 + 39], 0xff00ff00);
	expect_no_copy(world, 21 * 301 * 203 + 30 * 5);
	peer_sync(peer);
	assert_int_equal(peer_counter(peer, "buffers_registered"), 2);
	assert_int_equal(
		peer_counter(peer, "pixel_bytes_registered"), peer_counter(peer, "damage_bytes"));
	assert_int_equal(world->core.told, 0);
	peer_destroy(peer);
	world_destroy(world);
	assert_int_equal(fake_module.pins - fake_module.unpins, 1);
}

static void test_shm(void **state)
{
	(void)state;
	zero_copy(FAKE_SHM);
}

static void test_dmabuf(void **state)
{
	(void)state;
	zero_copy(FAKE_DMABUF);
}

/* One layer is lent, another one copied, in one frame. */
static void test_mixed_layers(void **state)
{
	struct world *world = world_create_vm();
	struct peer *peer = connect_ram(world);
	struct fake_window *window = open_shared(world, 1, FAKE_SHM, 2);

	(void)state;
	window->n_layers = 2;
	window->layers[1].id = 11;
	fake_resize(window, 1, 20, 10);
	fake_paint(window, 1, 5);
	world_until(world, window->dones == 1);
	assert_true(peer_painted(peer, 10, 1));
	assert_true(peer_painted(peer, 11, 5));
	assert_int_equal(peer->last.n_rects, 2);
	assert_int_equal(world->core.stats.pixel_bytes_copied, 4 * 20 * 10);
	assert_int_equal(world->core.stats.pixel_bytes_registered, 4 * 301 * 203);
	peer_destroy(peer);
	world_destroy(world);
}

/* The host finds other bytes: pixels go through the ring. */
static void test_not_found(void **state)
{
	struct world *world = world_create_vm();
	struct peer *peer = peer_in_vm(world, "oriel0", 1, PEER_WRONG_RAM, 640, 480);
	struct fake_window *window;

	(void)state;
	window = open_shared(world, 1, FAKE_SHM, 2);
	world_until(world, window->dones == 1);
	assert_true(peer_painted(peer, 10, 1));
	assert_int_equal(peer->rings_at, 1);
	assert_int_equal(peer->n_buffers, 0);
	assert_int_equal(n_pinned(), 0);
	assert_int_equal(world->core.stats.pixel_bytes_copied, 4 * 301 * 203);
	assert_true(world_was_told(world, ORIEL_TOLD_NOT_FOUND));
	peer_destroy(peer);
	world_destroy(world);
}

/* Nothing to pin with. */
static void test_no_node(void **state)
{
	struct world *world = world_create_vm();
	struct peer *peer;
	struct fake_window *window;

	(void)state;
	fake_module.pin_error = -EDQUOT;
	peer = connect_ram(world);
	assert_int_equal(peer->probes, 0);
	assert_true(world_was_told(world, ORIEL_TOLD_NO_RAM));
	window = open_shared(world, 1, FAKE_SHM, 2);
	world_until(world, window->dones == 1);
	assert_int_equal(world->core.stats.pixel_bytes_copied, 4 * 301 * 203);
	peer_destroy(peer);
	world_destroy(world);
}

/* In flight -------------------------------------------------------------------------------------
 */

/* The client draws on, but not into what the host may still read. */
static void test_in_flight(void **state)
{
	struct world *world = world_create_vm();
	struct peer *peer = connect_ram(world);
	struct fake_window *window;
	struct fake_layer *layer;

	(void)state;
	peer->hold = true;
	window = open_shared(world, 1, FAKE_SHM, 2);
	layer = &window->layers[0];
	world_until(world, peer->frames == 1);
	fake_paint(window, 0, 7);
	fake_commit(&world->mir, window);
	peer_sync(peer);
	peer_look_again(peer);
	assert_true(peer_painted(peer, 10, 1));
	peer_presented(peer, 1, peer->last.serial);
	world_until(world, peer->frames == 2);
	peer_sync(peer);
	assert_true(peer_painted(peer, 10, 7));
	/* The first one stays with the host until the second was presented. */
	assert_true(layer->buffers[0].held && layer->buffers[1].held);
	assert_int_equal(window->dones, 1);
	peer_presented(peer, 1, peer->last.serial);
	world_until(world, window->dones == 2);
	assert_false(layer->buffers[0].held);
	assert_true(layer->buffers[1].held);
	peer_look_again(peer);
	assert_true(peer_painted(peer, 10, 7));
	assert_int_equal(world->mir.starved, 0);
	peer_destroy(peer);
	world_destroy(world);
}

/* A hidden window is served once a second, but not while the host reads. */
static void test_hidden_in_flight(void **state)
{
	struct world *world = world_create_vm();
	struct peer *peer = connect_ram(world);
	struct oriel_msg msg = {.type = ORIEL_MSG_CONFIGURE};
	struct fake_window *window;
	uint64_t end;

	(void)state;
	peer->hold = true;
	window = open_shared(world, 1, FAKE_SHM, 2);
	world_until(world, peer->frames == 1);
	msg.configure.window = 1;
	msg.configure.hidden = 1;
	peer_send(peer, &msg);
	fake_paint(window, 0, 7);
	fake_commit(&world->mir, window);
	end = uv_now(&world->loop) + 1200;
	world_until(world, uv_now(&world->loop) >= end);
	assert_int_equal(window->claims, 1);
	peer_look_again(peer);
	assert_true(peer_painted(peer, 10, 1));
	peer_presented(peer, 1, peer->last.serial);
	world_until(world, window->claims == 2 && window->dones == 2);
	peer_destroy(peer);
	world_destroy(world);
}

/* The memory is gone while a frame that names it is on its way: first presented, then gone. */
static void test_gone_in_flight(void **state)
{
	struct world *world = world_create_vm();
	struct peer *peer = connect_ram(world);
	struct fake_window *window;

	(void)state;
	peer->hold = true;
	window = open_shared(world, 1, FAKE_SHM, 2);
	world_until(world, peer->frames == 1);
	oriel_core_mir_ops.memory_gone(&world->core, window->layers[0].buffers[0].key);
	oriel_core_mir_ops.memory_gone(&world->core, 12345);
	peer_sync(peer);
	assert_int_equal(peer->n_buffers, 1);
	assert_int_equal(n_pinned(), 1);
	peer_look_again(peer);
	assert_true(peer_painted(peer, 10, 1));
	peer_presented(peer, 1, peer->last.serial);
	world_until(world, peer->buffers_gone == 1);
	assert_int_equal(n_pinned(), 0);
	peer_destroy(peer);
	world_destroy(world);
}

/* Nobody acknowledges a frame of a window that is gone: an answer behind it tells that the viewer
 * is through with it. */
static void test_closed_in_flight(void **state)
{
	struct world *world = world_create_vm();
	struct peer *peer = connect_ram(world);
	struct fake_window *window;
	struct oriel_msg answer = {.type = ORIEL_MSG_HOST_STATS};

	(void)state;
	peer->hold = peer->mute = true;
	window = open_shared(world, 1, FAKE_SHM, 2);
	world_until(world, peer->frames == 1);
	fake_close(&world->mir, window);
	world_until(world, peer->gone == 1);
	peer_sync(peer);
	assert_int_equal(peer->host_asked, 1);
	assert_int_equal(n_pinned(), 1);
	assert_int_equal(peer->buffers_gone, 0);
	answer.host_stats.id = peer->host_question;
	peer_send(peer, &answer);
	world_until(world, peer->buffers_gone == 1);
	assert_int_equal(n_pinned(), 0);
	peer_destroy(peer);
	world_destroy(world);
}

/* A client that makes new buffers for each size leaves nothing pinned. */
static void test_resize(void **state)
{
	struct world *world = world_create_vm();
	struct peer *peer = connect_ram(world);
	struct fake_window *window = open_shared(world, 1, FAKE_SHM, 2);

	(void)state;
	world_until(world, window->dones == 1);
	for (uint32_t i = 0; i < 30; i++) {
		fake_drop_buffers(&world->mir, window, 0);
		fake_resize(window, 0, 100 + 10 * i, 90 + i);
		paint_next(world, window, 40 + i);
		assert_true(peer_painted(peer, 10, 40 + i));
	}
	peer_sync(peer);
	assert_true(n_pinned() >= 1 && n_pinned() <= 3);
	assert_int_equal(peer->n_buffers, n_pinned());
	assert_int_equal(world->core.stats.pixel_bytes_copied, 0);
	peer_destroy(peer);
	world_destroy(world);
}

/* Limits ----------------------------------------------------------------------------------------
 */

/* What has no room is copied; what was not used for long makes room. */
static void test_limits(void **state)
{
	struct world *world = world_create_vm();
	struct peer *peer = connect_ram(world);
	struct fake_window *windows[3];

	(void)state;
	world->core.pins.max_n = 2;
	for (uint32_t i = 0; i < 3; i++) {
		windows[i] = open_shared(world, i + 1, FAKE_SHM, 1);
		world_until(world, windows[i]->dones == 1);
		assert_true(peer_painted(peer, (i + 1) * 10, i + 1));
	}
	assert_int_equal(n_pinned(), 2);
	assert_int_equal(world->core.stats.pixel_bytes_copied, 4 * 301 * 203);
	assert_int_equal(world->core.told, 0);
	world->core.pins.keep_ms = 0;
	peer_send(peer, &(struct oriel_msg){.type = ORIEL_MSG_REFRESH, .refresh = {3}});
	world_until(world, peer->frames == 4);
	assert_true(peer_painted(peer, 30, 3));
	assert_int_equal(n_pinned(), 2);
	assert_int_equal(peer->buffers_gone, 1);
	assert_int_equal(world->core.stats.pixel_bytes_copied, 4 * 301 * 203);
	/* Bytes, as well as buffers. */
	world->core.pins.max_bytes = world->core.pins.bytes;
	world->core.pins.max_n = 100;
	peer_send(peer, &(struct oriel_msg){.type = ORIEL_MSG_REFRESH, .refresh = {1}});
	world_until(world, peer->frames == 5);
	assert_int_equal(peer->buffers_gone, 2);
	world->core.pins.max_bytes = 4096;
	peer_send(peer, &(struct oriel_msg){.type = ORIEL_MSG_REFRESH, .refresh = {2}});
	world_until(world, peer->frames == 6);
	assert_int_equal(world->core.stats.pixel_bytes_copied, 2 * 4 * 301 * 203);
	peer_destroy(peer);
	world_destroy(world);
}

static void test_module_limits(void **state)
{
	struct world *world = world_create_vm();
	struct peer *peer = connect_ram(world);
	struct fake_window *first, *second;

	(void)state;
	first = open_shared(world, 1, FAKE_SHM, 1);
	world_until(world, first->dones == 1);
	fake_module.pin_error = -EDQUOT;
	second = open_shared(world, 2, FAKE_DMABUF, 1);
	world_until(world, second->dones == 1);
	assert_true(peer_painted(peer, 20, 2));
	assert_int_equal(world->core.stats.pixel_bytes_module, 4 * 301 * 203);
	assert_true(world_was_told(world, ORIEL_TOLD_PIN_QUOTA));
	/* Not asked again before something was unpinned. */
	fake_module.pin_error = 0;
	peer_send(peer, &(struct oriel_msg){.type = ORIEL_MSG_REFRESH, .refresh = {2}});
	world_until(world, peer->frames == 3);
	assert_int_equal(n_pinned(), 1);
	fake_close(&world->mir, first);
	world_until(world, n_pinned() == 0);
	peer_send(peer, &(struct oriel_msg){.type = ORIEL_MSG_REFRESH, .refresh = {2}});
	world_until(world, peer->frames == 4);
	assert_int_equal(n_pinned(), 1);
	/* Pages that are not there: that buffer is copied for good. */
	fake_module.pin_error = -EFAULT;
	first = open_shared(world, 3, FAKE_SHM, 1);
	world_until(world, first->dones == 1);
	fake_module.pin_error = 0;
	peer_send(peer, &(struct oriel_msg){.type = ORIEL_MSG_REFRESH, .refresh = {3}});
	world_until(world, peer->frames == 6);
	assert_true(peer_painted(peer, 30, 3));
	assert_int_equal(n_pinned(), 1);
	assert_true(world_was_told(world, ORIEL_TOLD_NO_PIN));
	peer_destroy(peer);
	world_destroy(world);
}

/* Viewers ----------------------------------------------------------------------------------------
 */

/* A pin outlives the viewer when another one is there; the last one leaves nothing. */
static void test_two_viewers(void **state)
{
	struct world *world = world_create_vm();
	struct peer *peer = connect_ram(world), *other = connect_ram(world);
	struct fake_window *window = open_shared(world, 1, FAKE_SHM, 2);
	int pins;

	(void)state;
	world_until(world, window->dones == 1);
	paint_next(world, window, 8);
	pins = fake_module.pins;
	peer_destroy(peer);
	world_until(world, other->frames == 1);
	assert_true(peer_painted(other, 10, 8));
	assert_int_equal(other->n_buffers, 1);
	assert_int_equal(fake_module.pins, pins);
	assert_int_equal(n_pinned(), 2);
	peer_destroy(other);
	world_until(world, world->core.n_clients == 0);
	assert_int_equal(n_pinned(), 0);
	assert_int_equal(world->core.pins.users, 0);
	/* And the next one begins anew: what it gets before its answer to the probe is copied. */
	peer = connect_ram(world);
	world_until(world, peer->frames == 1);
	assert_true(peer_painted(peer, 10, 8));
	peer_send(peer, &(struct oriel_msg){.type = ORIEL_MSG_REFRESH, .refresh = {1}});
	world_until(world, peer->frames == 2);
	assert_true(peer_painted(peer, 10, 8));
	assert_int_equal(peer->n_buffers, 1);
	peer_destroy(peer);
	world_destroy(world);
}

/* A viewer that dies with frames in flight. */
static void test_death_in_flight(void **state)
{
	struct world *world = world_create_vm();
	struct peer *peer = connect_ram(world), *other = connect_ram(world);
	struct fake_window *window;

	(void)state;
	peer->hold = true;
	window = open_shared(world, 1, FAKE_SHM, 2);
	world_until(world, peer->frames == 1);
	fake_paint(window, 0, 4);
	fake_commit(&world->mir, window);
	peer_destroy(peer);
	world_until(world, window->dones == 2);
	assert_true(peer_painted(other, 10, 4));
	fake_close(&world->mir, window);
	world_until(world, other->gone == 1);
	world_until(world, n_pinned() == 0);
	peer_destroy(other);
	world_destroy(world);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_shm, set_up, fake_module_end),
		cmocka_unit_test_setup_teardown(test_dmabuf, set_up, fake_module_end),
		cmocka_unit_test_setup_teardown(test_mixed_layers, set_up, fake_module_end),
		cmocka_unit_test_setup_teardown(test_not_found, set_up, fake_module_end),
		cmocka_unit_test_setup_teardown(test_no_node, set_up, fake_module_end),
		cmocka_unit_test_setup_teardown(test_in_flight, set_up, fake_module_end),
		cmocka_unit_test_setup_teardown(test_hidden_in_flight, set_up, fake_module_end),
		cmocka_unit_test_setup_teardown(test_gone_in_flight, set_up, fake_module_end),
		cmocka_unit_test_setup_teardown(test_closed_in_flight, set_up, fake_module_end),
		cmocka_unit_test_setup_teardown(test_resize, set_up, fake_module_end),
		cmocka_unit_test_setup_teardown(test_limits, set_up, fake_module_end),
		cmocka_unit_test_setup_teardown(test_module_limits, set_up, fake_module_end),
		cmocka_unit_test_setup_teardown(test_two_viewers, set_up, fake_module_end),
		cmocka_unit_test_setup_teardown(test_death_in_flight, set_up, fake_module_end),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
