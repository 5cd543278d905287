/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/*
 * Rings in the shared-memory devices of a virtual machine, and pixels on their way there.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "guest/client.h"
#include "guest/fault.h"
#include "guest/window.h"
#include "tests/guest/fake_module.h"
#include "tests/guest/world.h"

#define MIB (1024 * 1024)

/* The device --------------------------------------------------------------------------------- */

static void test_ring_at(void **state)
{
	struct world *world = world_create_vm();
	struct peer *peer;

	(void)state;
	fake_module_add("oriel0", 4 * MIB, 1);
	fake_module_add("oriel7", 64 * MIB, 9);
	fake_module_add("oriel10", 64 * MIB, 7);
	fake_module_add_ram();
	peer = peer_in_vm(world, "oriel7", 9, PEER_NO_RAM, 1280, 800);
	assert_int_equal(peer->rings_at, 1);
	assert_int_equal(peer->ring_at.size, 8 * MIB);
	peer_show(peer, 1, 301, 203);
	assert_int_equal(peer->pixels, 301 * 203);
	peer_sync(peer);
	/* One copy of each pixel, by the CPU. */
	assert_int_equal(peer_counter(peer, "damage_bytes"), 301 * 203 * 4);
	assert_int_equal(peer_counter(peer, "pixel_bytes_copied"), 301 * 203 * 4);
	assert_int_equal(peer_counter(peer, "pixel_bytes_module"), 0);
	assert_int_equal(peer_counter(peer, "pixel_bytes_encoded"), 0);
	assert_int_equal(peer_counter(peer, "ring_device_bytes"), peer->ring_at.size);
	assert_int_equal(world->core.told, 0);
	peer_destroy(peer);
	world_destroy(world);
}

/* What the user is told, and that pixels arrive all the same. */
static void expect_refusal(struct world *world, const char *device, uint8_t token, const char *text)
{
	struct oriel_device *found;
	uint8_t bytes[ORIEL_REGION_TOKEN];
	char error[512];
	struct peer *peer;

	memset(bytes, token, sizeof bytes);
	assert_true(oriel_device_find(&world->core, bytes, &found, error, sizeof error) < 0);
	if (!strstr(error, text))
		fail_msg("'%s' does not say '%s'", error, text);
	peer = peer_in_vm(world, device, token, PEER_NO_RAM, 640, 480);
	assert_int_equal(peer->rings_at, 0);
	peer_show(peer, 1, 100, 80);
	assert_true(world_was_told(world, ORIEL_TOLD_NO_DEVICE));
	peer_destroy(peer);
	world_destroy(world);
}

static void test_refusals(void **state)
{
	(void)state;
	fake_module_add("other", 4 * MIB, 1);
	expect_refusal(world_create_vm(), "other", 1, "modprobe oriel_shm");
	fake_module_add("oriel0", 4 * MIB, 1);
	expect_refusal(world_create_vm(), "oriel0", 2, "none of");
	fake_module.version = ORIEL_SHM_VERSION + 1;
	expect_refusal(world_create_vm(), "oriel0", 1, "install the same release");
	fake_module.version = ORIEL_SHM_VERSION;
	fake_module.info_error = -EACCES;
	expect_refusal(world_create_vm(), "oriel0", 1, "add this user to the group");
	fake_module.info_error = -ENODEV;
	expect_refusal(world_create_vm(), "oriel0", 1, "can't be used");
	fake_module.info_error = 0;
	fake_module_add("oriel1", ORIEL_REGION_HEAD, 3);
	expect_refusal(world_create_vm(), "oriel1", 3, "only 4096 bytes");
}

/* Too small for what the screens ask for: less, or none at all. */
static void test_small(void **state)
{
	struct world *world = world_create_vm();
	struct peer *peer, *second;

	(void)state;
	fake_module_add("oriel0", 3 * MIB + ORIEL_REGION_HEAD, 1);
	fake_module_add("oriel1", 300 * 1024, 2);
	peer = peer_in_vm(world, "oriel0", 1, PEER_NO_RAM, 1280, 800);
	assert_int_equal(peer->ring_at.size, 3 * MIB / 2);
	peer_show(peer, 1, 1280, 800);
	assert_true(peer->parts > 1);
	assert_true(world_was_told(world, ORIEL_TOLD_DEVICE_SMALL));
	assert_false(world_was_told(world, ORIEL_TOLD_DEVICE_FULL));
	second = peer_in_vm(world, "oriel1", 2, PEER_NO_RAM, 1280, 800);
	assert_int_equal(second->rings_at, 0);
	assert_true(world_was_told(world, ORIEL_TOLD_DEVICE_FULL));
	peer_destroy(peer);
	world_until(world, second->frames == 1);
	assert_true(peer_painted(second, 10, 1));
	peer_destroy(second);
	world_destroy(world);
}

