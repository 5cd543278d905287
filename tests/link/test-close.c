/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/*
 * How links end, when nobody is hostile.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "tests/carrier/probe.h"
#include "tests/link/session.h"

static void test_bye_codes(void **state)
{
	static const struct {
		enum oriel_error code;
		int error;
	} cases[] = {
		{ORIEL_ERROR_NONE, 0},
		{ORIEL_ERROR_PROTOCOL, -EPROTO},
		{ORIEL_ERROR_VERSION, -EPROTONOSUPPORT},
		{ORIEL_ERROR_TOKEN, -EACCES},
		{ORIEL_ERROR_BUSY, -EBUSY},
		{ORIEL_ERROR_SHUTDOWN, 0},
		{ORIEL_ERROR_INTERNAL, -ECONNABORTED},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		for (int closer = 0; closer < 2; closer++) {
			struct session s;

			session_init(&s, *state);
			session_start(&s, NULL);
			session_run_ready(&s);
			party_close(&s.parties[closer], cases[i].code, "the reason");
			session_finish(&s);
			assert_int_equal(s.parties[closer].error, 0);
			assert_int_equal(s.parties[closer].code, cases[i].code);
			assert_int_equal(s.parties[!closer].error, cases[i].error);
			assert_int_equal(s.parties[!closer].code, cases[i].code);
			assert_string_equal(s.parties[0].reason, "the reason");
			assert_string_equal(s.parties[1].reason, "the reason");
		}
	}
}

static void test_empty_reason(void **state)
{
	struct session s;

	session_init(&s, *state);
	session_start(&s, NULL);
	session_run_ready(&s);
	oriel_link_close(s.parties[HOST].link, ORIEL_ERROR_NONE, "%s", "");
	RUN_UNTIL(s.harness, s.parties[GUEST].closed);
	assert_string_equal(s.parties[GUEST].reason, "closed");
	session_run_closed(&s);
	assert_string_equal(s.parties[HOST].reason, "closed");
	session_finish(&s);
}

/* Long, and with what no terminal should get. */
static void test_ugly_reason(void **state)
{
	struct session s;
	char text[6000];

	memset(text, 'x', sizeof(text));
	memcpy(text, "\x1b[2J\n\xc2\x9b\xff\xc3\xa9", 10);
	text[sizeof(text) - 1] = '\0';
	session_init(&s, *state);
	session_start(&s, NULL);
	session_run_ready(&s);
	party_close(&s.parties[GUEST], ORIEL_ERROR_INTERNAL, text);
	session_finish(&s);
	for (int i = 0; i < 2; i++) {
		assert_int_equal(strlen(s.parties[i].reason), ORIEL_MAX_TEXT);
		assert_memory_equal(s.parties[i].reason, "?[2J????\xc3\xa9x", 11);
	}
}

static void test_close_before_ready(void **state)
{
	for (int closer = 0; closer < 2; closer++) {
		struct session s;

		session_init(&s, *state);
		session_start(&s, NULL);
		party_close(&s.parties[closer], ORIEL_ERROR_BUSY, "not now");
		session_finish(&s);
		assert_int_equal(s.parties[!closer].error, -EBUSY);
		assert_string_equal(s.parties[!closer].reason, "not now");
	}
}

static void test_both_close_at_once(void **state)
{
	struct session s;

	session_init(&s, *state);
	session_start(&s, NULL);
	session_run_ready(&s);
	party_close(&s.parties[HOST], ORIEL_ERROR_NONE, "host");
	party_close(&s.parties[GUEST], ORIEL_ERROR_NONE, "guest");
	/* Neither waits for the deadline: no time has to pass. */
	for (int i = 0; i < 100; i++)
		uv_run(&s.harness->loop, UV_RUN_NOWAIT);
	assert_int_equal(s.parties[HOST].closed + s.parties[GUEST].closed, 2);
	session_finish(&s);
	assert_string_equal(s.parties[HOST].reason, "host");
	assert_string_equal(s.parties[GUEST].reason, "guest");
}

