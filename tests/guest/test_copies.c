/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/*
 * How pixels of DMA-BUFs are read: by the kernel module or by orield, and after they were fetched.
 */
#include <errno.h>
#include <string.h>

#include "guest/client.h"
#include "tests/guest/fake_module.h"
#include "tests/guest/world.h"

#define MIB (1024 * 1024)

/* A window with a DMA-BUF, in a device's ring; its first frame has been shown. */
static struct fake_window *show_dmabuf(struct peer *peer)
{
	struct fake_window *window = fake_open(&peer->world->mir, 1, 400, 300);

	fake_share(window, 0, FAKE_DMABUF, 3);
	fake_paint(window, 0, 1);
	fake_commit(&peer->world->mir, window);
	world_until(peer->world, window->dones == 1);
	assert_true(peer_painted(peer, 10, 1));
	return window;
}

static void test_module_copies(void **state)
{
	struct world *world = world_create_vm();
	struct fake_window *window;
	struct peer *peer;

	(void)state;
	fake_module_add("oriel0", 32 * MIB, 1);
	peer = peer_in_vm(world, "oriel0", 1, PEER_NO_RAM, 1024, 768);
	window = show_dmabuf(peer);
	assert_int_equal(fake_module.copies, 1);
	fake_draw(window, 0, (struct oriel_rect){10, 20, 30, 5}, 0xff00ff00);
	fake_draw(window, 0, (struct oriel_rect){200, 250, 100, 50}, 0xff0000ff);
	fake_draw(window, 0, (struct oriel_rect){399, 0, 1, 300}, 0xffff0000);
	fake_commit(&world->mir, window);
	world_until(world, window->dones == 2);
	/* Many rectangles, one call. */
	assert_int_equal(fake_module.copies, 2);
	assert_true(fake_module.copied_rects >= 1 + 3);
	assert_int_equal(peer_texture(peer, 10)->pixels[24 * 400 + 39], 0xff00ff00);
	assert_int_equal(peer_texture(peer, 10)->pixels[299 * 400 + 299], 0xff0000ff);
	assert_int_equal(peer_texture(peer, 10)->pixels[299 * 400 + 399], 0xffff0000);
	assert_int_equal(peer_texture(peer, 10)->pixels[299 * 400 + 398], fake_colour(398, 299, 1));
	peer_sync(peer);
	assert_int_equal(peer_counter(peer, "pixel_bytes_copied"), 0);
	assert_int_equal(
		peer_counter(peer, "pixel_bytes_module"), 4 * (400 * 300 + 150 + 5000 + 300));
	assert_int_equal(
		peer_counter(peer, "pixel_bytes_module"), peer_counter(peer, "damage_bytes"));
	peer_destroy(peer);
	world_destroy(world);
}

/* When the module can't, orield copies. */
static void test_module_refuses(void **state)
{
	struct world *world = world_create_vm();
	struct peer *peer;

	(void)state;
	fake_module_add("oriel0", 32 * MIB, 1);
	fake_module.copy_error = -EOPNOTSUPP;
	peer = peer_in_vm(world, "oriel0", 1, PEER_NO_RAM, 1024, 768);
	show_dmabuf(peer);
	assert_int_equal(world->core.stats.pixel_bytes_copied, 4 * 400 * 300);
	assert_int_equal(world->core.stats.pixel_bytes_module, 0);
	assert_true(world_was_told(world, ORIEL_TOLD_NO_COPY));
	peer_destroy(peer);
	world_destroy(world);
}

