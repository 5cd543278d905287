/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/*
 * Random bytes, and random changes of good ones, into a link of either side.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/log.h"
#include "tests/carrier/harness.h"
#include "tests/link/feed.h"
#include "tests/link/session.h"

#define ROUNDS 3000

static uint32_t random_state = 1;

static uint32_t random_below(uint32_t limit)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 17;
	random_state ^= random_state << 5;
	return random_state % limit;
}

static void random_feed(struct feed *feed, int round)
{
	feed->side = round & 1 ? ORIEL_WIRE_GUEST : ORIEL_WIRE_HOST;
	feed->greet = round & 2;
	feed->max_read = round & 4 ? random_below(20) : 0;
}

static void test_random(void **state)
{
	unsigned char data[300];

	(void)state;
	for (int round = 0; round < ROUNDS; round++) {
		struct feed feed;
		size_t size = random_below(sizeof(data));

		random_feed(&feed, round);
		for (size_t i = 0; i < size; i++)
			data[i] = random_below(3) ? 0 : (unsigned char)random_below(256);
		int error = feed_link(&feed, data, size);
		assert_true(error == -EPROTO || error == -ECONNRESET || error == 0);
	}
}

static size_t make_stream(unsigned char *data, size_t room, enum oriel_wire_side side)
{
	struct oriel_msg *msg = malloc(sizeof(*msg));
	size_t used = 0, size;

	for (uint32_t i = 1; i <= 4; i++) {
		if (side == ORIEL_WIRE_GUEST)
			make_stats_get(msg, i);
		else if (i % 2)
			make_frame(msg, "0123456789", 10);
		else
			make_window_gone(msg, i);
		assert_int_equal(oriel_wire_encode(msg, data + used, room - used, &size), 0);
		used += size;
	}
	free(msg);
	return used;
}

static void test_changed(void **state)
{
	unsigned char data[1000];

	(void)state;
	for (int round = 0; round < ROUNDS; round++) {
		struct feed feed;

		random_feed(&feed, round);
		feed.greet = true;
		size_t size = make_stream(data, sizeof(data), feed.side);
		for (uint32_t n = 1 + random_below(3); n > 0; n--)
			data[random_below((uint32_t)size)] = (unsigned char)random_below(256);
		int error = feed_link(&feed, data, size);
		assert_true(error == -EPROTO || error == -ECONNRESET || error == 0);
	}
}

static void test_nothing(void **state)
{
	struct feed feed = {.side = ORIEL_WIRE_GUEST};

	(void)state;
	assert_int_equal(feed_link(&feed, NULL, 0), -ECONNRESET);
	feed.greet = true;
	assert_int_equal(feed_link(&feed, NULL, 0), -ECONNRESET);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		HARNESS_TEST(test_nothing),
		HARNESS_TEST(test_random),
		HARNESS_TEST(test_changed),
	};

	oriel_log_init("test-feed", ORIEL_LOG_ERROR);
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
