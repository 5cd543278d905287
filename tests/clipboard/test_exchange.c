/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/*
 * Offers and transfers between two ends that behave, and ends that do not.
 */
#include "tests/clipboard/world.h"

#include <stdio.h>
#include <string.h>

#define LARGE (9 * 1024 * 1024 + 12345)

/* Offers -------------------------------------------------------------------------------------- */

static void test_offers(void **state)
{
	struct world world;

	(void)state;
	world_create(&world);
	side_offer(&world.guest, 0, 1);
	world_run(&world);
	assert_int_equal(world.host.offered, 1);
	assert_true(oriel_types_have(&world.host.types, WORLD_TEXT));
	/* What is not offered is not taken back. */
	side_offer(&world.host, 0, 0);
	assert_int_equal(world.host.sent, 0);
	side_offer(&world.guest, 0, 0);
	world_run(&world);
	assert_int_equal(world.host.offered, 2);
	assert_int_equal(world.host.types.n, 0);
	world_destroy(&world);
}

/* The two ends agree which of two offers stands that have crossed. */
static void test_crossing_offers(void **state)
{
	struct world world;
	struct sink sink = {0};

	(void)state;
	world_create(&world);
	world.host.content = 100;
	side_offer(&world.guest, 0, 1);
	side_offer(&world.host, 0, 1);
	world_run(&world);
	assert_int_equal(world.guest.offered, 1);
	assert_int_equal(world.host.offered, 0);
	sink_paste(&world.guest, &sink, 0);
	WORLD_UNTIL(&world, sink.ended);
	assert_string_equal(sink.error, "");
	/* The guest's is the newer one, though the host's comes later. */
	side_offer(&world.guest, 0, 1);
	side_offer(&world.guest, 0, 1);
	side_offer(&world.host, 0, 1);
	world_run(&world);
	assert_int_equal(world.guest.offered, 1);
	assert_true(world.host.offered > 0);
	world_destroy(&world);
}

/* That nothing is there any more is no claim against something that is. */
static void test_empty_crosses_offer(void **state)
{
	struct world world;
	struct sink sink = {0};

	(void)state;
	world_create(&world);
	world.guest.content = 100;
	side_offer(&world.host, 0, 1);
	world_run(&world);
	side_offer(&world.guest, 0, 1);
	side_offer(&world.host, 0, 0);
	world_run(&world);
	sink_paste(&world.host, &sink, 0);
	WORLD_UNTIL(&world, sink.ended);
	assert_string_equal(sink.error, "");
	assert_int_equal(sink.size, 100);
	world_destroy(&world);
}

static void test_old_offer(void **state)
{
	struct world world;
	struct sink sink = {0};

	(void)state;
	world_create(&world);
	side_offer(&world.guest, 0, 1);
	world_run(&world);
	side_offer(&world.guest, 0, 1);
	/* The host asks before it knows of the second. */
	sink_paste(&world.host, &sink, 0);
	WORLD_UNTIL(&world, sink.ended);
	assert_non_null(strstr(sink.error, "something else has been copied"));
	sink_paste(&world.host, &sink, 1);
	assert_true(sink.ended);
	assert_non_null(strstr(sink.error, "not there"));
	world_destroy(&world);
}

/* Transfers ----------------------------------------------------------------------------------- */

static void test_content(void **state)
{
	static const size_t sizes[] = {1, 65535, 65536, 65537, 262144, 1048576, 1048577, LARGE};
	struct world world;
	struct sink sink = {0};

	(void)state;
	world_create(&world);
	for (int i = 0; i < 2; i++) {
		struct side *from = i ? &world.guest : &world.host;

		side_offer(from, 1, 1);
		world_run(&world);
		for (size_t j = 0; j < sizeof sizes / sizeof *sizes; j++) {
			from->content = sizes[j];
			sink_paste(from->other, &sink, 1);
			WORLD_UNTIL(&world, sink.ended);
			assert_string_equal(sink.error, "");
			assert_int_equal(sink.size, sizes[j]);
			assert_int_equal(sink.sum, content_sum(sizes[j]));
		}
		assert_true(from->most_under_way < ORIEL_MAX_WINDOW_BYTES + 65536);
		assert_null(from->fault);
		assert_null(from->other->fault);
	}
	world_destroy(&world);
}

