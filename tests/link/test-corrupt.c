/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/*
 * A relay between two links changes single bits of their session. Where that can be noticed (any
 * byte of a header, a length, a number out of its range), one end at least must name the fault;
 * where it can't (a letter of a title), the session goes on. Nothing may hang or crash.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "src/base/log.h"
#include "tests/carrier/probe.h"
#include "tests/link/session.h"

/* One direction. */
struct way {
	struct relay *relay;
	struct oriel_carrier *from, *to;
	unsigned char *pending, *writing; /* kept till written */
	size_t pending_size, seen;
	bool ended, gone; /* gone: its `from` is destroyed */
};

struct relay {
	struct way ways[2]; /* from HOST, from GUEST */
	int way;
	size_t position;      /* byte of that way that is changed */
	unsigned char change; /* bits of it; 0: nothing is changed */
};

static void pump(struct way *way)
{
	struct way *back = &way->relay->ways[way == way->relay->ways];

	if (way->writing || back->gone)
		return;
	if (way->pending) {
		way->writing = way->pending;
		way->pending = NULL;
		way->to->ops->write(way->to, way->writing, way->pending_size, -1);
		way->pending_size = 0;
	} else if (way->ended) {
		way->to->ops->finish(way->to);
	}
}

static void handle_data(void *user, const void *data, size_t size, int fd)
{
	struct way *way = user;
	struct relay *relay = way->relay;

	if (fd >= 0)
		close(fd);
	way->pending = realloc(way->pending, way->pending_size + size);
	assert_non_null(way->pending);
	memcpy(way->pending + way->pending_size, data, size);
	if (way == &relay->ways[relay->way] && relay->position >= way->seen &&
		relay->position < way->seen + size)
		way->pending[way->pending_size + relay->position - way->seen] ^= relay->change;
	way->pending_size += size;
	way->seen += size;
	pump(way);
}

/* What is written at the carrier that this way reads from belongs to the way back. */
static void handle_written(void *user)
{
	struct way *way = user;
	struct way *back = &way->relay->ways[way == way->relay->ways];

	free(back->writing);
	back->writing = NULL;
	pump(back);
}

static void handle_closed(void *user, int error, const char *reason)
{
	struct way *way = user;

	(void)error;
	(void)reason;
	way->ended = true;
	way->gone = true;
	way->from->ops->destroy(way->from);
	pump(way);
}

static void relay_start(struct relay *relay, struct session *s)
{
	static const struct oriel_carrier_events events = {
		handle_data, handle_written, handle_closed};
	struct oriel_carrier *outer[2], *inner[2];

	for (int i = 0; i < 2; i++) {
		struct oriel_carrier *ends[2];
		assert_int_equal(oriel_carrier_pair(&s->harness->loop, NULL, ends), 0);
		outer[i] = ends[0];
		inner[i] = ends[1];
	}
	for (int i = 0; i < 2; i++) {
		relay->ways[i] = (struct way){.relay = relay, .from = inner[i], .to = inner[!i]};
		inner[i]->ops->start(inner[i], &events, &relay->ways[i]);
		session_start_party(&s->parties[i], outer[i]);
	}
}

static void relay_end(struct relay *relay)
{
	for (int i = 0; i < 2; i++) {
		if (!relay->ways[i].gone)
			relay->ways[i].from->ops->destroy(relay->ways[i].from);
		free(relay->ways[i].pending);
		free(relay->ways[i].writing);
	}
}

static bool is_idle(const struct session *s, const struct relay *relay)
{
	for (int i = 0; i < 2; i++) {
		const struct way *way = &relay->ways[i];
		if (s->parties[i].closed || relay->ways[!i].gone)
			continue; /* nobody takes what is left */
		if (way->pending || way->writing || oriel_link_queued(s->parties[i].link) > 0)
			return false;
	}
	return true;
}

static void talk(struct session *s, struct oriel_msg *msg)
{
	struct party *host = &s->parties[HOST], *guest = &s->parties[GUEST];

	memset(msg, 0, sizeof(*msg));
	msg->type = ORIEL_MSG_WINDOW;
	msg->window.window = 1;
	msg->window.title = "A title";
	msg->window.app_id = "org.example";
	party_send(guest, msg, -1);
	make_frame(msg, "pixels", 6);
	msg->frame.n_rects = 2;
	for (int i = 0; i < 2; i++)
		msg->frame.rects[i] = (struct oriel_wire_rect){
			.encoding = ORIEL_ENCODING_RAW, .width = 1, .height = 1, .length = 4};
	party_send(guest, msg, -1);
	make_stats_get(msg, 5);
	party_send(host, msg, -1);
	memset(msg, 0, sizeof(*msg));
	msg->type = ORIEL_MSG_OUTPUTS;
	msg->outputs.n_outputs = 1;
	msg->outputs.outputs[0] = (struct oriel_wire_output){
		.id = 1, .width = 1920, .height = 1080, .scale = 120, .name = "screen"};
	party_send(host, msg, -1);
}

static void turn(struct session *s, int count)
{
	while (count-- > 0)
		uv_run(&s->harness->loop, UV_RUN_NOWAIT);
}

/* Whether one end named a fault. */
static bool play(struct harness *harness, struct relay *relay, struct oriel_msg *msg)
{
	struct session s;

	session_init(&s, harness);
	/* A hello that never ends is noticed by the time it takes. */
	for (int i = 0; i < 2; i++)
		s.parties[i].options.handshake_ms = relay->change ? 20 : 0;
	relay_start(relay, &s);
	turn(&s, 30);
	RUN_UNTIL(harness, (s.parties[HOST].ready && s.parties[GUEST].ready) ||
				   s.parties[HOST].closed || s.parties[GUEST].closed);
	if (s.parties[HOST].ready && s.parties[GUEST].ready)
		talk(&s, msg);
	/* An end may now wait for bytes that a changed length promised: nobody will send them. */
	do
		turn(&s, 30);
	while (!is_idle(&s, relay));
	party_close(&s.parties[HOST], ORIEL_ERROR_NONE, "done");
	party_close(&s.parties[GUEST], ORIEL_ERROR_NONE, "done");
	session_finish(&s);
	relay_end(relay);
	return s.parties[HOST].error || s.parties[GUEST].error ||
	       s.parties[HOST].code != ORIEL_ERROR_NONE ||
	       s.parties[GUEST].code != ORIEL_ERROR_NONE;
}

/* The bytes of one way whose change is sure to be noticed: the hello's header and magic. */
static bool must_be_noticed(size_t position)
{
	return position < 12;
}

static void test_single_bits(void **state)
{
	struct oriel_msg *msg = malloc(sizeof(*msg));
	struct relay relay = {0};
	size_t totals[2], noticed = 0, tried = 0;

	assert_false(play(*state, &relay, msg));
	for (int i = 0; i < 2; i++)
		totals[i] = relay.ways[i].seen;
	/* The log would name each of the faults. */
	oriel_log_init("test-corrupt", ORIEL_LOG_ERROR);
	for (size_t i = 0; i < 8 * (totals[0] + totals[1]); i++) {
		size_t position = i / 8;
		int way = position >= totals[0];
		relay = (struct relay){.way = way,
			.position = way ? position - totals[0] : position,
			.change = (unsigned char)(1 << i % 8)};
		bool fault = play(*state, &relay, msg);
		assert_true(fault || !must_be_noticed(relay.position));
		noticed += fault;
		tried++;
	}
	print_message("# %zu of %zu changes were noticed\n", noticed, tried);
	assert_true(noticed > tried / 4);
	free(msg);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		HARNESS_TEST(test_single_bits),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
