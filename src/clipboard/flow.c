/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
#include "src/clipboard/flow.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#define PATIENCE_MS 30000

struct oriel_flow {
	const struct oriel_flow_consumer *consumer;
	const struct oriel_flow_producer *producer; /* NULL: not yet, or it is done */
	void *consumer_user, *producer_user;
	uint64_t written, taken;
	size_t window;
	bool complete; /* the producer has ended it */
	bool over;     /* for the consumer too */
	int calls;     /* of the consumer under way */
	bool writing;
	unsigned patience;
	uv_timer_t timer;
};

static unsigned patience_ms = PATIENCE_MS;

void oriel_flow_set_patience(unsigned ms)
{
	patience_ms = ms ? ms : PATIENCE_MS;
}

static void handle_closed(uv_handle_t *handle)
{
	free(handle->data);
}

/* Ends it for whoever has not ended it himself. */
static void finish(struct oriel_flow *flow, bool tell_consumer, const char *error)
{
	const struct oriel_flow_producer *producer = flow->producer;

	if (flow->over)
		return;
	flow->over = true;
	flow->producer = NULL;
	if (producer)
		producer->gone(flow->producer_user, flow);
	if (tell_consumer)
		flow->consumer->ended(flow->consumer_user, flow, error);
	uv_close((uv_handle_t *)&flow->timer, handle_closed);
}

static void handle_stall(uv_timer_t *timer)
{
	struct oriel_flow *flow = timer->data;
	bool slow_consumer = flow->complete || flow->written - flow->taken >= flow->window;

	finish(flow, true,
		slow_consumer ? "the pasting program does not read on: given up"
			      : "the program that copied it does not answer: copy it again");
}

static void note_progress(struct oriel_flow *flow)
{
	if (!flow->over)
		uv_timer_start(&flow->timer, handle_stall, flow->patience, 0);
}

void oriel_flow_wait(struct oriel_flow *flow)
{
	if (!flow->over)
		uv_timer_stop(&flow->timer);
}

struct oriel_flow *oriel_flow_create(
	uv_loop_t *loop, const struct oriel_flow_consumer *consumer, void *user)
{
	struct oriel_flow *flow = calloc(1, sizeof *flow);

	if (!flow)
		return NULL;
	flow->consumer = consumer;
	flow->consumer_user = user;
	flow->window = ORIEL_FLOW_WINDOW;
	flow->patience = patience_ms;
	uv_timer_init(loop, &flow->timer);
	/* A program that does not read is not to keep us from ending. */
	uv_unref((uv_handle_t *)&flow->timer);
	flow->timer.data = flow;
	note_progress(flow);
	return flow;
}

/* The consumer's side ------------------------------------------------------------------------- */

static void tell_room(struct oriel_flow *flow)
{
	/* A producer that is writing looks for itself. */
	if (!flow->over && flow->producer && !flow->writing && oriel_flow_room(flow) > 0)
		flow->producer->room(flow->producer_user, flow);
}

void oriel_flow_taken(struct oriel_flow *flow, size_t size)
{
	assert(size <= flow->written - flow->taken);
	if (flow->over || size == 0)
		return;
	flow->taken += size;
	note_progress(flow);
	if (!flow->complete)
		tell_room(flow);
	else if (flow->taken == flow->written && flow->calls == 0)
		finish(flow, true, NULL);
}

void oriel_flow_cancel(struct oriel_flow *flow)
{
	finish(flow, false, NULL);
}

void oriel_flow_set_window(struct oriel_flow *flow, size_t size)
{
	bool more = size > flow->window;

	flow->window = size;
	if (more)
		tell_room(flow);
}

/* The producer's side ------------------------------------------------------------------------- */

void oriel_flow_attach(
	struct oriel_flow *flow, const struct oriel_flow_producer *producer, void *user)
{
	flow->producer = producer;
	flow->producer_user = user;
}

size_t oriel_flow_room(const struct oriel_flow *flow)
{
	uint64_t under_way = flow->written - flow->taken;

	if (flow->over || flow->complete || under_way >= flow->window)
		return 0;
	return flow->window - under_way;
}

bool oriel_flow_write(struct oriel_flow *flow, const void *data, size_t size)
{
	bool was_writing = flow->writing;

	if (size == 0)
		return true;
	if (size > ORIEL_FLOW_MAX - flow->written) {
		finish(flow, true, "more than 1 GiB was copied: too much to paste");
		return false;
	}
	flow->written += size;
	note_progress(flow);
	flow->writing = true;
	flow->consumer->data(flow->consumer_user, flow, data, size);
	/* What is over is freed by the loop, not before. */
	flow->writing = was_writing;
	return !flow->over;
}

void oriel_flow_end(struct oriel_flow *flow, const char *error)
{
	if (flow->over)
		return;
	flow->producer = NULL;
	if (error) {
		finish(flow, true, error);
		return;
	}
	flow->complete = true;
	note_progress(flow);
	flow->calls++;
	if (flow->consumer->complete)
		flow->consumer->complete(flow->consumer_user, flow);
	flow->calls--;
	if (!flow->over && flow->taken == flow->written)
		finish(flow, true, NULL);
}

/* Feeding ------------------------------------------------------------------------------------- */

struct feed {
	size_t size, at;
	char data[];
};

static void handle_feed_gone(void *user, struct oriel_flow *flow)
{
	(void)flow;
	free(user);
}

static void handle_feed_room(void *user, struct oriel_flow *flow)
{
	struct feed *feed = user;

	while (feed->at < feed->size) {
		size_t room = oriel_flow_room(flow), left = feed->size - feed->at;
		size_t n = room < left ? room : left;

		if (n == 0)
			return;
		feed->at += n;
		if (!oriel_flow_write(flow, feed->data + feed->at - n, n))
			return;
	}
	oriel_flow_end(flow, NULL);
	free(feed);
}

static const struct oriel_flow_producer feeder = {
	.room = handle_feed_room,
	.gone = handle_feed_gone,
};

void oriel_flow_feed(struct oriel_flow *flow, const void *data, size_t size)
{
	struct feed *feed = malloc(sizeof *feed + size);

	if (!feed) {
		oriel_flow_end(flow, "out of memory");
		return;
	}
	*feed = (struct feed){.size = size};
	if (size > 0)
		memcpy(feed->data, data, size);
	oriel_flow_attach(flow, &feeder, feed);
	handle_feed_room(feed, flow);
}
