/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/*
 * Viewers that break the rules; and the histogram.
 */
#include "tests/guest/world.h"

#include <errno.h>
#include <string.h>

#include "guest/client.h"
#include "guest/histogram.h"
#include "guest/window.h"
#include "tests/guest/fake_module.h"

/* Sends msg as a viewer with a presented window 1: the link must end for that reason. */
static void expect_fault(const struct oriel_msg *msg, const char *reason)
{
	struct world *world = world_create();
	struct peer *peer = peer_viewer(world, ORIEL_ROLE_ATTACH, true);
	struct fake_window *window = fake_painted(&world->mir, 1, 40, 30);

	world_until(world, window->dones == 1);
	peer_send(peer, msg);
	world_until(world, peer->closed);
	assert_int_equal(peer->error, -EPROTO);
	if (!strstr(peer->reason, reason))
		fail_msg("'%s' does not say '%s'", peer->reason, reason);
	/* The window is there for the next viewer. */
	world_until(world, world->core.n_clients == 0);
	assert_non_null(oriel_window_find(&world->core, 1));
	assert_int_equal(world->core.stats.peers_failed, 1);
	peer_destroy(peer);
	world_destroy(world);
}

static void test_stale_presented(void **state)
{
	struct oriel_msg msg = {.type = ORIEL_MSG_PRESENTED};

	(void)state;
	msg.presented.window = 1;
	msg.presented.serial = 1;
	msg.presented.ring_position = 40 * 30 * 4;
	expect_fault(&msg, "frame 1 of window 1 is not on its way");
	msg.presented.serial = 900;
	expect_fault(&msg, "frame 900 of window 1 is not on its way");
}

static void test_wrong_position(void **state)
{
	struct oriel_msg msg = {.type = ORIEL_MSG_CONSUMED};

	(void)state;
	msg.consumed.ring_position = 1 << 30;
	expect_fault(&msg, "ring position");
	msg.consumed.ring_position = 0;
	expect_fault(&msg, "ring position");
}

static void test_wrong_messages(void **state)
{
	struct oriel_msg msg = {.type = ORIEL_MSG_OUTPUTS};
	struct oriel_msg key = {.type = ORIEL_MSG_KEY};
	struct world *world;
	struct peer *peer;

	(void)state;
	expect_fault(&msg, "at least one screen");
	memset(&msg, 0, sizeof msg);
	msg.type = ORIEL_MSG_LAUNCH;
	msg.launch.launch = 1;
	expect_fault(&msg, "no program");

	world = world_create();
	peer = peer_connect(world, ORIEL_ROLE_CONTROL, false);
	peer_sync(peer);
	assert_false(peer->closed);
	key.key.code = 30;
	peer_send(peer, &key);
	world_until(world, peer->closed);
	assert_non_null(strstr(peer->reason, "questions only"));
	peer_destroy(peer);
	world_destroy(world);
}

/* Words about windows that are not there, or not this viewer's, do nothing. */
static void test_unknown_windows(void **state)
{
	static const enum oriel_msg_type types[] = {ORIEL_MSG_CONFIGURE, ORIEL_MSG_CLOSE,
		ORIEL_MSG_REFRESH, ORIEL_MSG_PRESENTED, ORIEL_MSG_MOTION, ORIEL_MSG_TOUCH,
		ORIEL_MSG_FOCUS, ORIEL_MSG_SHORTCUTS_GIVEN};
	struct world *world = world_create();
	struct peer *attach = peer_viewer(world, ORIEL_ROLE_ATTACH, true);
	struct peer *other = peer_viewer(world, ORIEL_ROLE_OWNER, true);

	(void)state;
	fake_painted(&world->mir, 1, 40, 30);
	world_until(world, attach->frames == 1);
	world->mir.calls[0] = '\0';
	for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
		for (uint32_t window = 1; window < 3; window++) {
			struct oriel_msg msg = {.type = types[i]};

			/* The window is the first field of all of them. */
			memcpy(&msg.close, &window, sizeof window);
			if (types[i] == ORIEL_MSG_MOTION)
				msg.motion = (struct oriel_msg_motion){.window = window};
			if (types[i] == ORIEL_MSG_TOUCH)
				msg.touch = (struct oriel_msg_touch){.window = window};
			if (types[i] == ORIEL_MSG_PRESENTED)
				msg.presented.serial = 1;
			peer_send(other, &msg);
		}
	}
	peer_sync(other);
	assert_false(other->closed);
	assert_string_equal(world->mir.calls, "");
	peer_destroy(other);
	peer_destroy(attach);
	world_destroy(world);
}

/* A viewer in a virtual machine breaks a rule before it has told its screens. */
static void expect_memory_fault(
	const struct oriel_msg *first, const struct oriel_msg *second, const char *reason)
{
	struct world *world = world_create_vm();
	struct peer *peer = peer_in_vm(world, NULL, 0, PEER_NO_RAM, 0, 0);

	peer_send(peer, first);
	if (second)
		peer_send(peer, second);
	world_until(world, peer->closed);
	if (!strstr(peer->reason, reason))
		fail_msg("'%s' does not say '%s'", peer->reason, reason);
	world_until(world, world->core.n_clients == 0);
	peer_destroy(peer);
	world_destroy(world);
}

static struct oriel_wire_region region(uint32_t id, uint8_t kind, uint32_t token_size)
{
	static const uint8_t token[ORIEL_MAX_REGION_TOKEN];