static bool overlap(const struct oriel_msg_ring_at *a, const struct oriel_msg_ring_at *b)
{
	return a->offset < b->offset + b->size && b->offset < a->offset + a->size;
}

/* Viewers share a device, but no byte of it; what one leaves the next one gets. */
static void test_shared(void **state)
{
	struct world *world = world_create_vm();
	struct peer *peers[4];
	uint64_t offset;

	(void)state;
	fake_module_add("oriel0", 32 * MIB, 1);
	for (int i = 0; i < 3; i++)
		peers[i] = peer_in_vm(world, "oriel0", 1, PEER_NO_RAM, 1024, 768);
	for (int i = 0; i < 3; i++) {
		assert_int_equal(peers[i]->ring_at.size, 8 * MIB);
		assert_false(overlap(&peers[i]->ring_at, &peers[(i + 1) % 3]->ring_at));
	}
	/* There is not as much left for a fourth one. */
	peers[3] = peer_in_vm(world, "oriel0", 1, PEER_NO_RAM, 1024, 768);
	for (int i = 0; i < 3; i++)
		assert_false(overlap(&peers[i]->ring_at, &peers[3]->ring_at));
	assert_true(peers[3]->ring_at.size < 8 * MIB);
	peer_show(peers[0], 1, 500, 400);
	offset = peers[1]->ring_at.offset;
	peer_destroy(peers[1]);
	world_until(world, world->core.n_clients == 3);
	peers[1] = peer_in_vm(world, "oriel0", 1, PEER_NO_RAM, 1024, 768);
	assert_int_equal(peers[1]->ring_at.offset, offset);
	assert_int_equal(peers[1]->ring_at.size, 8 * MIB);
	for (int i = 0; i < 4; i++)
		peer_destroy(peers[i]);
	world_destroy(world);
}

/* A larger screen: another range, once the ring is empty; the old one is free again. */
static void test_growth(void **state)
{
	struct world *world = world_create_vm();
	struct peer *peer, *second;
	struct oriel_msg_ring_at before;
	struct fake_window *window;

	(void)state;
	fake_module_add("oriel0", 64 * MIB, 1);
	peer = peer_in_vm(world, "oriel0", 1, PEER_NO_RAM, 1024, 768);
	before = peer->ring_at;
	peer->hold = true;
	window = fake_painted(&world->mir, 1, 300, 300);
	world_until(world, peer->frames == 1);
	peer_outputs(peer, 2560, 1440);
	peer_sync(peer);
	assert_int_equal(peer->rings_at, 1);
	peer->hold = false;
	peer_presented(peer, 1, peer->last.serial);
	peer_sync(peer);
	assert_int_equal(peer->rings_at, 2);
	assert_int_equal(peer->ring_at.size, 2 * 2560 * 1440 * 4);
	assert_false(overlap(&before, &peer->ring_at));
	fake_paint(window, 0, 8);
	fake_commit(&world->mir, window);
	world_until(world, window->dones == 2);
	assert_true(peer_painted(peer, 10, 8));
	second = peer_in_vm(world, "oriel0", 1, PEER_NO_RAM, 1024, 768);
	assert_int_equal(second->ring_at.offset, before.offset);
	/* No room for more: the ring stays as it is. */
	peer_outputs(peer, 7680, 4320);
	peer_sync(peer);
	assert_int_equal(peer->rings_at, 2);
	fake_paint(window, 0, 9);
	fake_commit(&world->mir, window);
	world_until(world, window->dones == 3);
	assert_true(peer_painted(peer, 10, 9));
	peer_destroy(second);
	peer_destroy(peer);
	world_destroy(world);
}

/* The device goes away ------------------------------------------------------------------------- */

