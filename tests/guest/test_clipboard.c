/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/*
 * Who has the guest's clipboard, who is told, and what goes where, with viewers that behave and
 * some that do not.
 */
#include "tests/guest/world.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "guest/clipboard.h"
#include "src/clipboard/exchange.h"
#include "src/clipboard/fd.h"

/* A viewer's end of the clipboard. */
struct viewer {
	struct peer *peer;
	struct oriel_exchange *exchange;
	struct oriel_types types; /* offered last */
	int offers;
	const char *content; /* of all that it offers; NULL: it never answers */
	char got[64];
	size_t size;
	int ended;
	char error[256];
};

static void handle_send(void *user, const struct oriel_msg *msg)
{
	peer_send(((struct viewer *)user)->peer, msg);
}

static size_t handle_queued(void *user)
{
	return oriel_link_queued(((struct viewer *)user)->peer->link);
}

static void handle_offered(void *user, uint8_t selection, const struct oriel_types *types)
{
	struct viewer *viewer = user;

	(void)selection;
	viewer->offers++;
	oriel_types_copy(&viewer->types, types);
}

static void handle_wanted(void *user, uint8_t selection, const char *type, struct oriel_flow *flow)
{
	struct viewer *viewer = user;

	(void)selection;
	(void)type;
	if (viewer->content)
		oriel_flow_feed(flow, viewer->content, strlen(viewer->content));
}

static const struct oriel_exchange_events events = {
	.send = handle_send,
	.queued = handle_queued,
	.offered = handle_offered,
	.wanted = handle_wanted,
};

static void handle_other(struct peer *peer, const struct oriel_msg *msg)
{
	struct viewer *viewer = peer->user;
	const char *reason = "";

	if (oriel_exchange_is_message(msg) &&
		oriel_exchange_message(viewer->exchange, msg, &reason) < 0)
		fail_msg("orield breaks the protocol: %s", reason);
}

static void join(struct world *world, struct viewer *viewer)
{
	*viewer = (struct viewer){.peer = peer_sharing(world)};
	viewer->exchange = oriel_exchange_create(&world->loop, true, &events, viewer);
	viewer->peer->user = viewer;
	viewer->peer->other = handle_other;
}

static void leave(struct viewer *viewer)
{
	oriel_exchange_destroy(viewer->exchange);
	oriel_types_clear(&viewer->types);
	peer_destroy(viewer->peer);
}

static void offer(struct viewer *viewer, const char *const *names)
{
	struct oriel_types types = {0};

	for (int i = 0; names[i]; i++)
		oriel_types_add(&types, names[i]);
	oriel_exchange_offer(viewer->exchange, 0, &types);
	oriel_types_clear(&types);
	peer_sync(viewer->peer);
}

static void handle_data(void *user, struct oriel_flow *flow, const void *data, size_t size)
{
	struct viewer *viewer = user;

	if (viewer->size + size < sizeof viewer->got)
		memcpy(viewer->got + viewer->size, data, size);
	viewer->size += size;
	oriel_flow_taken(flow, size);
}

static void handle_ended(void *user, struct oriel_flow *flow, const char *error)
{
	struct viewer *viewer = user;

	(void)flow;
	viewer->ended++;
	snprintf(viewer->error, sizeof viewer->error, "%s", error ? error : "");
}

static const struct oriel_flow_consumer consumer = {.data = handle_data, .ended = handle_ended};

static void paste(struct world *world, struct viewer *viewer, const char *type)
{
	viewer->size = 0;
	viewer->ended = 0;
	memset(viewer->got, 0, sizeof viewer->got);
	oriel_exchange_get(
		viewer->exchange, 0, type, oriel_flow_create(&world->loop, &consumer, viewer));
}

/* What a program of the guest gets of a paste, up to its end. */
static void expect_read(struct world *world, int fd, const char *expected)
{
	char text[256] = "";
	ssize_t n = -1;
	size_t size = 0;

	fcntl(fd, F_SETFL, O_NONBLOCK);
	while (n != 0) {
		uv_run(&world->loop, UV_RUN_ONCE);
		n = read(fd, text + size, sizeof text - 1 - size);
		if (n < 0)
			assert_int_equal(errno, EAGAIN);
		if (n > 0)
			size += (size_t)n;
	}
	close(fd);
	assert_string_equal(text, expected);
}

static const char *const plain[] = {"UTF8_STRING", "text/html", NULL};
static const char *const text[] = {ORIEL_TYPE_TEXT, NULL};

