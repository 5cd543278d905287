/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/*
 * The clipboard messages of a link, as a hostile other end sends them, among what programs of this
 * end do. Input: steps. One begins with a byte: 0 to 5, a message (clipboard_offer on) whose
 * payload of as many bytes as the next byte says follows; 6, this end offers something; 7, pastes;
 * 8, takes what was pasted; 9, gives up a paste; 10, writes to what the other end pastes; 11, ends
 * that; 12, time passes. Bit 7 makes it the selection that is not the clipboard.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz/fuzz.h"
#include "src/clipboard/exchange.h"
#include "src/wire/wire.h"

#define FLOWS 8

static struct {
	struct oriel_flow *flow;
	size_t untaken;
} pastes[FLOWS], asked[FLOWS];
static size_t queue;
static struct oriel_msg msg;

static void expect(bool truth)
{
	if (!truth)
		abort();
}

/* What this end pastes. */

static void handle_data(void *user, struct oriel_flow *flow, const void *data, size_t size)
{
	size_t *i = user;

	expect(pastes[*i].flow == flow && data && size > 0);
	pastes[*i].untaken += size;
	expect(pastes[*i].untaken <= ORIEL_MAX_WINDOW_BYTES);
}

static void handle_ended(void *user, struct oriel_flow *flow, const char *error)
{
	size_t *i = user;

	(void)error;
	expect(pastes[*i].flow == flow);
	pastes[*i].flow = NULL;
	pastes[*i].untaken = 0;
}

static const struct oriel_flow_consumer consumer = {.data = handle_data, .ended = handle_ended};

/* What the other end pastes. */

static void handle_room(void *user, struct oriel_flow *flow)
{
	size_t *i = user;

	expect(asked[*i].flow == flow && oriel_flow_room(flow) > 0);
	/* Half of them write as soon as they may, and end soon. */
	if (*i % 2 == 0)
		return;
	if (oriel_flow_write(flow, "x", 1) && *i % 4 == 1) {
		asked[*i].flow = NULL;
		oriel_flow_end(flow, NULL);
	}
}

static void handle_gone(void *user, struct oriel_flow *flow)
{
	size_t *i = user;

	expect(asked[*i].flow == flow);
	asked[*i].flow = NULL;
}

static const struct oriel_flow_producer producer = {.room = handle_room, .gone = handle_gone};
static size_t indices[FLOWS] = {0, 1, 2, 3, 4, 5, 6, 7};

static void handle_wanted(void *user, uint8_t selection, const char *type, struct oriel_flow *flow)
{
	(void)user;
	expect(selection < ORIEL_SELECTIONS && strcmp(type, ORIEL_TYPE_TEXT) == 0);
	for (size_t i = 0; i < FLOWS; i++) {
		if (asked[i].flow)
			continue;
		asked[i].flow = flow;
		oriel_flow_attach(flow, &producer, &indices[i]);
		return;
	}
	oriel_flow_end(flow, "busy");
}

static void handle_send(void *user, const struct oriel_msg *out)
{
	(void)user;
	expect(oriel_wire_size(out) > 0);
	queue += oriel_wire_size(out);
}

static size_t handle_queued(void *user)
{
	(void)user;
	return queue;
}

static void handle_offered(void *user, uint8_t selection, const struct oriel_types *types)
{
	(void)user;
	expect(selection < ORIEL_SELECTIONS && types->n <= ORIEL_MAX_TYPES);
}

static const struct oriel_exchange_events events = {
	.send = handle_send,
	.queued = handle_queued,
	.offered = handle_offered,
	.wanted = handle_wanted,
};

/* Steps --------------------------------------------------------------------------------------- */

static void offer(struct oriel_exchange *exchange, uint8_t selection)
{
	struct oriel_types types = {0};

	oriel_types_add(&types, ORIEL_TYPE_TEXT);
	oriel_exchange_offer(exchange, selection, &types);
	oriel_types_clear(&types);
}

static void paste(uv_loop_t *loop, struct oriel_exchange *exchange, uint8_t selection, size_t i)
{
	const struct oriel_types *types = oriel_exchange_offered(exchange, selection);

	if (pastes[i].flow)
		return;
	pastes[i].flow = oriel_flow_create(loop, &consumer, &indices[i]);
	expect(pastes[i].flow);
	oriel_exchange_get(
		exchange, selection, types->n > 0 ? types->names[0] : "x", pastes[i].flow);
}

static void act(uv_loop_t *loop, struct oriel_exchange *exchange, uint8_t step, size_t i)
{
	static const uint8_t zeros[70000];
	size_t n = pastes[i].untaken;

	switch (step & 0x7f) {
	case 6:
		offer(exchange, step >> 7);
		break;
	case 7:
		paste(loop, exchange, step >> 7, i);
		break;
	case 8:
		pastes[i].untaken = 0;
		if (pastes[i].flow && n > 0)
			oriel_flow_taken(pastes[i].flow, n);
		break;
	case 9:
		if (pastes[i].flow)
			oriel_flow_cancel(pastes[i].flow);
		pastes[i].flow = NULL;
		pastes[i].untaken = 0;
		break;
	case 10:
		n = asked[i].flow ? oriel_flow_room(asked[i].flow) : 0;
		if (n > 0)
			oriel_flow_write(asked[i].flow, zeros, n < sizeof zeros ? n : sizeof zeros);
		break;
	case 11:
		if (asked[i].flow)
			oriel_flow_end(asked[i].flow, step >> 7 ? "an error" : NULL);
		asked[i].flow = NULL;
		break;
	default:
		queue = 0;
		uv_run(loop, UV_RUN_NOWAIT);
	}
}

/* Returns the bytes it took; 0: the link is closed. */
static size_t receive(
	struct oriel_exchange *exchange, uint8_t type, const uint8_t *data, size_t size)
{
	struct oriel_wire_header header = {
		.type = (uint16_t)(ORIEL_MSG_CLIPBOARD_OFFER + type), .known = true};
	const char *reason = NULL;
	int r;

	header.length = data[0] < size - 1 ? data[0] : (uint32_t)(size - 1);
	if (oriel_wire_decode(&header, data + 1, &msg, &reason) < 0)
		return header.length + 1;
	reason = NULL;
	r = oriel_exchange_message(exchange, &msg, &reason);
	expect(r == 0 || (r == -EPROTO && reason && reason[0]));
	return r == 0 ? header.length + 1 : 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct oriel_exchange *exchange;
	uv_loop_t loop;
	size_t at = 1, n = 1;

	if (size < 1)
		return 0;
	expect(uv_loop_init(&loop) == 0);
	queue = 0;
	exchange = oriel_exchange_create(&loop, data[0] & 1, &events, NULL);
	expect(exchange);
	while (n > 0 && at + 1 < size) {
		uint8_t step = data[at++];

		if ((step & 0x7f) < 6) {
			n = receive(exchange, step & 0x7f, data + at, size - at);
		} else {
			act(&loop, exchange, step, data[at] % FLOWS);
			n = 1;
		}
		at += n;
	}
	oriel_exchange_destroy(exchange);
	for (size_t i = 0; i < FLOWS; i++) {
		/* What has come whole may be taken later. */
		act(&loop, NULL, 8, i);
		expect(!pastes[i].flow && !asked[i].flow);
	}
	for (int i = 0; i < 3; i++)
		uv_run(&loop, UV_RUN_NOWAIT);
	expect(uv_loop_close(&loop) == 0);
	return 0;
}
