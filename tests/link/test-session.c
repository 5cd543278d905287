/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/*
 * Two links that behave.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/carrier/probe.h"
#include "tests/link/session.h"

static const struct oriel_carrier_pair_options bad_habits[] = {
	{.max_read = 0},
	{.max_read = 1},
	{.max_read = 3},
	{.max_read = 4096},
	{.max_read = 50, .delay_ms = 1},
};
#define N_HABITS (sizeof(bad_habits) / sizeof(bad_habits[0]))

static void test_handshake(void **state)
{
	for (size_t i = 0; i < N_HABITS; i++) {
		struct session s;
		struct party *host = &s.parties[HOST], *guest = &s.parties[GUEST];

		session_init(&s, *state);
		host->options.features = ORIEL_FEATURE_RING | ORIEL_FEATURE_INLINE_RAW;
		guest->options.features = ORIEL_FEATURE_RING | ORIEL_FEATURE_INLINE_LZ4;
		session_start(&s, &bad_habits[i]);
		assert_true(oriel_link_features(host->link) == 0);
		session_run_ready(&s);
		assert_true(oriel_link_features(host->link) == ORIEL_FEATURE_RING);
		assert_true(oriel_link_features(guest->link) == ORIEL_FEATURE_RING);
		assert_true(host->peer_features == guest->options.features);
		assert_int_equal(guest->peer_role, ORIEL_ROLE_ATTACH);
		assert_int_equal(host->peer_role, 0);
		assert_string_equal(guest->peer_program, "host 1");
		assert_string_equal(host->peer_program, "guest 2");
		party_close(host, ORIEL_ERROR_NONE, "done");
		session_finish(&s);
	}
}

/* A host's link to a program's standard input and output, which pass no descriptors. */
static void start_command(struct session *s, const char *const argv[])
{
	struct oriel_carrier *carrier;

	assert_int_equal(oriel_carrier_command(&s->harness->loop, argv, &carrier), 0);
	session_start_party(&s->parties[HOST], carrier);
}

static void write_guest_hello(const char *path, struct oriel_msg *msg)
{
	unsigned char hello[256];
	size_t size;
	FILE *file = fopen(path, "wb");

	assert_non_null(file);
	make_hello(msg, GUEST);
	msg->hello.features = ORIEL_FEATURE_RING | ORIEL_FEATURE_INLINE_RAW;
	assert_int_equal(oriel_wire_encode(msg, hello, sizeof(hello), &size), 0);
	assert_int_equal(fwrite(hello, 1, size, file), size);
	assert_int_equal(fclose(file), 0);
}

static void test_no_ring_without_descriptors(void **state)
{
	struct oriel_msg *msg = malloc(sizeof(*msg));
	const char *path = harness_path(*state, "hello");
	struct session s;
	struct party *host = &s.parties[HOST];

	session_init(&s, *state);
	write_guest_hello(path, msg);
	start_command(
		&s, (const char *const[]){"sh", "-c", "cat \"$0\"; exec sleep 1000", path, NULL});
	RUN_UNTIL(s.harness, host->ready);
	assert_true(oriel_link_features(host->link) == ORIEL_FEATURE_INLINE_RAW);
	assert_false(oriel_link_passes_fds(host->link));
	make_ring(msg);
	assert_int_equal(party_send(host, msg, 0), -ENOTSUP);
	party_destroy(host);
	assert_int_equal(unlink(path), 0);
	free(msg);
}

static void test_echo(void **state)
{
	struct session s;
	struct party *host = &s.parties[HOST];

	session_init(&s, *state);
	start_command(&s, (const char *const[]){"cat", NULL});
	RUN_UNTIL(s.harness, host->closed);
	assert_int_equal(host->ready, 0);
	assert_int_equal(host->error, -EPROTO);
	assert_non_null(strstr(host->reason, "sends back what it is sent"));
	party_destroy(host);
}

static void send_all(struct session *s, struct oriel_msg *msg, const void *data, uint32_t size)
{
	int fd = probe_make_file("ring");

	make_frame(msg, data, size);
	assert_int_equal(party_send(&s->parties[GUEST], msg, -1), 0);
	make_ring(msg);
	assert_int_equal(party_send(&s->parties[GUEST], msg, fd), 0);
	close(fd);
	for (uint32_t i = 1; i <= 50; i++) {
		make_window_gone(msg, i);
		assert_int_equal(party_send(&s->parties[GUEST], msg, -1), 0);
		make_stats_get(msg, i);
		assert_int_equal(party_send(&s->parties[HOST], msg, -1), 0);
	}
}

static void test_messages(void **state)
{
	struct oriel_msg *msg = malloc(sizeof(*msg));

	for (size_t i = 0; i < N_HABITS; i++) {
		uint32_t size = bad_habits[i].delay_ms        ? 2000
				: bad_habits[i].max_read == 1 ? 20000
							      : 3 << 20;
		unsigned char *data = probe_pattern(size);
		struct session s;
		struct party *host = &s.parties[HOST], *guest = &s.parties[GUEST];
		struct oriel_link_counters in, out;

		session_init(&s, *state);
		session_start(&s, &bad_habits[i]);
		session_run_ready(&s);
		send_all(&s, msg, data, size);
		RUN_UNTIL(s.harness, host->messages == 52 && guest->messages == 50 &&
					     oriel_link_queued(host->link) == 0 &&
					     oriel_link_queued(guest->link) == 0);
		assert_true(host->sum == byte_sum(data, size));
		assert_int_equal(host->fds, 1);
		oriel_link_counters(host->link, &in);
		oriel_link_counters(guest->link, &out);
		assert_true(in.messages_in == 53 && out.messages_out == 53);
		assert_true(in.bytes_in == out.bytes_out && in.bytes_out == out.bytes_in);
		assert_true(in.bytes_in > size);
		party_close(guest, ORIEL_ERROR_SHUTDOWN, "stopping");
		session_finish(&s);
		assert_int_equal(host->error, 0);
		assert_int_equal(host->code, ORIEL_ERROR_SHUTDOWN);
		assert_string_equal(host->reason, "stopping");
		free(data);
	}
	free(msg);
}