/* What was queued goes out before bye. */
static void test_close_after_much(void **state)
{
	struct oriel_msg *msg = malloc(sizeof(*msg));
	struct oriel_carrier_pair_options options = {.max_read = 60000};
	unsigned char *data = probe_pattern(4 << 20);
	struct session s;

	session_init(&s, *state);
	session_start(&s, &options);
	session_run_ready(&s);
	make_frame(msg, data, 4 << 20);
	for (int i = 0; i < 3; i++)
		assert_int_equal(party_send(&s.parties[GUEST], msg, -1), 0);
	party_close(&s.parties[GUEST], ORIEL_ERROR_SHUTDOWN, "stopping");
	session_finish(&s);
	assert_int_equal(s.parties[HOST].messages, 3);
	assert_true(s.parties[HOST].sum == 3 * byte_sum(data, 4 << 20));
	assert_int_equal(s.parties[HOST].code, ORIEL_ERROR_SHUTDOWN);
	free(data);
	free(msg);
}

/* The other end neither reads nor goes away: closed() comes all the same. */
static void test_close_without_a_reader(void **state)
{
	struct harness *harness = *state;
	struct oriel_carrier *ends[2];
	struct session s;

	session_init(&s, harness);
	assert_int_equal(oriel_carrier_pair(&harness->loop, NULL, ends), 0);
	session_start_party(&s.parties[HOST], ends[0]);
	party_close(&s.parties[HOST], ORIEL_ERROR_NONE, "done");
	RUN_UNTIL(harness, s.parties[HOST].closed);
	assert_int_equal(s.parties[HOST].error, 0);
	party_destroy(&s.parties[HOST]);
	ends[1]->ops->destroy(ends[1]);
}

static void test_peer_vanishes(void **state)
{
	for (int victim = 0; victim < 2; victim++) {
		struct session s;

		session_init(&s, *state);
		session_start(&s, NULL);
		session_run_ready(&s);
		party_destroy(&s.parties[victim]);
		session_finish(&s);
		assert_int_equal(s.parties[!victim].error, -ECONNRESET);
		assert_int_equal(s.parties[!victim].closed, 1);
	}
}

/* Over real sockets too: unread data in the closing end must not cost the bye. */
static void keep_carrier(void *user, struct oriel_carrier *carrier, const char *peer)
{
	(void)peer;
	*(struct oriel_carrier **)user = carrier;
}

static void test_fault_over_tcp_delivers_bye(void **state)
{
	struct harness *harness = *state;
	struct oriel_carrier *ends[2] = {NULL, NULL};
	struct oriel_listener *listener;
	struct probe probe = {0};
	struct session s;
	unsigned char *data = calloc(1, 1 << 20);

	session_init(&s, harness);
	assert_int_equal(
		oriel_listener_tcp(&harness->loop, 0, keep_carrier, &ends[1], &listener), 0);
	assert_int_equal(oriel_carrier_tcp_connect(&harness->loop, "127.0.0.1",
				 oriel_listener_port(listener), &ends[0]),
		0);
	RUN_UNTIL(harness, ends[1]);
	session_start_party(&s.parties[GUEST], ends[1]);
	probe_start(&probe, ends[0]);
	memset(data, 0xff, 1 << 20);
	probe_write(&probe, data, 1 << 20, -1);
	RUN_UNTIL(harness, probe.closed);
	probe_destroy(&probe);
	RUN_UNTIL(harness, s.parties[GUEST].closed);
	assert_int_equal(s.parties[GUEST].error, -EPROTO);
	party_destroy(&s.parties[GUEST]);
	oriel_listener_destroy(listener);
	free(data);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		HARNESS_TEST(test_bye_codes),
		HARNESS_TEST(test_empty_reason),
		HARNESS_TEST(test_ugly_reason),
		HARNESS_TEST(test_close_before_ready),
		HARNESS_TEST(test_both_close_at_once),
		HARNESS_TEST(test_close_after_much),
		HARNESS_TEST(test_close_without_a_reader),
		HARNESS_TEST(test_peer_vanishes),
		HARNESS_TEST(test_fault_over_tcp_delivers_bye),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
