/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
#include "src/clipboard/transfer.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* So many bytes may wait in the link's queue when a piece is added: a frame that comes then is no
 * later than they take. */
#define QUEUE_MAX (128 * 1024)
#define RETRY_MS 2

/* Bytes under way: fewer when they take long, so that slow links stay free for frames. */
#define WINDOW_MIN (64 * 1024)
#define WINDOW_START (256 * 1024)
#define FAST_NS (20 * 1000000ull)
#define SLOW_NS (100 * 1000000ull)

struct oriel_transfer {
	TAILQ_ENTRY(oriel_transfer) all;
	struct oriel_exchange *exchange;
	uint32_t id;
	struct oriel_flow *flow;
	uint64_t bytes, taken; /* incoming: that have come; outgoing: that were sent */
	/* Outgoing: */
	size_t window;
	bool held;              /* the window is shut while the link's queue is too long */
	uint64_t mark, mark_ns; /* when so many bytes were sent */
};

static struct oriel_transfer *find(struct oriel_transfers *list, uint32_t id)
{
	struct oriel_transfer *t;

	TAILQ_FOREACH(t, list, all)
	if (t->id == id)
		return t;
	return NULL;
}

static struct oriel_transfer *add(
	struct oriel_exchange *x, struct oriel_transfers *list, int *n, uint32_t id)
{
	struct oriel_transfer *t = calloc(1, sizeof *t);

	if (!t)
		return NULL;
	t->exchange = x;
	t->id = id;
	TAILQ_INSERT_TAIL(list, t, all);
	++*n;
	return t;
}

static void drop(struct oriel_transfer *t, struct oriel_transfers *list, int *n)
{
	TAILQ_REMOVE(list, t, all);
	--*n;
	free(t);
}

static void send_out(struct oriel_exchange *x, enum oriel_msg_type type)
{
	x->out.type = type;
	if (!x->ending)
		x->events->send(x->user, &x->out);
}

/* Incoming: the link produces ------------------------------------------------------------------ */

/* Told as the pasting program takes it, not for every few bytes. */
static void handle_room(void *user, struct oriel_flow *flow)
{
	struct oriel_transfer *t = user;
	size_t room = oriel_flow_room(flow);
	uint64_t taken = t->bytes + room - ORIEL_MAX_WINDOW_BYTES;

	if (t->bytes + room < ORIEL_MAX_WINDOW_BYTES || taken <= t->taken ||
		(taken - t->taken < WINDOW_MIN / 2 && taken < t->bytes))
		return;
	t->taken = taken;
	t->exchange->out.clipboard_taken =
		(struct oriel_msg_clipboard_taken){.transfer = t->id, .bytes = taken};
	send_out(t->exchange, ORIEL_MSG_CLIPBOARD_TAKEN);
}

static void handle_gone(void *user, struct oriel_flow *flow)
{
	struct oriel_transfer *t = user;
	struct oriel_exchange *x = t->exchange;

	(void)flow;
	x->out.clipboard_cancel = (struct oriel_msg_clipboard_cancel){.transfer = t->id};
	drop(t, &x->incoming, &x->n_incoming);
	send_out(x, ORIEL_MSG_CLIPBOARD_CANCEL);
}

static const struct oriel_flow_producer receiver = {.room = handle_room, .gone = handle_gone};

bool oriel_transfer_receive(struct oriel_exchange *x, struct oriel_flow *flow)
{
	struct oriel_transfer *t;

	if (x->n_incoming >= ORIEL_MAX_TRANSFERS)
		return false;
	/* 0 is no number, should they ever run out. */
	if (++x->last_transfer == 0)
		x->last_transfer = 1;
	t = add(x, &x->incoming, &x->n_incoming, x->last_transfer);
	if (!t)
		return false;
	t->flow = flow;
	oriel_flow_set_window(flow, ORIEL_MAX_WINDOW_BYTES);
	oriel_flow_attach(flow, &receiver, t);
	return true;
}