/* A link at one end, a recording carrier at the other, past the handshake. */
static void start_with_probe(struct session *s, struct probe *probe, struct oriel_msg *msg)
{
	struct oriel_carrier *ends[2];
	unsigned char hello[256];
	size_t size;

	assert_int_equal(oriel_carrier_pair(&s->harness->loop, NULL, ends), 0);
	session_start_party(&s->parties[HOST], ends[0]);
	probe_start(probe, ends[1]);
	make_hello(msg, GUEST);
	assert_int_equal(oriel_wire_encode(msg, hello, sizeof(hello), &size), 0);
	probe_write(probe, hello, size, -1);
	RUN_UNTIL(s->harness, s->parties[HOST].ready && probe->pieces == 1);
}

static void test_small_messages_share_a_write(void **state)
{
	struct oriel_msg *msg = malloc(sizeof(*msg));
	struct probe probe = {0};
	struct session s;

	session_init(&s, *state);
	start_with_probe(&s, &probe, msg);
	for (uint32_t i = 0; i < 1000; i++) {
		make_stats_get(msg, i);
		assert_int_equal(party_send(&s.parties[HOST], msg, -1), 0);
	}
	RUN_UNTIL(s.harness, oriel_link_queued(s.parties[HOST].link) == 0);
	assert_int_equal(probe.pieces, 2); /* hello, and all of them */
	party_destroy(&s.parties[HOST]);
	probe_destroy(&probe);
	free(msg);
}

static void test_ping(void **state)
{
	struct oriel_msg *msg = malloc(sizeof(*msg));
	struct probe probe = {0};
	struct session s;
	unsigned char ping[64];
	size_t size;

	session_init(&s, *state);
	start_with_probe(&s, &probe, msg);
	size_t hello_size = probe.size;
	msg->type = ORIEL_MSG_PING;
	msg->ping.id = UINT64_C(0x1122334455667788);
	assert_int_equal(oriel_wire_encode(msg, ping, sizeof(ping), &size), 0);
	probe_write(&probe, ping, size, -1);
	RUN_UNTIL(s.harness, probe.size == hello_size + size);
	/* The same bytes, but for the type. */
	ping[4] = ORIEL_MSG_PONG;
	assert_memory_equal(probe.bytes + hello_size, ping, size);
	assert_int_equal(s.parties[HOST].messages, 0);
	/* And a pong is taken quietly. */
	probe_write(&probe, ping, size, -1);
	for (int i = 0; i < 10; i++)
		harness_turn(s.harness);
	assert_int_equal(s.parties[HOST].messages + s.parties[HOST].closed, 0);
	party_destroy(&s.parties[HOST]);
	probe_destroy(&probe);
	free(msg);
}

static void test_wrong_use(void **state)
{
	struct oriel_msg *msg = malloc(sizeof(*msg));
	struct session s;
	struct party *host = &s.parties[HOST], *guest = &s.parties[GUEST];

	session_init(&s, *state);
	session_start(&s, NULL);
	make_window_gone(msg, 1);
	assert_int_equal(party_send(guest, msg, -1), -ENOTCONN);
	session_run_ready(&s);
	RUN_UNTIL(s.harness, oriel_link_queued(guest->link) == 0);
	make_window_gone(msg, 0); /* out of range */
	assert_int_equal(party_send(guest, msg, -1), -EINVAL);
	make_window_gone(msg, 1);
	assert_int_equal(party_send(guest, msg, 0), -EINVAL);
	make_hello(msg, GUEST);
	assert_int_equal(party_send(guest, msg, -1), -EINVAL);
	assert_int_equal((int)oriel_link_queued(guest->link), 0);
	party_close(guest, ORIEL_ERROR_NONE, "done");
	make_window_gone(msg, 1);
	assert_int_equal(party_send(guest, msg, -1), -EPIPE);
	session_run_closed(&s);
	assert_int_equal(party_send(guest, msg, -1), -EPIPE);
	assert_int_equal(party_send(host, msg, -1), -EPIPE);
	party_close(host, ORIEL_ERROR_NONE, "once more");
	session_finish(&s);
	oriel_link_destroy(NULL);
	free(msg);
}

static void test_token(void **state)
{
	static const char right[] =
		"0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
	struct session s;

	session_init(&s, *state);
	for (int i = 0; i < 2; i++) {
		s.parties[i].options.token = right;
		s.parties[i].options.token_size = 64;
	}
	session_start(&s, NULL);
	session_run_ready(&s);
	party_close(&s.parties[HOST], ORIEL_ERROR_NONE, "done");
	session_finish(&s);
	/* A guest that asks for none takes any. */
	session_init(&s, *state);
	s.parties[HOST].options.token = right;
	s.parties[HOST].options.token_size = 64;
	session_start(&s, NULL);
	session_run_ready(&s);
	party_close(&s.parties[HOST], ORIEL_ERROR_NONE, "done");
	session_finish(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		HARNESS_TEST(test_handshake),
		HARNESS_TEST(test_no_ring_without_descriptors),
		HARNESS_TEST(test_echo),
		HARNESS_TEST(test_messages),
		HARNESS_TEST(test_small_messages_share_a_write),
		HARNESS_TEST(test_ping),
		HARNESS_TEST(test_wrong_use),
		HARNESS_TEST(test_token),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
