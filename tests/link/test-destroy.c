/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/*
 * Destroying and closing a link from inside each of its callbacks, with more to read behind.
 */
#include <stdlib.h>
#include <string.h>

#include "tests/carrier/probe.h"
#include "tests/link/session.h"

/* Everything that makes callbacks: both ends congested, messages, and an end. */
static void play(struct session *s, size_t max_read)
{
	struct oriel_carrier_pair_options options = {.max_read = max_read};
	struct oriel_msg *msg = malloc(sizeof(*msg));
	unsigned char *data = probe_pattern(400000);
	struct party *host = &s->parties[HOST], *guest = &s->parties[GUEST];

	session_start(s, &options);
	RUN_UNTIL(s->harness, (host->ready && guest->ready) || host->closed || guest->closed);
	make_frame(msg, data, 400000);
	for (int i = 0; guest->link && i < 3; i++)
		party_send(guest, msg, -1);
	for (uint32_t i = 0; host->link && i < 3; i++) {
		make_stats_get(msg, i);
		party_send(host, msg, -1);
	}
	RUN_UNTIL(
		s->harness, (host->messages == 3 && guest->messages == 3 && guest->drained == 1) ||
				    host->closed || guest->closed);
	if (host->link && !host->closed)
		party_close(host, ORIEL_ERROR_NONE, "done");
	else if (guest->link && !guest->closed)
		party_close(guest, ORIEL_ERROR_NONE, "done");
	session_run_closed(s);
	session_finish(s);
	free(data);
	free(msg);
}

static const size_t max_reads[] = {0, 5000};

static void test_destroy(void **state)
{
	for (size_t i = 0; i < 2; i++) {
		for (int side = 0; side < 2; side++) {
			for (enum moment moment = AT_READY; moment <= AT_CLOSED; moment++) {
				struct session s;

				session_init(&s, *state);
				s.parties[side].destroy_at = moment;
				play(&s, max_reads[i]);
				if (moment == AT_MESSAGE)
					assert_int_equal(s.parties[side].messages, 1);
				if (moment == AT_READY)
					assert_int_equal(s.parties[side].messages, 0);
				assert_int_equal(s.parties[!side].closed, 1);
				if (moment != AT_CLOSED && !(moment == AT_DRAINED && side == HOST))
					assert_int_equal(s.parties[side].closed, 0);
			}
		}
	}
}

static void test_close(void **state)
{
	for (size_t i = 0; i < 2; i++) {
		for (int side = 0; side < 2; side++) {
			for (enum moment moment = AT_READY; moment <= AT_CLOSED; moment++) {
				struct session s;

				session_init(&s, *state);
				s.parties[side].close_at = moment;
				play(&s, max_reads[i]);
				assert_int_equal(s.parties[0].closed, 1);
				assert_int_equal(s.parties[1].closed, 1);
				if (moment == AT_MESSAGE)
					assert_int_equal(s.parties[side].messages, 1);
				assert_int_equal(s.parties[side].error, 0);
			}
		}
	}
}

static void test_close_then_destroy(void **state)
{
	struct session s;

	session_init(&s, *state);
	s.parties[GUEST].close_at = AT_READY;
	s.parties[GUEST].destroy_at = AT_READY;
	play(&s, 0);
	assert_int_equal(s.parties[HOST].closed, 1);
}

/* Both ends go in the callback of one of them. */
struct both {
	struct oriel_link *links[2];
	char text[32];
};

static void drop_both(void *user, const struct oriel_msg_hello *peer)
{
	struct both *both = user;

	for (int i = 0; i < 2; i++)
		oriel_link_destroy(both->links[i]);
	strncpy(both->text, peer->program, sizeof(both->text) - 1);
}

static void refuse_message(void *user, const struct oriel_msg *msg, int fd)
{
	(void)user;
	(void)msg;
	(void)fd;
	abort();
}

static void refuse_closed(void *user, int error, enum oriel_error code, const char *reason)
{
	(void)user;
	(void)error;
	(void)code;
	(void)reason;
	abort();
}

static void test_both_at_once(void **state)
{
	static const struct oriel_link_events events = {
		.ready = drop_both, .message = refuse_message, .closed = refuse_closed};
	struct harness *harness = *state;
	struct oriel_carrier *ends[2];
	struct both both = {0};

	assert_int_equal(oriel_carrier_pair(&harness->loop, NULL, ends), 0);
	for (int i = 0; i < 2; i++) {
		struct oriel_link_options options = {
			.side = i == HOST ? ORIEL_WIRE_HOST : ORIEL_WIRE_GUEST, .program = "one"};
		assert_int_equal(
			oriel_link_create(ends[i], &options, &events, &both, &both.links[i]), 0);
	}
	RUN_UNTIL(harness, both.text[0]);
	assert_string_equal(both.text, "one");
}

static void test_destroy_at_once(void **state)
{
	struct session s;

	session_init(&s, *state);
	session_start(&s, NULL);
	party_destroy(&s.parties[HOST]);
	party_destroy(&s.parties[GUEST]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		HARNESS_TEST(test_destroy),
		HARNESS_TEST(test_close),
		HARNESS_TEST(test_close_then_destroy),
		HARNESS_TEST(test_both_at_once),
		HARNESS_TEST(test_destroy_at_once),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
