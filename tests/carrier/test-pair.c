/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/carrier/probe.h"

static void start_pair(struct harness *harness, const struct oriel_carrier_pair_options *options,
	struct probe *a, struct probe *b)
{
	struct oriel_carrier *ends[2];

	assert_int_equal(oriel_carrier_pair(&harness->loop, options, ends), 0);
	probe_start(a, ends[0]);
	probe_start(b, ends[1]);
}

static void test_both_ways(void **state)
{
	struct probe a = {0}, b = {0};

	start_pair(*state, NULL, &a, &b);
	probe_exchange(*state, &a, &b, 5 << 20);
	assert_int_equal(a.pieces, 1);
	probe_destroy(&a);
	probe_destroy(&b);
}

static void test_short_reads(void **state)
{
	struct probe a = {0}, b = {0};
	struct oriel_carrier_pair_options options = {.max_read = 3};

	start_pair(*state, &options, &a, &b);
	probe_exchange(*state, &a, &b, 1000);
	assert_int_equal(a.largest, 3);
	assert_int_equal(a.pieces, 334);
	probe_destroy(&a);
	probe_destroy(&b);
}

static void test_delay(void **state)
{
	struct harness *harness = *state;
	struct probe a = {0}, b = {0};
	struct oriel_carrier_pair_options options = {.max_read = 1, .delay_ms = 20};

	start_pair(harness, &options, &a, &b);
	uv_update_time(&harness->loop);
	uint64_t before = uv_now(&harness->loop);
	probe_write(&a, "abc", 3, -1);
	RUN_UNTIL(harness, b.size == 3);
	assert_true(uv_now(&harness->loop) - before >= 60);
	probe_destroy(&a);
	probe_destroy(&b);
}

static void test_cut(void **state)
{
	for (size_t cut = 1; cut <= 20; cut++) {
		struct probe a = {0}, b = {0};
		struct oriel_carrier_pair_options options = {.cut_after = cut};

		start_pair(*state, &options, &a, &b);
		probe_write(&a, "0123456789", 10, -1);
		probe_write(&b, "abcdefghij", 10, -1);
		RUN_UNTIL(*state, a.closed && b.closed);
		assert_int_equal(a.size + b.size, cut);
		assert_int_equal(a.error, 0);
		assert_string_equal(a.reason, "the connection was cut");
		probe_destroy(&a);
		probe_destroy(&b);
	}
}

static void test_descriptor(void **state)
{
	struct probe a = {0}, b = {0};
	struct oriel_carrier_pair_options options = {.max_read = 2};
	int fd = probe_make_file("pixels");

	start_pair(*state, &options, &a, &b);
	assert_true(a.carrier->ops->passes_fds);
	probe_write(&a, "hello", 5, fd);
	RUN_UNTIL(*state, a.written);
	assert_int_equal(b.fds, 1);
	assert_true(probe_is_file(b.fd, "pixels"));
	assert_int_not_equal(b.fd, fd);
	assert_int_equal(fcntl(b.fd, F_GETFD), FD_CLOEXEC);
	close(fd);
	probe_destroy(&a);
	probe_destroy(&b);
}

static void test_unstarted_end_reads_nothing(void **state)
{
	struct harness *harness = *state;
	struct oriel_carrier *ends[2];
	struct probe a = {0}, b = {0};

	assert_int_equal(oriel_carrier_pair(&harness->loop, NULL, ends), 0);
	probe_start(&a, ends[0]);
	probe_write(&a, "x", 1, -1);
	for (int i = 0; i < 10; i++)
		harness_turn(harness);
	assert_int_equal(a.written, 0);
	probe_start(&b, ends[1]);
	RUN_UNTIL(harness, a.written && b.size == 1);
	probe_destroy(&a);
	RUN_UNTIL(harness, b.closed);
	probe_destroy(&b);
}

static void test_finish(void **state)
{
	struct probe a = {0}, b = {0};
	struct oriel_carrier_pair_options options = {.max_read = 1};

	start_pair(*state, &options, &a, &b);
	probe_write(&a, "last", 4, -1);
	RUN_UNTIL(*state, a.written);
	probe_finish(&a);
	probe_write(&b, "more", 4, -1);
	RUN_UNTIL(*state, b.closed && a.size == 4);
	assert_int_equal(b.size, 4);
	assert_int_equal(a.closed, 0);
	probe_destroy(&a);
	probe_destroy(&b);
}

static void test_pause(void **state)
{
	struct probe a = {0}, b = {0};

	start_pair(*state, NULL, &a, &b);
	probe_pause(&b, true);
	probe_write(&a, "wait", 4, -1);
	for (int i = 0; i < 10; i++)
		harness_turn(*state);
	assert_int_equal(b.size + a.written, 0);
	probe_pause(&b, false);
	RUN_UNTIL(*state, b.size == 4 && a.written);
	probe_pause(&b, true);
	probe_destroy(&a);
	for (int i = 0; i < 10; i++)
		harness_turn(*state);
	assert_int_equal(b.closed, 0);
	probe_pause(&b, false);
	RUN_UNTIL(*state, b.closed);
	probe_destroy(&b);
}

static void test_destroy_in_events(void **state)
{
	for (int i = 0; i < 3; i++) {
		struct probe a = {0}, b = {0};

		b.destroy_in_data = i == 0;
		a.destroy_in_written = i == 1;
		b.destroy_in_closed = i == 2;
		start_pair(*state, NULL, &a, &b);
		probe_write(&a, "text", 4, -1);
		RUN_UNTIL(*state, a.written || a.closed);
		if (i == 2)
			probe_destroy(&a);
		RUN_UNTIL(*state, i == 0 ? a.closed : b.closed);
		assert_int_equal(b.size, 4);
		probe_destroy(&a);
		probe_destroy(&b);
	}
}

/* The writer goes away while its bytes are being read, from inside the reader's event. */
struct killer {
	struct oriel_carrier *victim;
	char seen[5];
};

static void kill_on_data(void *user, const void *data, size_t size, int fd)
{
	struct killer *killer = user;

	(void)fd;
	killer->victim->ops->destroy(killer->victim);
	assert_int_equal(size, 4);
	memcpy(killer->seen, data, 4);
}

static void ignore_closed(void *user, int error, const char *reason)
{
	(void)user;
	(void)error;
	(void)reason;
}

static void test_writer_dies_in_readers_event(void **state)
{
	static const struct oriel_carrier_events events = {kill_on_data, NULL, ignore_closed};
	struct harness *harness = *state;
	struct oriel_carrier *ends[2];
	struct killer killer = {0};
	struct probe a = {0};
	char *text = strdup("gone");

	assert_int_equal(oriel_carrier_pair(&harness->loop, NULL, ends), 0);
	killer.victim = ends[0];
	ends[1]->ops->start(ends[1], &events, &killer);
	probe_start(&a, ends[0]);
	probe_write(&a, text, 4, -1);
	RUN_UNTIL(harness, killer.seen[0]);
	assert_string_equal(killer.seen, "gone");
	free(text);
	ends[1]->ops->destroy(ends[1]);
	a.carrier = NULL;
	probe_destroy(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		HARNESS_TEST(test_both_ways),
		HARNESS_TEST(test_short_reads),
		HARNESS_TEST(test_delay),
		HARNESS_TEST(test_cut),
		HARNESS_TEST(test_descriptor),
		HARNESS_TEST(test_unstarted_end_reads_nothing),
		HARNESS_TEST(test_finish),
		HARNESS_TEST(test_pause),
		HARNESS_TEST(test_destroy_in_events),
		HARNESS_TEST(test_writer_dies_in_readers_event),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