int oriel_transfer_data(struct oriel_exchange *x, const struct oriel_msg_clipboard_data *msg,
	const char **ret_reason)
{
	struct oriel_transfer *t = find(&x->incoming, msg->transfer);
	struct oriel_flow *flow;

	/* On its way when we cancelled. */
	if (!t)
		return 0;
	if (msg->data.size > ORIEL_MAX_WINDOW_BYTES - (t->bytes - t->taken)) {
		*ret_reason = "more was sent than was taken";
		return -EPROTO;
	}
	t->bytes += msg->data.size;
	flow = t->flow;
	if (oriel_flow_write(flow, msg->data.data, msg->data.size))
		handle_room(t, flow);
	return 0;
}

int oriel_transfer_end(struct oriel_exchange *x, const struct oriel_msg_clipboard_end *msg)
{
	struct oriel_transfer *t = find(&x->incoming, msg->transfer);
	struct oriel_flow *flow;
	const char *error = msg->error && *msg->error ? msg->error : NULL;

	if (!t)
		return 0;
	if (!error && msg->bytes != t->bytes)
		error = "a part of it got lost on the way: paste again";
	flow = t->flow;
	drop(t, &x->incoming, &x->n_incoming);
	oriel_flow_end(flow, error);
	return 0;
}

/* Outgoing: the link consumes ------------------------------------------------------------------ */

static struct oriel_transfer *first_held(struct oriel_exchange *x)
{
	struct oriel_transfer *t;

	TAILQ_FOREACH(t, &x->outgoing, all)
	if (t->held)
		return t;
	return NULL;
}

/* Lets those go on that waited for the link's queue, each in turn. */
static void release(struct oriel_exchange *x)
{
	struct oriel_transfer *t;

	while (x->events->queued(x->user) <= QUEUE_MAX && (t = first_held(x))) {
		t->held = false;
		oriel_flow_set_window(t->flow, t->window);
	}
	if (!first_held(x))
		uv_timer_stop(&x->retry);
}

static void handle_retry(uv_timer_t *timer)
{
	release(timer->data);
}

/* Until the queue is short again. */
static void hold(struct oriel_transfer *t)
{
	struct oriel_exchange *x = t->exchange;

	t->held = true;
	TAILQ_REMOVE(&x->outgoing, t, all);
	TAILQ_INSERT_TAIL(&x->outgoing, t, all);
	oriel_flow_set_window(t->flow, 0);
	if (!uv_is_active((uv_handle_t *)&x->retry))
		uv_timer_start(&x->retry, handle_retry, RETRY_MS, RETRY_MS);
}

static void handle_data(void *user, struct oriel_flow *flow, const void *data, size_t size)
{
	struct oriel_transfer *t = user;
	struct oriel_exchange *x = t->exchange;

	(void)flow;
	if (t->mark <= t->taken) {
		t->mark = t->bytes + 1;
		t->mark_ns = uv_hrtime();
	}
	for (size_t at = 0, n; at < size; at += n) {
		n = size - at < ORIEL_MAX_CHUNK ? size - at : ORIEL_MAX_CHUNK;
		x->out.clipboard_data = (struct oriel_msg_clipboard_data){.transfer = t->id,
			.data = {.data = (const char *)data + at, .size = (uint32_t)n}};
		t->bytes += n;
		send_out(x, ORIEL_MSG_CLIPBOARD_DATA);
	}
	if (x->events->queued(x->user) > QUEUE_MAX)
		hold(t);
}

static void send_end(struct oriel_transfer *t, const char *error)
{
	struct oriel_exchange *x = t->exchange;

	x->out.clipboard_end = (struct oriel_msg_clipboard_end){
		.transfer = t->id, .bytes = t->bytes, .error = error ? error : ""};
	drop(t, &x->outgoing, &x->n_outgoing);
	send_out(x, ORIEL_MSG_CLIPBOARD_END);
}

