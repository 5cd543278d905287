/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
#include "tests/link/session.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

uint64_t byte_sum(const void *data, size_t size)
{
	const unsigned char *bytes = data;
	uint64_t sum = 0;

	for (size_t i = 0; i < size; i++)
		sum += (uint64_t)bytes[i] * (i + 1);
	return sum;
}

static void act(struct party *party, enum moment moment)
{
	if (party->close_at == moment)
		party_close(party, ORIEL_ERROR_NONE, "closed from a callback");
	if (party->destroy_at == moment)
		party_destroy(party);
}

static void check_callback(const struct party *party)
{
	assert_false(party->inside);
	assert_int_equal(party->closed, 0);
	assert_true(party->destroy_at == NEVER || party->link);
}

static void handle_ready(void *user, const struct oriel_msg_hello *peer)
{
	struct party *party = user;

	check_callback(party);
	assert_int_equal(party->ready, 0);
	party->ready++;
	act(party, AT_READY);
	party->peer_features = peer->features;
	party->peer_role = peer->role;
	snprintf(party->peer_program, sizeof(party->peer_program), "%s", peer->program);
}

static void handle_message(void *user, const struct oriel_msg *msg, int fd)
{
	struct party *party = user;

	check_callback(party);
	assert_int_equal(party->ready, 1);
	party->messages++;
	act(party, AT_MESSAGE);
	/* After act on purpose: the message must still be there. */
	party->last_type = (uint16_t)msg->type;
	if (msg->type == ORIEL_MSG_FRAME)
		party->sum += byte_sum(msg->frame.data.data, msg->frame.data.size);
	if (fd >= 0) {
		assert_int_equal(msg->type, ORIEL_MSG_RING);
		party->fds++;
		close(fd);
	}
}

static void handle_drained(void *user)
{
	struct party *party = user;

	check_callback(party);
	party->drained++;
	act(party, AT_DRAINED);
}

static void handle_closed(void *user, int error, enum oriel_error code, const char *reason)
{
	struct party *party = user;

	check_callback(party);
	party->closed++;
	act(party, AT_CLOSED);
	party->error = error;
	party->code = code;
	assert_true(*reason != '\0');
	snprintf(party->reason, sizeof(party->reason), "%s", reason);
}

static const struct oriel_link_events events = {
	.ready = handle_ready,
	.message = handle_message,
	.drained = handle_drained,
	.closed = handle_closed,
};

void session_init(struct session *session, struct harness *harness)
{
	*session = (struct session){.harness = harness};
	for (int i = 0; i < 2; i++)
		session->parties[i].options = (struct oriel_link_options){
			.side = i == HOST ? ORIEL_WIRE_HOST : ORIEL_WIRE_GUEST,
			.role = ORIEL_ROLE_ATTACH,
			.features = ORIEL_FEATURE_RING | ORIEL_FEATURE_INLINE_RAW,
			.program = i == HOST ? "host 1" : "guest 2",
		};
}

void session_start_party(struct party *party, struct oriel_carrier *carrier)
{
	party->inside = true;
	assert_int_equal(
		oriel_link_create(carrier, &party->options, &events, party, &party->link), 0);
	party->inside = false;
}

void session_start(struct session *session, const struct oriel_carrier_pair_options *options)
{
	struct oriel_carrier *ends[2];

	assert_int_equal(oriel_carrier_pair(&session->harness->loop, options, ends), 0);
	for (int i = 0; i < 2; i++)
		session_start_party(&session->parties[i], ends[i]);
}

void session_run_ready(struct session *session)
{
	RUN_UNTIL(session->harness, session->parties[HOST].ready && session->parties[GUEST].ready);
}

void session_run_closed(struct session *session)
{
	for (int i = 0; i < 2; i++)
		RUN_UNTIL(
			session->harness, session->parties[i].closed || !session->parties[i].link);
}

void session_finish(struct session *session)
{
	session_run_closed(session);
	for (int i = 0; i < 2; i++) {
		if (session->parties[i].link)
			assert_int_equal(session->parties[i].closed, 1);
		party_destroy(&session->parties[i]);
	}
}

int party_send(struct party *party, const struct oriel_msg *msg, int fd)
{
	bool outer = party->inside;

	party->inside = true;
	int r = oriel_link_send(party->link, msg, fd);
	party->inside = outer;
	return r;
}

void party_close(struct party *party, enum oriel_error code, const char *reason)
{
	bool outer = party->inside;

	party->inside = true;
	oriel_link_close(party->link, code, "%s", reason);
	party->inside = outer;
}

void party_destroy(struct party *party)
{
	bool outer = party->inside;
	struct oriel_link *link = party->link;

	party->link = NULL;
	party->inside = true;
	oriel_link_destroy(link);
	party->inside = outer;
}

static void clear(struct oriel_msg *msg, enum oriel_msg_type type)
{
	memset(msg, 0, sizeof(*msg));
	msg->type = type;
}

void make_window_gone(struct oriel_msg *msg, uint32_t window)
{
	clear(msg, ORIEL_MSG_WINDOW_GONE);
	msg->window_gone.window = window;
}

void make_frame(struct oriel_msg *msg, const void *data, uint32_t size)
{
	clear(msg, ORIEL_MSG_FRAME);
	msg->frame.window = 1;
	msg->frame.serial = 1;
	msg->frame.width = 1;
	msg->frame.height = 1;
	msg->frame.data = (struct oriel_bytes){.data = data, .size = size};
}

void make_ring(struct oriel_msg *msg)
{
	clear(msg, ORIEL_MSG_RING);
	msg->ring.id = 1;
	msg->ring.size = 4096;
}

void make_stats_get(struct oriel_msg *msg, uint32_t id)
{
	clear(msg, ORIEL_MSG_STATS_GET);
	msg->stats_get.id = id;
}

void make_hello(struct oriel_msg *msg, int side)
{
	clear(msg, ORIEL_MSG_HELLO);
	msg->hello.magic = ORIEL_WIRE_MAGIC;
	msg->hello.major = ORIEL_WIRE_MAJOR;
	msg->hello.minor = ORIEL_WIRE_MINOR;
	msg->hello.side = side == HOST ? ORIEL_SIDE_HOST : ORIEL_SIDE_GUEST;
	msg->hello.program = "bare";
}
