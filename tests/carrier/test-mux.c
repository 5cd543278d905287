/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/carrier/muxes.h"

static const struct oriel_carrier_pair_options plain;

static void turn(struct harness *harness, int times)
{
	while (times-- > 0)
		harness_turn(harness);
}

static void test_both_ways(void **state)
{
	static const struct oriel_carrier_pair_options options[] = {
		{0}, {.max_read = 7}, {.max_read = 1000}};

	for (int i = 0; i < 3; i++) {
		struct muxes muxes;
		struct probe host = {0}, guest = {0};

		muxes_start(&muxes, *state, &options[i]);
		muxes_open(&muxes, &host, &guest);
		probe_exchange(*state, &host, &guest, i == 1 ? 100000 : 3 << 20);
		probe_destroy(&host);
		RUN_UNTIL(*state, guest.closed);
		assert_int_equal(guest.error, 0);
		probe_destroy(&guest);
		assert_int_equal(muxes.ups, 1);
		muxes_stop(&muxes);
	}
}

static void test_socketpair(void **state)
{
	struct harness *harness = *state;
	struct muxes muxes = {.harness = harness};
	struct probe host = {0}, guest = {0};
	struct oriel_carrier *carrier;
	int fds[2];

	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, fds), 0);
	assert_int_equal(oriel_carrier_unix_adopt(&harness->loop, fds[0], &carrier), 0);
	muxes_start_host(&muxes, carrier);
	assert_int_equal(oriel_carrier_unix_adopt(&harness->loop, fds[1], &carrier), 0);
	muxes_start_guest(&muxes, carrier);
	muxes_open(&muxes, &host, &guest);
	probe_exchange(harness, &host, &guest, 8 << 20);
	probe_destroy(&host);
	probe_destroy(&guest);
	oriel_mux_destroy(muxes.guest);
	muxes.guest = NULL;
	RUN_UNTIL(harness, muxes.closes[0]);
	muxes_stop(&muxes);
}

static void test_all_channels_at_once(void **state)
{
	static struct probe hosts[ORIEL_MUX_CHANNELS], guests[ORIEL_MUX_CHANNELS];
	unsigned char *data = probe_pattern(400000 + ORIEL_MUX_CHANNELS);
	struct oriel_carrier *carrier;
	struct muxes muxes;
	size_t done = 0;

	memset(hosts, 0, sizeof(hosts));
	memset(guests, 0, sizeof(guests));
	muxes_start(&muxes, *state, &plain);
	for (int i = 0; i < ORIEL_MUX_CHANNELS; i++)
		muxes_open(&muxes, &hosts[i], &guests[i]);
	assert_int_equal(oriel_mux_open(muxes.host, &carrier), -EMFILE);
	for (int i = 0; i < ORIEL_MUX_CHANNELS; i++) {
		probe_write(&hosts[i], data + i, 400000, -1);
		probe_write(&guests[i], data + ORIEL_MUX_CHANNELS - i, 400000, -1);
	}
	while (done < 2 * ORIEL_MUX_CHANNELS) {
		harness_turn(*state);
		done = 0;
		for (int i = 0; i < ORIEL_MUX_CHANNELS; i++)
			done += (hosts[i].size == 400000) + (guests[i].size == 400000);
	}
	for (int i = 0; i < ORIEL_MUX_CHANNELS; i++) {
		assert_memory_equal(guests[i].bytes, data + i, 400000);
		assert_memory_equal(hosts[i].bytes, data + ORIEL_MUX_CHANNELS - i, 400000);
		probe_destroy(&hosts[i]);
		probe_destroy(&guests[i]);
	}
	free(data);
	muxes_stop(&muxes);
}

/* Numbers grow for ever, slots are used again. */
static void test_many_short_channels(void **state)
{
	struct muxes muxes;

	muxes_start(&muxes, *state, &plain);
	for (int i = 0; i < 1000; i++) {
		struct probe host = {0}, guest = {0};
		struct probe *first = i & 1 ? &host : &guest, *second = i & 1 ? &guest : &host;

		muxes_open(&muxes, &host, &guest);
		probe_write(first, "short", 5, -1);
		if (i & 2)
			RUN_UNTIL(*state, first->written);
		if (i & 4)
			probe_finish(first);
		probe_destroy(first);
		RUN_UNTIL(*state, second->closed);
		assert_int_equal(second->error, 0);
		if (i & 2)
			assert_int_equal(second->size, 5);
		probe_destroy(second);
	}
	muxes_stop(&muxes);
}

