/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/*
 * The counters that orield gives to who asks: its own, and those of the viewers.
 */
#include <string.h>

#include "guest/client.h"
#include "tests/guest/world.h"

static void ask(struct peer *peer)
{
	struct oriel_msg msg = {.type = ORIEL_MSG_STATS_GET};

	msg.stats_get.id = ++peer->asked;
	peer_send(peer, &msg);
}

static bool has_counter(const struct peer *peer, const char *name)
{
	for (uint32_t i = 0; i < peer->n_counters; i++)
		if (strcmp(peer->counters[i].name, name) == 0)
			return true;
	return false;
}

static void expect_idle(struct world *world)
{
	assert_true(TAILQ_EMPTY(&world->core.questions.list));
	assert_false(uv_is_active((uv_handle_t *)&world->core.questions.timer));
}

/* Viewers' counters are added up; those that are none of theirs are left out. */
static void test_viewers(void **state)
{
	struct world *world = world_create();
	struct peer *viewers[2] = {peer_viewer(world, ORIEL_ROLE_ATTACH, true),
		peer_viewer(world, ORIEL_ROLE_OWNER, false)};
	struct peer *control = peer_connect(world, ORIEL_ROLE_CONTROL, false);

	(void)state;
	fake_painted(&world->mir, 1, 40, 30);
	world_until(world, viewers[0]->frames == 1);
	peer_sync(control);
	assert_int_equal(viewers[0]->host_asked, 1);
	assert_int_equal(viewers[1]->host_asked, 1);
	assert_int_equal(peer_counter(control, "viewer_frames"), 20);
	assert_int_equal(peer_counter(control, "viewer_wait_us_max"), 7);
	assert_int_equal(peer_counter(control, "frames_sent"), 1);
	expect_idle(world);
	/* A viewer that asks hears of orield only, and at once. */
	peer_sync(viewers[0]);
	assert_int_equal(viewers[1]->host_asked, 1);
	assert_false(has_counter(viewers[0], "viewer_frames"));
	for (int i = 0; i < 2; i++)
		peer_destroy(viewers[i]);
	world_until(world, world->core.n_clients == 1);
	peer_sync(control);
	assert_false(has_counter(control, "viewer_frames"));
	expect_idle(world);
	peer_destroy(control);
	world_destroy(world);
}

/* Nobody waits for long for a viewer that says nothing; nor for one that goes. */
static void test_silence(void **state)
{
	struct world *world = world_create();
	struct peer *mute = peer_viewer(world, ORIEL_ROLE_ATTACH, true);
	struct peer *viewer = peer_viewer(world, ORIEL_ROLE_ATTACH, true);
	struct peer *control = peer_connect(world, ORIEL_ROLE_CONTROL, false);
	struct oriel_msg late = {.type = ORIEL_MSG_HOST_STATS};
	uint64_t start;

	(void)state;
	mute->mute = true;
	uv_update_time(&world->loop);
	start = uv_now(&world->loop);
	peer_sync(control);
	assert_true(uv_now(&world->loop) - start >= 250);
	assert_int_equal(peer_counter(control, "viewer_frames"), 10);
	expect_idle(world);
	/* Its answer comes late. */
	late.host_stats.id = mute->host_question;
	peer_send(mute, &late);
	peer_sync(mute);
	assert_false(mute->closed);

	ask(control);
	world_until(world, mute->host_asked == 2);
	peer_destroy(mute);
	world_until(world, control->answered == control->asked);
	assert_int_equal(peer_counter(control, "viewer_frames"), 10);
	expect_idle(world);
	peer_destroy(viewer);
	peer_destroy(control);
	world_destroy(world);
}

/* Who asks again before the answer has come gets both; who goes is forgotten. */
static void test_impatience(void **state)
{
	struct world *world = world_create();
	struct peer *mute = peer_viewer(world, ORIEL_ROLE_ATTACH, true);
	struct peer *control = peer_connect(world, ORIEL_ROLE_CONTROL, false);

	(void)state;
	mute->mute = true;
	ask(control);
	world_until(world, mute->host_asked == 1);
	ask(control);
	world_until(world, control->answered == 1);
	world_until(world, control->answered == 2);
	for (int i = 0; i < 100; i++)
		ask(control);
	peer_destroy(control);
	world_until(world, world->core.n_clients == 1);
	expect_idle(world);
	peer_destroy(mute);
	world_destroy(world);
}

/* Answers to questions that were never asked. */
static void test_unasked(void **state)
{
	struct world *world = world_create();
	struct peer *peer = peer_viewer(world, ORIEL_ROLE_ATTACH, true);
	struct oriel_msg msg = {.type = ORIEL_MSG_HOST_STATS};

	(void)state;
	msg.host_stats.id = 1;
	peer_send(peer, &msg);
	world_until(world, peer->closed);
	assert_non_null(strstr(peer->reason, "host_stats: 1 was not asked"));
	peer_destroy(peer);
	world_destroy(world);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_viewers),
		cmocka_unit_test(test_silence),
		cmocka_unit_test(test_impatience),
		cmocka_unit_test(test_unasked),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