static void test_guest_to_host(void **state)
{
	struct world *world = world_create();
	struct viewer viewer;

	(void)state;
	join(world, &viewer);
	fake_copy(&world->mir, 0, plain);
	world_until(world, viewer.offers == 1);
	assert_string_equal(viewer.types.names[0], ORIEL_TYPE_TEXT);
	assert_true(oriel_types_have(&viewer.types, "text/html"));
	assert_true(oriel_type_is_origin(viewer.types.names[2]));
	/* Nothing is fetched before it is pasted. */
	assert_string_equal(world->mir.reading, "");
	paste(world, &viewer, ORIEL_TYPE_TEXT);
	world_until(world, world->mir.reading[0]);
	assert_string_equal(world->mir.reading, "UTF8_STRING");
	assert_int_equal(write(world->mir.reading_fd, "hello", 5), 5);
	close(world->mir.reading_fd);
	world_until(world, viewer.ended);
	assert_string_equal(viewer.error, "");
	assert_string_equal(viewer.got, "hello");
	/* A type that was not offered, and one without content. */
	paste(world, &viewer, "image/png");
	world_until(world, viewer.ended);
	assert_string_not_equal(viewer.error, "");
	paste(world, &viewer, viewer.types.names[2]);
	world_until(world, viewer.ended);
	assert_string_not_equal(viewer.error, "");
	leave(&viewer);
	world_destroy(world);
}

static void test_host_to_guest(void **state)
{
	struct world *world = world_create();
	struct viewer viewer;

	(void)state;
	join(world, &viewer);
	viewer.content = "from the host";
	offer(&viewer, text);
	assert_non_null(strstr(world->mir.offer[0], "UTF8_STRING"));
	expect_read(world, fake_paste(&world->mir, 0, "UTF8_STRING"), "from the host");
	expect_read(world, fake_paste(&world->mir, 0, "text/plain"), "from the host");
	expect_read(world, fake_paste(&world->mir, 0, "image/png"), "");
	expect_read(world, fake_paste(&world->mir, 1, "UTF8_STRING"), "");
	/* It is not told what it has told itself. */
	assert_int_equal(viewer.offers, 0);
	leave(&viewer);
	world_until(world, world->core.n_clients == 0);
	assert_string_equal(world->mir.offer[0], "");
	world_destroy(world);
}

/* One viewer is told what the guest has; when it goes, another one is. */
static void test_one_viewer_is_told(void **state)
{
	struct world *world = world_create();
	struct viewer viewers[2];

	(void)state;
	join(world, &viewers[0]);
	join(world, &viewers[1]);
	for (int i = 0; i < 3; i++) {
		fake_copy(&world->mir, 0, plain);
		peer_sync(viewers[0].peer);
		peer_sync(viewers[1].peer);
	}
	assert_int_equal(viewers[0].offers + viewers[1].offers, 3);
	assert_true(viewers[0].offers == 0 || viewers[1].offers == 0);
	assert_int_equal(viewers[1].offers, 0);
	leave(&viewers[0]);
	world_until(world, viewers[1].offers == 1);
	leave(&viewers[1]);
	world_destroy(world);
}

/* What comes back through the host's clipboard does not take it from who has it. */
static void test_own_offer_comes_back(void **state)
{
	struct world *world = world_create();
	struct viewer viewers[2];
	const char *names[3] = {ORIEL_TYPE_TEXT};

	(void)state;
	join(world, &viewers[0]);
	fake_copy(&world->mir, 0, plain);
	world_until(world, viewers[0].offers == 1);
	names[1] = viewers[0].types.names[2];
	join(world, &viewers[1]);
	offer(&viewers[1], names);
	assert_int_equal(world->mir.offers[0], 0);
	paste(world, &viewers[0], ORIEL_TYPE_TEXT);
	world_until(world, world->mir.reading[0]);
	close(world->mir.reading_fd);
	world_until(world, viewers[0].ended);
	assert_string_equal(viewers[0].error, "");
	leave(&viewers[0]);
	leave(&viewers[1]);
	world_destroy(world);
}

/* All viewers of a host tell of one copy; one of them is enough, and any of them. */
static void test_same_copy_twice(void **state)
{
	struct world *world = world_create();
	struct viewer viewers[2];

	(void)state;
	for (int i = 0; i < 2; i++) {
		join(world, &viewers[i]);
		viewers[i].content = i ? "second" : "first";
	}
	offer(&viewers[0], text);
	offer(&viewers[1], text);
	assert_int_equal(world->mir.offers[0], 1);
	expect_read(world, fake_paste(&world->mir, 0, "UTF8_STRING"), "first");
	leave(&viewers[0]);
	world_until(world, world->mir.offers[0] == 2);
	expect_read(world, fake_paste(&world->mir, 0, "UTF8_STRING"), "second");
	leave(&viewers[1]);
	world_destroy(world);
}