static void test_close_before_open_was_sent(void **state)
{
	struct oriel_carrier *carrier;
	struct probe host = {0}, guest = {0};
	struct muxes muxes;

	muxes_start(&muxes, *state, &plain);
	RUN_UNTIL(*state, oriel_mux_is_up(muxes.host));
	for (int i = 0; i < 200; i++) {
		assert_int_equal(oriel_mux_open(muxes.host, &carrier), 0);
		carrier->ops->destroy(carrier);
	}
	muxes_open(&muxes, &host, &guest);
	/* The first may have been on its way at once. */
	if (guest.carrier && !guest.closed) {
		turn(*state, 20);
		if (guest.closed) {
			probe_destroy(&guest);
			guest = (struct probe){0};
			probe_start(&guest, muxes_accept(&muxes));
		}
	}
	probe_exchange(*state, &host, &guest, 10);
	probe_destroy(&host);
	probe_destroy(&guest);
	muxes_stop(&muxes);
}

static void test_finish(void **state)
{
	struct muxes muxes;
	struct probe host = {0}, guest = {0};

	muxes_start(&muxes, *state, &plain);
	muxes_open(&muxes, &host, &guest);
	probe_write(&guest, "before", 6, -1);
	RUN_UNTIL(*state, guest.written);
	probe_write(&host, "last", 4, -1);
	RUN_UNTIL(*state, host.written);
	probe_finish(&host);
	RUN_UNTIL(*state, guest.closed);
	assert_int_equal(guest.error, 0);
	assert_int_equal(guest.size, 4);
	assert_int_equal(host.closed, 0);
	probe_destroy(&guest);
	RUN_UNTIL(*state, host.closed);
	assert_int_equal(host.error, 0);
	assert_memory_equal(host.bytes, "before", 6);
	probe_destroy(&host);
	muxes_stop(&muxes);
}

static void test_close_with_reason(void **state)
{
	struct muxes muxes;
	struct probe host = {0}, guest = {0};
	char reason[1000];

	muxes_start(&muxes, *state, &plain);
	muxes_open(&muxes, &host, &guest);
	oriel_mux_close(host.carrier, -EIO, "the viewer's\nsocket broke \xff");
	host.carrier = NULL;
	RUN_UNTIL(*state, guest.closed);
	assert_int_equal(guest.error, -ECONNRESET);
	assert_string_equal(guest.reason, "the viewer's?socket broke ?");
	probe_destroy(&guest);

	guest = host = (struct probe){0};
	muxes_open(&muxes, &host, &guest);
	memset(reason, 'r', sizeof(reason) - 1);
	reason[sizeof(reason) - 1] = '\0';
	oriel_mux_close(guest.carrier, 0, reason);
	guest.carrier = NULL;
	RUN_UNTIL(*state, host.closed);
	assert_int_equal(host.error, 0);
	assert_int_equal(strlen(host.reason), ORIEL_MUX_REASON);
	probe_destroy(&host);
	muxes_stop(&muxes);
}

static void test_descriptor_is_refused(void **state)
{
	struct muxes muxes;
	struct probe host = {0}, guest = {0};
	int fd = probe_make_file("ring");

	muxes_start(&muxes, *state, &plain);
	muxes_open(&muxes, &host, &guest);
	assert_false(guest.carrier->ops->passes_fds);
	probe_write(&guest, "x", 1, fd);
	close(fd);
	RUN_UNTIL(*state, guest.closed && host.closed);
	assert_int_equal(guest.error, -EINVAL);
	assert_int_equal(guest.written, 0);
	assert_int_equal(host.error, -ECONNRESET);
	assert_int_equal(host.size, 0);
	probe_destroy(&host);
	probe_destroy(&guest);
	muxes_stop(&muxes);
}

/* Who does not read holds up itself and nobody else, and no more is kept for it than the window. */
static void test_stopped_reader(void **state)
{
	struct muxes muxes;
	struct probe host[2] = {{0}}, guest[2] = {{0}};
	unsigned char *data = probe_pattern(8 << 20);

	muxes_start(&muxes, *state, &plain);
	muxes_open(&muxes, &host[0], &guest[0]);
	muxes_open(&muxes, &host[1], &guest[1]);
	probe_pause(&host[0], true);
	probe_write(&guest[0], data, 8 << 20, -1);
	turn(*state, 200);
	struct mallinfo2 before = mallinfo2();
	probe_exchange(*state, &host[1], &guest[1], 1 << 20);
	turn(*state, 200);
	struct mallinfo2 after = mallinfo2();
	assert_int_equal(guest[0].written, 0);
	assert_int_equal(host[0].size, 0);
	/* What the other probes recorded, and no more than a little beside. */
	assert_true(after.uordblks + after.hblkhd <
		    before.uordblks + before.hblkhd + (2 << 20) + (1 << 19));
	probe_pause(&host[0], false);
	RUN_UNTIL(*state, host[0].size == 8 << 20 && guest[0].written);
	assert_memory_equal(host[0].bytes, data, 8 << 20);
	assert_true(host[0].largest <= ORIEL_MUX_WINDOW);
	free(data);
	for (int i = 0; i < 2; i++) {
		probe_destroy(&host[i]);
		probe_destroy(&guest[i]);
	}
	muxes_stop(&muxes);
}