static void test_fault(void **state)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	int fd = memfd_create("fault", MFD_CLOEXEC);
	uint8_t *memory;

	(void)state;
	assert_int_equal(ftruncate(fd, (off_t)(4 * page)), 0);
	memory = mmap(NULL, 4 * page, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	assert_true(memory != MAP_FAILED);
	oriel_fault_guard(memory, 4 * page);
	memset(memory, 1, 4 * page);
	assert_false(oriel_fault_unguard());
	for (int i = 0; i < 2; i++) {
		assert_int_equal(ftruncate(fd, 0), 0);
		oriel_fault_guard(memory, 4 * page);
		memset(memory + page, 2, 3 * page);
		assert_int_equal(oriel_fault_unguard(), i == 0);
	}
	munmap(memory, 4 * page);
	close(fd);
}

/* Pixels go through the link instead, and nothing is missing on the screen. */
static void expect_fallback(struct world *world, struct peer *peer, struct fake_window *window)
{
	world_until(world, peer->frames >= 3);
	peer_sync(peer);
	assert_false(peer->closed);
	assert_null(TAILQ_FIRST(&world->core.clients)->rings.ring);
	assert_true(LIST_EMPTY(&world->core.devices));
	assert_true(peer_painted(peer, 10, 2));
	fake_paint(window, 0, 3);
	fake_commit(&world->mir, window);
	peer_sync(peer);
	assert_true(peer_painted(peer, 10, 3));
	peer_destroy(peer);
	world_destroy(world);
}

static void test_unplugged(void **state)
{
	struct world *world = world_create_vm();
	struct fake_window *window;
	struct peer *peer;

	(void)state;
	fake_module_add("oriel0", 32 * MIB, 1);
	peer = peer_in_vm(world, "oriel0", 1, PEER_NO_RAM, 1024, 768);
	window = peer_show(peer, 1, 400, 300);
	peer->unplugged = true;
	fake_module_cut("oriel0", 0);
	fake_paint(window, 0, 2);
	fake_commit(&world->mir, window);
	expect_fallback(world, peer, window);
}

/* The module says so before anything is touched. */
static void test_unplugged_copy(void **state)
{
	struct world *world = world_create_vm();
	struct fake_window *window;
	struct peer *peer;

	(void)state;
	fake_module_add("oriel0", 32 * MIB, 1);
	peer = peer_in_vm(world, "oriel0", 1, PEER_NO_RAM, 1024, 768);
	window = peer_show(peer, 1, 400, 300);
	fake_share(window, 0, FAKE_DMABUF, 3);
	fake_module.copy_error = -ENODEV;
	fake_paint(window, 0, 2);
	fake_commit(&world->mir, window);
	expect_fallback(world, peer, window);
}

/* Two viewers: one has nothing to do when the device goes. */
static void test_unplugged_idle(void **state)
{
	struct world *world = world_create_vm();
	struct fake_window *window;
	struct peer *peer, *idle;

	(void)state;
	fake_module_add("oriel0", 64 * MIB, 1);
	peer = peer_in_vm(world, "oriel0", 1, PEER_NO_RAM, 1024, 768);
	idle = peer_in_vm(world, "oriel0", 1, PEER_NO_RAM, 1024, 768);
	window = peer_show(peer, 1, 40, 30);
	peer->unplugged = true;
	fake_module_cut("oriel0", 0);
	fake_paint(window, 0, 2);
	fake_commit(&world->mir, window);
	world_until(world, LIST_EMPTY(&world->core.devices));
	peer_destroy(peer);
	world_until(world, idle->frames == 1);
	assert_true(peer_painted(idle, 10, 2));
	peer_destroy(idle);
	world_destroy(world);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_ring_at, fake_module_begin, fake_module_end),
		cmocka_unit_test_setup_teardown(test_refusals, fake_module_begin, fake_module_end),
		cmocka_unit_test_setup_teardown(test_small, fake_module_begin, fake_module_end),
		cmocka_unit_test_setup_teardown(test_shared, fake_module_begin, fake_module_end),
		cmocka_unit_test_setup_teardown(test_growth, fake_module_begin, fake_module_end),
		cmocka_unit_test(test_fault),
		cmocka_unit_test_setup_teardown(test_unplugged, fake_module_begin, fake_module_end),
		cmocka_unit_test_setup_teardown(
			test_unplugged_copy, fake_module_begin, fake_module_end),
		cmocka_unit_test_setup_teardown(
			test_unplugged_idle, fake_module_begin, fake_module_end),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
