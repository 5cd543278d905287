/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
#include "tests/clipboard/world.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/wire/wire.h"

uint8_t content_byte(size_t i)
{
	return (uint8_t)(i * 31 + (i >> 8) * 7 + (i >> 16));
}

uint32_t content_sum(size_t size)
{
	uint32_t sum = 0;

	for (size_t i = 0; i < size; i++)
		sum = sum * 33 + content_byte(i);
	return sum;
}

/* Sides --------------------------------------------------------------------------------------- */

static void handle_send(void *user, const struct oriel_msg *msg)
{
	struct side *side = user;
	size_t size = oriel_wire_size(msg), under_way = 0;
	struct parcel *parcel;

	if (size == 0)
		fail_msg("can't be sent: %s", oriel_wire_fault(msg));
	parcel = malloc(sizeof *parcel + size);
	assert_non_null(parcel);
	assert_int_equal(oriel_wire_encode(msg, parcel->data, size, &parcel->size), 0);
	parcel->next = NULL;
	*side->last = parcel;
	side->last = &parcel->next;
	side->sent++;
	for (parcel = side->first; parcel; parcel = parcel->next)
		under_way += parcel->size;
	if (under_way > side->most_under_way)
		side->most_under_way = under_way;
}

static size_t handle_queued(void *user)
{
	return ((struct side *)user)->queued;
}

static void handle_offered(void *user, uint8_t selection, const struct oriel_types *types)
{
	struct side *side = user;

	(void)selection;
	side->offered++;
	oriel_types_copy(&side->types, types);
}

static void handle_wanted(void *user, uint8_t selection, const char *type, struct oriel_flow *flow)
{
	struct side *side = user;
	uint8_t *data;

	(void)selection;
	assert_string_equal(type, WORLD_TEXT);
	if (side->content == 0) {
		side->wanted = flow;
		return;
	}
	data = malloc(side->content);
	assert_non_null(data);
	for (size_t i = 0; i < side->content; i++)
		data[i] = content_byte(i);
	oriel_flow_feed(flow, data, side->content);
	free(data);
}

static const struct oriel_exchange_events events = {
	.send = handle_send,
	.queued = handle_queued,
	.offered = handle_offered,
	.wanted = handle_wanted,
};

static void deliver(struct side *from)
{
	struct parcel *parcel = from->first;
	static struct oriel_msg msg;
	struct oriel_wire_header header;
	const char *reason;

	from->first = parcel->next;
	if (!from->first)
		from->last = &from->first;
	/* Data are the same both ways: direction has been tested with the wire. */
	assert_int_equal(
		oriel_wire_decode_header(parcel->data, ORIEL_WIRE_HOST, &header, &reason), 0);
	assert_int_equal(
		oriel_wire_decode(&header, parcel->data + ORIEL_WIRE_HEADER, &msg, &reason), 0);
	if (from->other->exchange &&
		oriel_exchange_message(from->other->exchange, &msg, &reason) < 0)
		from->fault = reason;
	free(parcel);
}

void world_run(struct world *world)
{
	do {
		while (world->guest.first || world->host.first) {
			if (world->guest.first)
				deliver(&world->guest);
			if (world->host.first)
				deliver(&world->host);
		}
		uv_run(&world->loop, UV_RUN_NOWAIT);
	} while (world->guest.first || world->host.first);
}

void side_offer(struct side *side, uint8_t selection, int n)
{
	struct oriel_types types = {0};

	if (n > 0)
		oriel_types_add(&types, WORLD_TEXT);
	oriel_exchange_offer(side->exchange, selection, &types);
	oriel_types_clear(&types);
}

const char *side_receive(struct side *side, const struct oriel_msg *msg)
{
	const char *reason = NULL;

	return oriel_exchange_message(side->exchange, msg, &reason) < 0 ? reason : NULL;
}

/* Life ---------------------------------------------------------------------------------------- */

static void handle_tick(uv_timer_t *tick)
{
	(void)tick;
}

static void create_side(struct world *world, struct side *side, struct side *other, bool host)
{
	side->world = world;
	side->other = other;
	side->last = &side->first;
	side->exchange = oriel_exchange_create(&world->loop, host, &events, side);
	assert_non_null(side->exchange);
}

void world_create(struct world *world)
{
	memset(world, 0, sizeof *world);
	assert_int_equal(uv_loop_init(&world->loop), 0);
	uv_timer_init(&world->loop, &world->tick);
	uv_timer_start(&world->tick, handle_tick, 5, 5);
	create_side(world, &world->guest, &world->host, false);
	create_side(world, &world->host, &world->guest, true);
}

static void destroy_side(struct side *side)
{
	struct parcel *parcel;

	oriel_exchange_destroy(side->exchange);
	side->exchange = NULL;
	oriel_types_clear(&side->types);
	while ((parcel = side->first)) {
		side->first = parcel->next;
		free(parcel);
	}
}

void world_destroy(struct world *world)
{
	destroy_side(&world->guest);
	destroy_side(&world->host);
	uv_close((uv_handle_t *)&world->tick, NULL);
	for (int i = 0; i < 10; i++)
		uv_run(&world->loop, UV_RUN_NOWAIT);
	assert_int_equal(uv_loop_close(&world->loop), 0);
}

/* Sinks --------------------------------------------------------------------------------------- */

static void handle_data(void *user, struct oriel_flow *flow, const void *data, size_t size)
{
	struct sink *sink = user;
	const uint8_t *bytes = data;

	for (size_t i = 0; i < size; i++)
		sink->sum = sink->sum * 33 + bytes[i];
	sink->size += size;
	if (sink->hold)
		sink->untaken += size;
	else
		oriel_flow_taken(flow, size);
}

static void handle_ended(void *user, struct oriel_flow *flow, const char *error)
{
	struct sink *sink = user;

	(void)flow;
	assert_false(sink->ended);
	sink->ended = true;
	sink->flow = NULL;
	snprintf(sink->error, sizeof sink->error, "%s", error ? error : "");
}

static const struct oriel_flow_consumer consumer = {.data = handle_data, .ended = handle_ended};

void sink_open(struct world *world, struct sink *sink)
{
	bool hold = sink->hold;

	memset(sink, 0, sizeof *sink);
	sink->hold = hold;
	sink->flow = oriel_flow_create(&world->loop, &consumer, sink);
	assert_non_null(sink->flow);
}

void sink_paste(struct side *side, struct sink *sink, uint8_t selection)
{
	sink_open(side->world, sink);
	oriel_exchange_get(side->exchange, selection, WORLD_TEXT, sink->flow);
}

void sink_take(struct sink *sink)
{
	size_t untaken = sink->untaken;

	sink->untaken = 0;
	if (sink->flow)
		oriel_flow_taken(sink->flow, untaken);
}