/* Without a device: a DMA-BUF is read by orield, but never to find out what has changed. */
static void test_dmabuf_inline(void **state)
{
	struct world *world = world_create();
	struct peer *peer = peer_viewer(world, ORIEL_ROLE_ATTACH, false);
	struct fake_window *window = show_dmabuf(peer);

	(void)state;
	peer->pixels = 0;
	fake_draw(window, 0, (struct oriel_rect){10, 20, 30, 5}, 0xff00ff00);
	window->layers[0].n_damage = -1;
	fake_commit(&world->mir, window);
	world_until(world, window->dones == 2);
	assert_int_equal(peer->pixels, 400 * 300);
	assert_int_equal(world->core.stats.compare_pixels, 0);
	/* Nor when the client goes over to ordinary memory. */
	fake_share(window, 0, FAKE_PRIVATE, 0);
	fake_paint(window, 0, 5);
	fake_commit(&world->mir, window);
	world_until(world, window->dones == 3);
	assert_true(peer_painted(peer, 10, 5));
	peer_destroy(peer);
	world_destroy(world);
}

/* A window whose content has to be fetched waits; others go on. */
static void test_fetch(void **state)
{
	struct world *world = world_create();
	struct peer *peer = peer_viewer(world, ORIEL_ROLE_ATTACH, true);
	struct fake_window *slow = show_dmabuf(peer), *other = peer_show(peer, 2, 100, 100);

	(void)state;
	slow->slow = true;
	fake_draw(slow, 0, (struct oriel_rect){10, 20, 30, 5}, 0xff00ff00);
	fake_draw(slow, 0, (struct oriel_rect){100, 200, 20, 10}, 0xff00ff00);
	fake_commit(&world->mir, slow);
	world_until(world, slow->fetching != NULL);
	assert_memory_equal(
		&slow->fetched, (&(struct oriel_rect){10, 20, 110, 190}), sizeof slow->fetched);
	for (uint32_t i = 0; i < 5; i++) {
		fake_paint(other, 0, 50 + i);
		fake_commit(&world->mir, other);
		fake_commit(&world->mir, slow);
		world_until(world, other->dones == 2 + (int)i);
	}
	assert_int_equal(slow->dones, 1);
	assert_int_equal(slow->claims, 2);
	/* Told in vain: asks again and waits on. */
	slow->tell_fetched = true;
	fake_commit(&world->mir, other);
	world_until(world, other->dones == 7);
	assert_int_equal(slow->dones, 1);
	fake_fetch(&world->mir, slow);
	world_until(world, slow->dones == 2);
	assert_int_equal(peer_texture(peer, 10)->pixels[24 * 400 + 39], 0xff00ff00);
	assert_int_equal(peer_texture(peer, 10)->pixels[209 * 400 + 119], 0xff00ff00);
	peer_destroy(peer);
	world_destroy(world);
}

/* What waits for a fetch may go: the window, or its viewer. */
static void test_fetch_in_vain(void **state)
{
	struct world *world = world_create();
	struct peer *peer = peer_viewer(world, ORIEL_ROLE_ATTACH, true);
	struct fake_window *window = show_dmabuf(peer);

	(void)state;
	window->slow = true;
	fake_paint(window, 0, 2);
	fake_commit(&world->mir, window);
	world_until(world, window->fetching != NULL);
	peer_destroy(peer);
	world_until(world, world->core.n_clients == 0);
	fake_fetch(&world->mir, window);
	peer = peer_viewer(world, ORIEL_ROLE_ATTACH, true);
	world_until(world, peer->frames == 1);
	assert_true(peer_painted(peer, 10, 2));
	fake_paint(window, 0, 3);
	fake_commit(&world->mir, window);
	world_until(world, window->fetching != NULL);
	fake_close(&world->mir, window);
	world_until(world, peer->gone == 1);
	peer_destroy(peer);
	world_destroy(world);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			test_module_copies, fake_module_begin, fake_module_end),
		cmocka_unit_test_setup_teardown(
			test_module_refuses, fake_module_begin, fake_module_end),
		cmocka_unit_test_setup_teardown(
			test_dmabuf_inline, fake_module_begin, fake_module_end),
		cmocka_unit_test_setup_teardown(test_fetch, fake_module_begin, fake_module_end),
		cmocka_unit_test_setup_teardown(
			test_fetch_in_vain, fake_module_begin, fake_module_end),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