/* The pasting program sees the end, whoever fails. */
static void test_viewer_leaves_while_pasting(void **state)
{
	struct world *world = world_create();
	struct viewer viewer;
	int fd;

	(void)state;
	join(world, &viewer);
	offer(&viewer, text);
	fd = fake_paste(&world->mir, 0, "UTF8_STRING");
	peer_sync(viewer.peer);
	leave(&viewer);
	expect_read(world, fd, "");
	world_destroy(world);
}

static void test_stalled_viewer(void **state)
{
	struct world *world = world_create();
	struct viewer viewer;

	(void)state;
	oriel_flow_set_patience(50);
	join(world, &viewer);
	offer(&viewer, text);
	expect_read(world, fake_paste(&world->mir, 0, "UTF8_STRING"), "");
	oriel_flow_set_patience(0);
	/* And nothing else is the worse for it. */
	viewer.content = "now";
	expect_read(world, fake_paste(&world->mir, 0, "UTF8_STRING"), "now");
	leave(&viewer);
	world_destroy(world);
}

/* A program that pastes and does not read, one that goes, and one that gives us a file. */
static void test_strange_programs(void **state)
{
	static char large[3 << 20];
	struct world *world = world_create();
	struct viewer viewer;
	char path[] = "/tmp/oriel-test-XXXXXX";
	int fds[3];

	(void)state;
	memset(large, 'x', sizeof large - 1);
	join(world, &viewer);
	viewer.content = large;
	offer(&viewer, text);
	for (int i = 0; i < 3; i++)
		fds[i] = fake_paste(&world->mir, 0, "UTF8_STRING");
	for (int i = 0; i < 20; i++)
		uv_run(&world->loop, UV_RUN_NOWAIT);
	close(fds[0]);
	world->mir.ops->selection_send(
		world->mir.user, 0, "UTF8_STRING", mkostemp(path, O_CLOEXEC));
	unlink(path);
	viewer.content = "small";
	expect_read(world, fake_paste(&world->mir, 0, "UTF8_STRING"), "small");
	close(fds[1]);
	leave(&viewer);
	world_until(world, world->core.n_clients == 0);
	close(fds[2]);
	world_destroy(world);
}

/* Lies end that link, and the guest keeps what it has. */
static void test_hostile(void **state)
{
	static const struct oriel_msg lies[] = {
		{.type = ORIEL_MSG_CLIPBOARD_OFFER, .clipboard_offer = {.serial = UINT32_MAX}},
		{.type = ORIEL_MSG_CLIPBOARD_TAKEN, .clipboard_taken = {.transfer = 1, .bytes = 1}},
	};

	(void)state;
	for (size_t i = 0; i < sizeof lies / sizeof *lies; i++) {
		struct world *world = world_create();
		struct viewer good, bad;

		join(world, &bad);
		fake_copy(&world->mir, 0, plain);
		world_until(world, bad.offers == 1);
		join(world, &good);
		paste(world, &bad, ORIEL_TYPE_TEXT);
		world_until(world, world->mir.reading[0]);
		peer_send(bad.peer, &lies[i]);
		world_until(world, bad.peer->closed);
		assert_int_equal(bad.peer->error, -EPROTO);
		world_until(world, good.offers == 1);
		leave(&bad);
		leave(&good);
		close(world->mir.reading_fd);
		world_destroy(world);
	}
}

static void test_not_agreed_on(void **state)
{
	struct world *world = world_create();
	struct peer *peer = peer_viewer(world, ORIEL_ROLE_ATTACH, true);
	struct oriel_msg msg = {.type = ORIEL_MSG_CLIPBOARD_OFFER};

	(void)state;
	msg.clipboard_offer.serial = 1;
	peer_send(peer, &msg);
	world_until(world, peer->closed);
	assert_non_null(strstr(peer->reason, "not agreed on"));
	peer_destroy(peer);
	world_destroy(world);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_guest_to_host),
		cmocka_unit_test(test_host_to_guest),
		cmocka_unit_test(test_one_viewer_is_told),
		cmocka_unit_test(test_own_offer_comes_back),
		cmocka_unit_test(test_same_copy_twice),
		cmocka_unit_test(test_viewer_leaves_while_pasting),
		cmocka_unit_test(test_stalled_viewer),
		cmocka_unit_test(test_strange_programs),
		cmocka_unit_test(test_hostile),
		cmocka_unit_test(test_not_agreed_on),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