static void test_paused_end_hears_nothing(void **state)
{
	struct muxes muxes;
	struct probe host = {0}, guest = {0};

	muxes_start(&muxes, *state, &plain);
	muxes_open(&muxes, &host, &guest);
	probe_pause(&host, true);
	probe_write(&guest, "text", 4, -1);
	RUN_UNTIL(*state, guest.written);
	probe_destroy(&guest);
	turn(*state, 20);
	assert_int_equal(host.size + host.closed, 0);
	probe_pause(&host, false);
	RUN_UNTIL(*state, host.closed);
	assert_memory_equal(host.bytes, "text", 4);
	probe_destroy(&host);
	muxes_stop(&muxes);
}

static void test_unstarted_channel_keeps_what_came(void **state)
{
	struct muxes muxes;
	struct probe host = {0}, guest = {0};
	struct oriel_carrier *carrier;
	unsigned char *data = probe_pattern(1 << 20);

	muxes_start(&muxes, *state, &plain);
	RUN_UNTIL(*state, oriel_mux_is_up(muxes.host));
	assert_int_equal(oriel_mux_open(muxes.host, &carrier), 0);
	probe_start(&host, carrier);
	probe_write(&host, data, 1 << 20, -1);
	turn(*state, 100);
	assert_int_equal(host.written, 0);
	probe_start(&guest, muxes_accept(&muxes));
	RUN_UNTIL(*state, host.written && guest.size == 1 << 20);
	assert_memory_equal(guest.bytes, data, 1 << 20);
	free(data);
	probe_destroy(&host);
	probe_destroy(&guest);
	muxes_stop(&muxes);
}

/* A word of one channel does not wait for all that the others have to say. */
static void test_fairness(void **state)
{
	struct muxes muxes;
	struct probe host[8] = {{0}}, guest[8] = {{0}};
	unsigned char *data = probe_pattern(4 << 20);
	size_t others = 0;

	muxes_start(&muxes, *state, &plain);
	for (int i = 0; i < 8; i++)
		muxes_open(&muxes, &host[i], &guest[i]);
	for (int i = 1; i < 8; i++)
		probe_write(&guest[i], data, 4 << 20, -1);
	RUN_UNTIL(*state, host[7].size > 500000);
	for (int i = 1; i < 8; i++)
		others += host[i].size;
	probe_write(&guest[0], "word", 4, -1);
	RUN_UNTIL(*state, host[0].size == 4);
	for (int i = 1; i < 8; i++)
		others -= host[i].size;
	/* What was being written, and one turn of the rest. */
	assert_true(-others <= 14 * ORIEL_MUX_CHUNK);
	for (int i = 1; i < 8; i++)
		RUN_UNTIL(*state, host[i].size == 4 << 20);
	free(data);
	for (int i = 0; i < 8; i++) {
		probe_destroy(&host[i]);
		probe_destroy(&guest[i]);
	}
	muxes_stop(&muxes);
}

static void test_destroy_in_events(void **state)
{
	for (int i = 0; i < 3; i++) {
		struct muxes muxes;
		struct probe host = {0}, guest = {0};

		guest.destroy_in_data = i == 0;
		host.destroy_in_written = i == 1;
		guest.destroy_in_closed = i == 2;
		muxes_start(&muxes, *state, &plain);
		muxes_open(&muxes, &host, &guest);
		probe_write(&host, "text", 4, -1);
		RUN_UNTIL(*state, guest.size == 4 && (host.written || host.closed));
		if (i == 2)
			probe_destroy(&host);
		RUN_UNTIL(*state, i == 0 ? host.closed : guest.closed);
		probe_destroy(&host);
		probe_destroy(&guest);
		muxes_stop(&muxes);
	}
}