/* A program that reads slowly slows its own paste down and nothing else. */
static void test_slow_reader(void **state)
{
	struct world world;
	struct sink slow = {.hold = true}, quick = {0};

	(void)state;
	world_create(&world);
	world.guest.content = LARGE;
	side_offer(&world.guest, 0, 1);
	world_run(&world);
	sink_paste(&world.host, &slow, 0);
	world_run(&world);
	assert_true(slow.size <= ORIEL_MAX_WINDOW_BYTES);
	sink_paste(&world.host, &quick, 0);
	WORLD_UNTIL(&world, quick.ended);
	assert_string_equal(quick.error, "");
	assert_false(slow.ended);
	while (!slow.ended) {
		assert_true(slow.untaken <= ORIEL_MAX_WINDOW_BYTES);
		sink_take(&slow);
		world_run(&world);
	}
	assert_string_equal(slow.error, "");
	assert_int_equal(slow.sum, content_sum(LARGE));
	world_destroy(&world);
}

/* While frames wait in the link's queue nothing is added to it. */
static void test_frames_first(void **state)
{
	struct world world;
	struct sink sink = {0};
	size_t before;

	(void)state;
	world_create(&world);
	world.guest.content = LARGE;
	side_offer(&world.guest, 0, 1);
	world_run(&world);
	world.guest.queued = 1 << 20;
	sink_paste(&world.host, &sink, 0);
	world_run(&world);
	before = sink.size;
	assert_true(before <= 262144);
	for (int i = 0; i < 20; i++) {
		uv_sleep(2);
		world_run(&world);
	}
	assert_int_equal(sink.size, before);
	world.guest.queued = 0;
	WORLD_UNTIL(&world, sink.ended);
	assert_int_equal(sink.sum, content_sum(LARGE));
	world_destroy(&world);
}

static void test_cancel(void **state)
{
	struct world world;
	struct sink sink = {.hold = true}, again = {0};

	(void)state;
	world_create(&world);
	world.guest.content = LARGE;
	side_offer(&world.guest, 0, 1);
	world_run(&world);
	for (int i = 0; i < 3 * ORIEL_MAX_TRANSFERS; i++) {
		sink_paste(&world.host, &sink, 0);
		if (i % 2)
			world_run(&world);
		oriel_flow_cancel(sink.flow);
		if (i % 3)
			world_run(&world);
	}
	world_run(&world);
	assert_null(world.guest.fault);
	assert_null(world.host.fault);
	sink_paste(&world.host, &again, 0);
	WORLD_UNTIL(&world, again.ended);
	assert_string_equal(again.error, "");
	world_destroy(&world);
}

static void test_too_many(void **state)
{
	struct world world;
	struct sink sinks[ORIEL_MAX_TRANSFERS + 1] = {0};

	(void)state;
	world_create(&world);
	side_offer(&world.guest, 0, 1);
	world_run(&world);
	for (int i = 0; i <= ORIEL_MAX_TRANSFERS; i++)
		sink_paste(&world.host, &sinks[i], 0);
	assert_true(sinks[ORIEL_MAX_TRANSFERS].ended);
	assert_non_null(strstr(sinks[ORIEL_MAX_TRANSFERS].error, "too many"));
	world_run(&world);
	assert_null(world.host.fault);
	assert_false(sinks[0].ended);
	/* The link goes: all of them hear of it. */
	oriel_exchange_destroy(world.host.exchange);
	world.host.exchange = NULL;
	for (int i = 0; i < ORIEL_MAX_TRANSFERS; i++)
		assert_non_null(strstr(sinks[i].error, "closed"));
	world_destroy(&world);
}

/* Failures ------------------------------------------------------------------------------------ */

