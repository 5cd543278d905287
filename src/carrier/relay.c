/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
#include "src/carrier/relay.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static struct oriel_relay_end *other(struct oriel_relay_end *end)
{
	return &end->relay->ends[end == &end->relay->ends[0]];
}

static void drop(struct oriel_relay_end *end)
{
	free(end->out.bytes);
	free(end->next.bytes);
	end->out = end->next = (struct oriel_relay_block){0};
}

static int append(struct oriel_relay_block *block, const void *data, size_t size)
{
	size_t needed = block->size + size;

	if (needed > block->capacity) {
		unsigned char *bytes = realloc(block->bytes, needed);
		if (!bytes)
			return -ENOMEM;
		block->bytes = bytes;
		block->capacity = needed;
	}
	memcpy(block->bytes + block->size, data, size);
	block->size = needed;
	return 0;
}

static void end_carrier(struct oriel_relay_end *end, int error, const char *reason)
{
	struct oriel_carrier *carrier = end->carrier;

	end->carrier = NULL;
	end->over = true;
	if (carrier && end == &end->relay->ends[1])
		end->relay->close(carrier, error, reason);
	else if (carrier)
		carrier->ops->destroy(carrier);
	drop(end);
}

static void fail(struct oriel_relay *relay, int error, const char *reason)
{
	oriel_relay_finish(relay, error, reason);
	relay->ended(relay);
}

/* One end is over: the other still gets what is on its way to it, then its end, and has time to
 * answer with its own. */
static void wind_up(struct oriel_relay_end *left)
{
	struct oriel_relay *relay = left->relay;

	if (!left->carrier || left->over) {
		fail(relay, relay->error, relay->reason);
	} else if (!left->writing && left->next.size == 0) {
		if (relay->error)
			fail(relay, relay->error, relay->reason);
		else
			left->carrier->ops->finish(left->carrier);
	}
}

static void write_next(struct oriel_relay_end *end)
{
	struct oriel_relay_block block = end->out;

	if (!end->carrier || end->over || end->writing || end->next.size == 0)
		return;
	end->out = end->next;
	end->next = block;
	end->next.size = 0;
	end->writing = true;
	end->carrier->ops->write(end->carrier, end->out.bytes, end->out.size, -1);
}

/* Reads on where there is room for what comes. */
static void pace(struct oriel_relay_end *from, const struct oriel_relay_end *to)
{
	bool full = to->next.size >= ORIEL_RELAY_HOLD;

	if (!from->carrier || from->over || from->paused == full)
		return;
	from->paused = full;
	from->carrier->ops->pause(from->carrier, full);
}

static void handle_data(void *user, const void *data, size_t size, int fd)
{
	struct oriel_relay_end *end = user, *to = other(end);

	if (fd >= 0) {
		close(fd);
		fail(end->relay, -EPROTO, "no descriptors pass into a virtual machine");
		return;
	}
	if (to->over)
		return; /* it reads no more */
	if (append(&to->next, data, size) < 0) {
		fail(end->relay, -ENOMEM, "out of memory");
		return;
	}
	write_next(to);
	pace(end, to);
}

static void handle_written(void *user)
{
	struct oriel_relay_end *end = user, *from = other(end);

	end->writing = false;
	write_next(end);
	if (from->over)
		wind_up(end);
	else
		pace(from, end);
}

static void handle_closed(void *user, int error, const char *reason)
{
	struct oriel_relay_end *end = user, *left = other(end);
	struct oriel_relay *relay = end->relay;

	end->over = true;
	end->next.size = 0;
	if (!left->over) {
		relay->error = error;
		snprintf(relay->reason, sizeof(relay->reason), "%s", reason);
	}
	/* It may wait for room here. */
	pace(left, end);
	wind_up(left);
}

static void start(struct oriel_relay_end *end, struct oriel_carrier *carrier)
{
	static const struct oriel_carrier_events events = {
		handle_data, handle_written, handle_closed};

	end->carrier = carrier;
	carrier->ops->start(carrier, &events, end);
	write_next(end);
	pace(other(end), end);
}

void oriel_relay_start(struct oriel_relay *relay, struct oriel_carrier *first)
{
	relay->ends[0].relay = relay->ends[1].relay = relay;
	start(&relay->ends[0], first);
}

void oriel_relay_join(struct oriel_relay *relay, struct oriel_carrier *second)
{
	start(&relay->ends[1], second);
}

void oriel_relay_finish(struct oriel_relay *relay, int error, const char *reason)
{
	end_carrier(&relay->ends[0], error, reason);
	end_carrier(&relay->ends[1], error, reason);
}