static void test_below_is_cut(void **state)
{
	/* The padding and hello of both, and then some. */
	for (size_t cut = 2 * (ORIEL_MUX_PADDING + ORIEL_MUX_HELLO) + 150;
		cut < 2 * ORIEL_MUX_PADDING + 600; cut += 7) {
		struct oriel_carrier_pair_options options = {.cut_after = cut};
		struct muxes muxes;
		struct probe host = {0}, guest = {0};

		muxes_start(&muxes, *state, &options);
		muxes_open(&muxes, &host, &guest);
		probe_write(&host, "0123456789", 10, -1);
		while (!muxes.closes[0] || !muxes.closes[1]) {
			if (guest.written < 1000 && guest.carrier && !guest.closed)
				probe_write(&guest, "x", 1, -1);
			unsigned seen = guest.written;
			RUN_UNTIL(*state, guest.written > seen || guest.closed);
			if (guest.closed)
				turn(*state, 1);
		}
		RUN_UNTIL(*state, host.closed && guest.closed);
		assert_string_equal(host.reason, "the connection was cut");
		assert_int_equal(oriel_mux_open(muxes.host, &host.carrier), -ENOTCONN);
		probe_destroy(&host);
		probe_destroy(&guest);
		muxes_stop(&muxes);
	}
}

static void test_destroyed_mux_ends_channels(void **state)
{
	struct muxes muxes;
	struct probe host = {0}, guest = {0};

	muxes_start(&muxes, *state, &plain);
	muxes_open(&muxes, &host, &guest);
	oriel_mux_destroy(muxes.guest);
	muxes.guest = NULL;
	RUN_UNTIL(*state, guest.closed && host.closed && muxes.closes[0]);
	assert_int_equal(guest.error, -ECONNABORTED);
	probe_destroy(&host);
	probe_destroy(&guest);
	muxes_stop(&muxes);
}

/* As when orield ends: nobody new, but those who are there may say bye. */
static void test_released_mux(void **state)
{
	struct muxes muxes;
	struct probe host = {0}, guest = {0}, late = {0};
	struct oriel_carrier *carrier;

	muxes_start(&muxes, *state, &plain);
	muxes_open(&muxes, &host, &guest);
	oriel_mux_release(muxes.guest);
	muxes.guest = NULL;
	assert_int_equal(oriel_mux_open(muxes.host, &carrier), 0);
	probe_start(&late, carrier);
	RUN_UNTIL(*state, late.closed);
	assert_int_equal(late.error, -ECONNRESET);
	assert_string_equal(late.reason, "nobody listens any more");
	probe_destroy(&late);
	probe_exchange(*state, &host, &guest, 1 << 20);
	guest.written = 0;
	probe_write(&guest, "bye", 3, -1);
	RUN_UNTIL(*state, guest.written);
	probe_destroy(&guest);
	RUN_UNTIL(*state, host.closed);
	assert_int_equal(host.error, 0);
	assert_int_equal(host.size, (1 << 20) + 3);
	RUN_UNTIL(*state, !oriel_mux_is_up(muxes.host));
	RUN_UNTIL(*state, muxes.closes[0]);
	probe_destroy(&host);
	muxes_stop(&muxes);
}

static void test_released_mux_that_nobody_reads(void **state)
{
	struct harness *harness = *state;
	struct muxes muxes = {.harness = harness};
	struct oriel_carrier *carrier;
	int fds[2];

	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, fds), 0);
	int small = 1;
	assert_int_equal(setsockopt(fds[0], SOL_SOCKET, SO_SNDBUF, &small, sizeof(small)), 0);
	assert_int_equal(oriel_carrier_unix_adopt(&harness->loop, fds[0], &carrier), 0);
	muxes_start_guest(&muxes, carrier);
	oriel_mux_release(muxes.guest);
	/* The teardown waits for the end of it. */
	uv_close((uv_handle_t *)&harness->beat, NULL);
	uv_run(&harness->loop, UV_RUN_DEFAULT);
	uv_timer_init(&harness->loop, &harness->beat);
	close(fds[1]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		HARNESS_TEST(test_both_ways),
		HARNESS_TEST(test_socketpair),
		HARNESS_TEST(test_all_channels_at_once),
		HARNESS_TEST(test_many_short_channels),
		HARNESS_TEST(test_close_before_open_was_sent),
		HARNESS_TEST(test_finish),
		HARNESS_TEST(test_close_with_reason),
		HARNESS_TEST(test_descriptor_is_refused),
		HARNESS_TEST(test_stopped_reader),
		HARNESS_TEST(test_paused_end_hears_nothing),
		HARNESS_TEST(test_unstarted_channel_keeps_what_came),
		HARNESS_TEST(test_fairness),
		HARNESS_TEST(test_destroy_in_events),
		HARNESS_TEST(test_below_is_cut),
		HARNESS_TEST(test_destroyed_mux_ends_channels),
		HARNESS_TEST(test_released_mux),
		HARNESS_TEST(test_released_mux_that_nobody_reads),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