static void test_failing_owner(void **state)
{
	struct world world;
	struct sink sink = {0};

	(void)state;
	world_create(&world);
	side_offer(&world.guest, 0, 1);
	world_run(&world);
	sink_paste(&world.host, &sink, 0);
	WORLD_UNTIL(&world, world.guest.wanted);
	oriel_flow_write(world.guest.wanted, "half", 4);
	world_run(&world);
	oriel_flow_end(world.guest.wanted, "the disk is full");
	WORLD_UNTIL(&world, sink.ended);
	assert_string_equal(sink.error, "the disk is full");
	assert_int_equal(sink.size, 4);
	world_destroy(&world);
}

/* Whoever stalls, both ends get to know, and nothing stays. */
static void test_stalls(void **state)
{
	struct world world;
	struct sink sink = {0};

	(void)state;
	world_create(&world);
	oriel_flow_set_patience(50);
	side_offer(&world.guest, 0, 1);
	world_run(&world);
	sink_paste(&world.host, &sink, 0);
	WORLD_UNTIL(&world, sink.ended);
	assert_non_null(strstr(sink.error, "does not answer"));
	sink.hold = true;
	world.guest.content = LARGE;
	sink_paste(&world.host, &sink, 0);
	WORLD_UNTIL(&world, sink.ended);
	assert_non_null(strstr(sink.error, "does not"));
	oriel_flow_set_patience(0);
	world_run(&world);
	world_destroy(&world);
}

static void test_too_large(void **state)
{
	static uint8_t piece[1 << 20];
	struct world world;
	struct sink sink = {0};
	int n = 0;

	(void)state;
	world_create(&world);
	sink_open(&world, &sink);
	oriel_flow_set_window(sink.flow, 2 * sizeof piece);
	while (oriel_flow_write(sink.flow, piece, sizeof piece))
		n++;
	assert_int_equal(n, 1024);
	assert_true(sink.ended);
	assert_non_null(strstr(sink.error, "1 GiB"));
	world_destroy(&world);
}

/* Peers that lie ------------------------------------------------------------------------------- */

static void expect_fault(const struct oriel_msg *msg, const char *reason)
{
	struct world world;
	struct sink sink = {.hold = true};
	const char *got;

	world_create(&world);
	/* Transfer 1 each way is under way, offers have the numbers 1. */
	side_offer(&world.guest, 0, 1);
	side_offer(&world.host, 1, 1);
	world_run(&world);
	sink_paste(&world.host, &sink, 0);
	world_run(&world);
	got = side_receive(&world.host, msg);
	if (!got)
		got = side_receive(&world.guest, msg);
	assert_non_null(got);
	if (!strstr(got, reason))
		fail_msg("'%s' does not say '%s'", got, reason);
	world_destroy(&world);
}

static void test_lies(void **state)
{
	struct oriel_msg msg = {.type = ORIEL_MSG_CLIPBOARD_OFFER};

	(void)state;
	msg.clipboard_offer.serial = 1;
	expect_fault(&msg, "count up");
	msg.clipboard_offer.serial = UINT32_MAX;
	expect_fault(&msg, "count up");
	msg = (struct oriel_msg){.type = ORIEL_MSG_CLIPBOARD_GET};
	msg.clipboard_get = (struct oriel_msg_clipboard_get){1, 0, 1, WORLD_TEXT};
	expect_fault(&msg, "under way");
	msg = (struct oriel_msg){.type = ORIEL_MSG_CLIPBOARD_TAKEN};
	msg.clipboard_taken = (struct oriel_msg_clipboard_taken){1, 1};
	expect_fault(&msg, "taken than was sent");
	msg = (struct oriel_msg){.type = ORIEL_MSG_PING};
	expect_fault(&msg, "nothing to do");
}

