/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
#include "tests/carrier/wire.h"

#include <stdlib.h>
#include <string.h>

struct wire_end {
	struct oriel_carrier base;
	struct wire *wire;
	int index;
	const struct oriel_carrier_events *events;
	void *user;
	uv_timer_t timer;
	bool written_due, hung_up, destroyed;
};

static void handle_tick(uv_timer_t *timer);

static void wake(struct wire_end *end)
{
	if (end && end->events && !end->destroyed)
		uv_timer_start(&end->timer, handle_tick, 0, 0);
}

static void deliver(struct wire_end *end)
{
	struct wire_pipe *pipe = &end->wire->pipes[end->index];
	size_t size = pipe->size;

	if (end->wire->piece && size > end->wire->piece)
		size = end->wire->piece;
	/* In a block of just that size, for memory checkers. */
	unsigned char *copy = malloc(size);
	if (!copy)
		abort();
	memcpy(copy, pipe->bytes, size);
	pipe->size -= size;
	memmove(pipe->bytes, pipe->bytes + size, pipe->size);
	wake(end);
	end->events->data(end->user, copy, size, -1);
	free(copy);
}

static void handle_tick(uv_timer_t *timer)
{
	struct wire_end *end = timer->data;

	if (end->written_due) {
		end->written_due = false;
		wake(end);
		end->events->written(end->user);
	} else if (end->wire->pipes[end->index].size > 0) {
		deliver(end);
	} else if (end->hung_up) {
		end->events->closed(end->user, 0, "the port was closed");
	}
}

void wire_inject(struct wire *wire, int end, const void *bytes, size_t size)
{
	struct wire_pipe *pipe = &wire->pipes[end];

	if (size == 0)
		return;
	if (pipe->capacity < pipe->size + size) {
		pipe->capacity = 2 * (pipe->size + size);
		pipe->bytes = realloc(pipe->bytes, pipe->capacity);
		if (!pipe->bytes)
			abort();
	}
	memcpy(pipe->bytes + pipe->size, bytes, size);
	pipe->size += size;
	wake(wire->ends[end]);
}

static void end_start(
	struct oriel_carrier *carrier, const struct oriel_carrier_events *events, void *user)
{
	struct wire_end *end = (struct wire_end *)carrier;

	end->events = events;
	end->user = user;
	wake(end);
}

static void end_write(struct oriel_carrier *carrier, const void *data, size_t size, int fd)
{
	struct wire_end *end = (struct wire_end *)carrier;
	struct wire_pipe *pipe = &end->wire->pipes[!end->index];
	size_t left = pipe->limit ? pipe->limit - pipe->written : size;

	if (fd >= 0)
		abort();
	if (size > left)
		size = left;
	if (size > 0)
		wire_inject(end->wire, !end->index, data, size);
	pipe->written += size;
	end->written_due = true;
	wake(end);
}

static void end_finish(struct oriel_carrier *carrier)
{
	(void)carrier;
}

static void end_pause(struct oriel_carrier *carrier, bool paused)
{
	(void)carrier;
	(void)paused;
}

static void handle_closed(uv_handle_t *handle)
{
	free(handle->data);
}

static void end_destroy(struct oriel_carrier *carrier)
{
	struct wire_end *end = (struct wire_end *)carrier;

	end->destroyed = true;
	end->wire->ends[end->index] = NULL;
	uv_close((uv_handle_t *)&end->timer, handle_closed);
}

struct oriel_carrier *wire_attach(struct wire *wire, int index)
{
	static const struct oriel_carrier_ops ops = {
		.name = "wire",
		.passes_fds = false,
		.start = end_start,
		.write = end_write,
		.finish = end_finish,
		.pause = end_pause,
		.destroy = end_destroy,
	};
	struct wire_end *end = calloc(1, sizeof(*end));

	if (!end)
		abort();
	end->base = (struct oriel_carrier){.ops = &ops, .loop = wire->loop};
	end->wire = wire;
	end->index = index;
	uv_timer_init(wire->loop, &end->timer);
	end->timer.data = end;
	wire->ends[index] = end;
	return &end->base;
}

void wire_hang_up(struct wire *wire, int end)
{
	wire->ends[end]->hung_up = true;
	wake(wire->ends[end]);
}

void wire_finish(struct wire *wire)
{
	free(wire->pipes[0].bytes);
	free(wire->pipes[1].bytes);
}