/* What was sent will be taken or not, there is nothing to wait for. */
static void handle_complete(void *user, struct oriel_flow *flow)
{
	send_end(user, NULL);
	oriel_flow_cancel(flow);
}

static void handle_ended(void *user, struct oriel_flow *flow, const char *error)
{
	(void)flow;
	send_end(user, error);
}

static const struct oriel_flow_consumer sender = {
	.data = handle_data,
	.complete = handle_complete,
	.ended = handle_ended,
};

int oriel_transfer_send(struct oriel_exchange *x, uint32_t untrusted_id,
	struct oriel_flow **ret_flow, const char **ret_reason)
{
	struct oriel_transfer *t;

	if (find(&x->outgoing, untrusted_id)) {
		*ret_reason = "a transfer of that number is under way";
		return -EPROTO;
	}
	if (x->n_outgoing >= ORIEL_MAX_TRANSFERS) {
		*ret_reason = "too many transfers are under way";
		return -EPROTO;
	}
	t = add(x, &x->outgoing, &x->n_outgoing, untrusted_id);
	if (!t)
		return -ENOMEM;
	t->flow = oriel_flow_create(x->loop, &sender, t);
	if (!t->flow) {
		drop(t, &x->outgoing, &x->n_outgoing);
		return -ENOMEM;
	}
	t->window = WINDOW_START;
	oriel_flow_set_window(t->flow, t->window);
	*ret_flow = t->flow;
	return 0;
}

static void measure(struct oriel_transfer *t)
{
	uint64_t took = uv_hrtime() - t->mark_ns;

	if (took < FAST_NS && t->window < ORIEL_MAX_WINDOW_BYTES)
		t->window *= 2;
	else if (took > SLOW_NS && t->window > WINDOW_MIN)
		t->window /= 2;
	t->mark = t->bytes + 1;
	t->mark_ns = uv_hrtime();
}

int oriel_transfer_taken(struct oriel_exchange *x, const struct oriel_msg_clipboard_taken *msg,
	const char **ret_reason)
{
	struct oriel_transfer *t = find(&x->outgoing, msg->transfer);
	struct oriel_flow *flow;
	uint64_t more;

	/* On its way when we were done. */
	if (!t)
		return 0;
	if (msg->bytes < t->taken || msg->bytes > t->bytes) {
		*ret_reason = "more was taken than was sent";
		return -EPROTO;
	}
	more = msg->bytes - t->taken;
	t->taken = msg->bytes;
	if (t->taken >= t->mark)
		measure(t);
	/* Either may bring the producer to its end, and so the transfer to its own; the flow
	 * outlives that. */
	flow = t->flow;
	if (!t->held)
		oriel_flow_set_window(flow, t->window);
	oriel_flow_taken(flow, more);
	release(x);
	return 0;
}

void oriel_transfer_cancel(struct oriel_exchange *x, const struct oriel_msg_clipboard_cancel *msg)
{
	struct oriel_transfer *t = find(&x->outgoing, msg->transfer);
	struct oriel_flow *flow;

	if (!t)
		return;
	flow = t->flow;
	drop(t, &x->outgoing, &x->n_outgoing);
	oriel_flow_cancel(flow);
}

/* The end -------------------------------------------------------------------------------------- */

void oriel_transfer_end_all(struct oriel_exchange *x)
{
	struct oriel_transfer *t;
	struct oriel_flow *flow;

	x->ending = true;
	while ((t = TAILQ_FIRST(&x->incoming))) {
		flow = t->flow;
		drop(t, &x->incoming, &x->n_incoming);
		oriel_flow_end(flow, "the link to the other end is closed");
	}
	while ((t = TAILQ_FIRST(&x->outgoing))) {
		flow = t->flow;
		drop(t, &x->outgoing, &x->n_outgoing);
		oriel_flow_cancel(flow);
	}
}