/* More than the window, whatever the size of the pieces. */
static void test_flood(void **state)
{
	static uint8_t piece[65536];
	struct oriel_msg msg = {.type = ORIEL_MSG_CLIPBOARD_DATA};
	struct world world;
	struct sink sink = {.hold = true};
	int n = 0;

	(void)state;
	world_create(&world);
	side_offer(&world.guest, 0, 1);
	world_run(&world);
	sink_paste(&world.host, &sink, 0);
	msg.clipboard_data.transfer = 1;
	msg.clipboard_data.data = (struct oriel_bytes){piece, sizeof piece};
	while (!side_receive(&world.host, &msg))
		n++;
	assert_int_equal(n, 16);
	assert_int_equal(sink.size, 1 << 20);
	/* Of a transfer that is none nothing is kept. */
	msg.clipboard_data.transfer = 9;
	for (int i = 0; i < 100; i++)
		assert_null(side_receive(&world.host, &msg));
	world_destroy(&world);
}

/* What came is not what was promised: the paste fails, and only that. */
static void test_wrong_length(void **state)
{
	struct oriel_msg data = {.type = ORIEL_MSG_CLIPBOARD_DATA};
	struct oriel_msg end = {.type = ORIEL_MSG_CLIPBOARD_END};
	struct world world;
	struct sink sink = {0};

	(void)state;
	world_create(&world);
	side_offer(&world.guest, 0, 1);
	world_run(&world);
	sink_paste(&world.host, &sink, 0);
	data.clipboard_data.transfer = end.clipboard_end.transfer = 1;
	data.clipboard_data.data = (struct oriel_bytes){"abc", 3};
	end.clipboard_end.bytes = 1000;
	assert_null(side_receive(&world.host, &data));
	assert_null(side_receive(&world.host, &end));
	assert_true(sink.ended);
	assert_non_null(strstr(sink.error, "lost"));
	assert_null(side_receive(&world.host, &end));
	world_destroy(&world);
}

/* Types --------------------------------------------------------------------------------------- */

static void test_types(void **state)
{
	struct oriel_types types = {0};
	char name[ORIEL_MAX_NAME + 2];

	(void)state;
	oriel_types_add(&types, "");
	oriel_types_add(&types, "\xff");
	memset(name, 'x', sizeof name - 1);
	name[sizeof name - 1] = '\0';
	oriel_types_add(&types, name);
	assert_int_equal(types.n, 0);
	oriel_types_add(&types, "STRING");
	oriel_types_add(&types, "image/png");
	oriel_types_add(&types, "UTF8_STRING");
	oriel_types_add(&types, "image/png");
	assert_int_equal(types.n, 3);
	assert_string_equal(oriel_types_text(&types), "UTF8_STRING");
	oriel_types_from_programs(&types);
	assert_int_equal(types.n, 2);
	assert_string_equal(types.names[0], ORIEL_TYPE_TEXT);
	oriel_types_for_programs(&types);
	assert_true(oriel_types_have(&types, "UTF8_STRING"));
	assert_true(oriel_types_have(&types, "STRING"));
	assert_true(oriel_types_have(&types, "text/plain"));
	for (int i = 0; i < 2 * ORIEL_MAX_TYPES; i++) {
		snprintf(name, sizeof name, "type/%d", i);
		oriel_types_add(&types, name);
	}
	assert_int_equal(types.n, ORIEL_MAX_TYPES);
	oriel_types_clear(&types);
	assert_null(oriel_types_text(&types));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_offers),
		cmocka_unit_test(test_crossing_offers),
		cmocka_unit_test(test_empty_crosses_offer),
		cmocka_unit_test(test_old_offer),
		cmocka_unit_test(test_content),
		cmocka_unit_test(test_slow_reader),
		cmocka_unit_test(test_frames_first),
		cmocka_unit_test(test_cancel),
		cmocka_unit_test(test_too_many),
		cmocka_unit_test(test_failing_owner),
		cmocka_unit_test(test_stalls),
		cmocka_unit_test(test_too_large),
		cmocka_unit_test(test_lies),
		cmocka_unit_test(test_flood),
		cmocka_unit_test(test_wrong_length),
		cmocka_unit_test(test_types),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