	return (struct oriel_wire_region){
		.id = id, .kind = kind, .size = 1 << 20, .token = {token, token_size}};
}

static void test_memory(void **state)
{
	struct oriel_msg msg = {.type = ORIEL_MSG_MEMORY};
	struct oriel_msg probed = {.type = ORIEL_MSG_RAM_PROBED};
	struct oriel_wire_region *regions = msg.memory.regions;

	fake_module_begin(state);
	fake_module_add("oriel0", 1 << 20, 0);
	fake_module_add_ram();
	expect_memory_fault(&msg, &msg, "memory: it comes once");
	msg.memory.n_regions = 1;
	regions[0] = region(1, ORIEL_MEMORY_DEVICE, 5);
	expect_memory_fault(&msg, NULL, "region 1 has a token of the wrong size");
	regions[0] = region(1, ORIEL_MEMORY_RAM, 16);
	expect_memory_fault(&msg, NULL, "region 1 has a token of the wrong size");
	/* As many as there can be: all but the first of a kind are left alone. */
	msg.memory.n_regions = ORIEL_MAX_REGIONS;
	for (uint32_t i = 0; i < ORIEL_MAX_REGIONS; i++)
		regions[i] = region(i + 1, i % 2, i % 2 ? 0 : 16);
	probed.ram_probed.region = 4;
	expect_memory_fault(&msg, &probed, "ram_probed: region 4 was not probed");
	regions[7].id = 2;
	expect_memory_fault(&msg, NULL, "region 2 is there twice");
	msg.memory.n_regions = 1;
	expect_memory_fault(&msg, &probed, "ram_probed: region 4 was not probed");
	expect_fault(&msg, "memory: it comes once, and before outputs");
	expect_fault(&probed, "ram_probed: region 4 was not probed");
	fake_module_end(state);
}

/* Nothing of it was agreed on. */
static void test_memory_unasked(void **state)
{
	struct oriel_msg msg = {.type = ORIEL_MSG_MEMORY};
	struct world *world = world_create();
	struct peer *peer = peer_connect(world, ORIEL_ROLE_ATTACH, false);

	(void)state;
	msg.memory.n_regions = 1;
	msg.memory.regions[0] = region(9, ORIEL_MEMORY_RAM, 0);
	peer_send(peer, &msg);
	world_until(world, peer->closed);
	assert_non_null(strstr(peer->reason, "region 9 was not agreed on"));
	peer_destroy(peer);
	world_destroy(world);
}

/* Answers twice, or says afterwards that it does not find the bytes. */
static void test_probed_twice(void **state)
{
	struct oriel_msg probed = {.type = ORIEL_MSG_RAM_PROBED};
	struct world *world;
	struct peer *peer;

	fake_module_begin(state);
	fake_module_add_ram();
	world = world_create_vm();
	peer = peer_in_vm(world, NULL, 0, PEER_RAM, 640, 480);
	probed.ram_probed.region = 5;
	peer_send(peer, &probed);
	world_until(world, peer->closed);
	assert_non_null(strstr(peer->reason, "ram_probed: region 5 was not probed"));
	world_until(world, world->core.n_clients == 0);
	peer_destroy(peer);
	world_destroy(world);
	fake_module_end(state);
}

static void test_too_many_peers(void **state)
{
	struct world *world = world_create();
	struct peer *peers[ORIEL_CORE_CLIENTS + 1];

	(void)state;
	for (int i = 0; i <= ORIEL_CORE_CLIENTS; i++)
		peers[i] = peer_connect(world, ORIEL_ROLE_CONTROL, false);
	world_until(world, peers[ORIEL_CORE_CLIENTS]->closed);
	assert_int_equal(peers[ORIEL_CORE_CLIENTS]->error, -EBUSY);
	for (int i = 0; i <= ORIEL_CORE_CLIENTS; i++)
		peer_destroy(peers[i]);
	world_destroy(world);
}

static void test_histogram(void **state)
{
	static struct oriel_histogram h;

	(void)state;
	assert_int_equal(oriel_histogram_percentile(&h, 50), 0);
	for (uint64_t i = 1; i <= 10000; i++)
		oriel_histogram_add(&h, i);
	assert_true(oriel_histogram_percentile(&h, 50) >= 5000 &&
		    oriel_histogram_percentile(&h, 50) <= 5700);
	assert_true(oriel_histogram_percentile(&h, 99) >= 9900 &&
		    oriel_histogram_percentile(&h, 99) <= 10000);
	assert_int_equal(oriel_histogram_percentile(&h, 100), 10000);
	oriel_histogram_add(&h, UINT64_MAX);
	assert_int_equal(h.max, UINT64_MAX);
	assert_true(oriel_histogram_percentile(&h, 100) > UINT32_MAX);
	memset(&h, 0, sizeof h);
	oriel_histogram_add(&h, 0);
	assert_int_equal(oriel_histogram_percentile(&h, 50), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_stale_presented),
		cmocka_unit_test(test_wrong_position),
		cmocka_unit_test(test_wrong_messages),
		cmocka_unit_test(test_unknown_windows),
		cmocka_unit_test(test_memory),
		cmocka_unit_test(test_memory_unasked),
		cmocka_unit_test(test_probed_twice),
		cmocka_unit_test(test_too_many_peers),
		cmocka_unit_test(test_histogram),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
