/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "src/link/assembler.h"
#include "tests/carrier/probe.h"
#include "tests/link/session.h"

static struct oriel_msg *msg;

static size_t encode(unsigned char *to, size_t room)
{
	size_t size;

	assert_int_equal(oriel_wire_encode(msg, to, room, &size), 0);
	return size;
}

static void init(struct oriel_assembler *a)
{
	oriel_assembler_init(a, ORIEL_WIRE_HOST);
	a->greeted = true;
}

/* Feeds one piece; the number of frames that came out of it. */
static int feed(struct oriel_assembler *a, const unsigned char *data, size_t size,
	struct oriel_frame *frame)
{
	const char *reason;
	int count = 0, r;

	assert_int_equal(oriel_assembler_begin(a, -1, &reason), 0);
	while ((r = oriel_assembler_next(a, &data, &size, frame, &reason)) > 0)
		count++;
	assert_int_equal(r, 0);
	assert_int_equal(size, 0);
	return count;
}

static void test_every_split(void **state)
{
	unsigned char stream[256];
	size_t size = 0;

	(void)state;
	for (uint32_t i = 1; i <= 3; i++) {
		make_window_gone(msg, i);
		size += encode(stream + size, sizeof(stream) - size);
	}
	for (size_t first = 0; first <= size; first++) {
		for (size_t second = first; second <= size; second++) {
			struct oriel_assembler a;
			struct oriel_frame frame;

			init(&a);
			int count = feed(&a, stream, first, &frame);
			count += feed(&a, stream + first, second - first, &frame);
			count += feed(&a, stream + second, size - second, &frame);
			assert_int_equal(count, 3);
			oriel_assembler_finish(&a);
		}
	}
}

static void test_whole_frame_is_not_copied(void **state)
{
	static unsigned char stream[100000];
	struct oriel_assembler a;
	struct oriel_frame frame;
	unsigned char *data = probe_pattern(50000);

	(void)state;
	make_frame(msg, data, 50000);
	size_t size = encode(stream, sizeof(stream));
	init(&a);
	assert_int_equal(feed(&a, stream, size, &frame), 1);
	assert_ptr_equal(frame.untrusted_payload, stream + ORIEL_WIRE_HEADER);
	assert_int_equal(a.capacity, 0);
	/* Its header came before: still not copied. */
	assert_int_equal(feed(&a, stream, ORIEL_WIRE_HEADER, &frame), 0);
	assert_int_equal(feed(&a, stream + ORIEL_WIRE_HEADER, size - ORIEL_WIRE_HEADER, &frame), 1);
	assert_ptr_equal(frame.untrusted_payload, stream + ORIEL_WIRE_HEADER);
	assert_int_equal(a.capacity, 0);
	oriel_assembler_finish(&a);
	free(data);
}

static void test_memory_follows_the_bytes(void **state)
{
	unsigned char *data = probe_pattern(3 << 20), *stream = malloc(4 << 20);
	struct oriel_assembler a;
	struct oriel_frame frame;

	(void)state;
	make_frame(msg, data, 3 << 20);
	size_t size = encode(stream, 4 << 20);
	init(&a);
	/* Announced, but not come: nothing is allocated. */
	assert_int_equal(feed(&a, stream, ORIEL_WIRE_HEADER, &frame), 0);
	assert_int_equal(a.capacity, 0);
	size_t at = ORIEL_WIRE_HEADER;
	for (; at + 1000 < size; at += 1000) {
		assert_int_equal(feed(&a, stream + at, 1000, &frame), 0);
		size_t come = at + 1000 - ORIEL_WIRE_HEADER;
		assert_true(a.capacity >= come && a.capacity <= size - ORIEL_WIRE_HEADER);
		assert_true(a.capacity < 2 * come + 2048);
		oriel_assembler_trim(&a); /* must not touch a frame under way */
	}
	assert_int_equal(feed(&a, stream + at, size - at, &frame), 1);
	assert_memory_equal(
		frame.untrusted_payload, stream + ORIEL_WIRE_HEADER, size - ORIEL_WIRE_HEADER);
	assert_true(oriel_assembler_is_large(&a));
	oriel_assembler_trim(&a);
	assert_false(oriel_assembler_is_large(&a));
	assert_int_equal(a.capacity, 0);
	oriel_assembler_finish(&a);
	free(stream);
	free(data);
}

/* A link gives its buffer back when it has been idle, without a timer that goes on. */
static void test_idle_link_gives_memory_back(void **state)
{
	struct oriel_carrier_pair_options options = {.max_read = 50000};
	unsigned char *data = probe_pattern(1 << 20);
	struct session s;

	session_init(&s, *state);
	session_start(&s, &options);
	session_run_ready(&s);
	make_frame(msg, data, 1 << 20);
	assert_int_equal(party_send(&s.parties[GUEST], msg, -1), 0);
	RUN_UNTIL(s.harness, s.parties[HOST].messages == 1);
	/* The beat, two idle links and nothing else: after the trim no timer is left. */
	RUN_UNTIL(s.harness, uv_backend_timeout(&s.harness->loop) <= 5);
	party_close(&s.parties[HOST], ORIEL_ERROR_NONE, "done");
	session_finish(&s);
	free(data);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		HARNESS_TEST(test_every_split),
		HARNESS_TEST(test_whole_frame_is_not_copied),
		HARNESS_TEST(test_memory_follows_the_bytes),
		HARNESS_TEST(test_idle_link_gives_memory_back),
	};

	msg = malloc(sizeof(*msg));
	cmocka_set_message_output(CM_OUTPUT_TAP);
	int failed = cmocka_run_group_tests(tests, NULL, NULL);
	free(msg);
	return failed;
}
