/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/*
 * Two ends in one process, with every bad habit a real connection can have. Nothing depends on
 * time or the system: each end has a timer, and each tick of it makes at most one event, so the
 * same options give the same events in the same order.
 */
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "src/carrier/carrier.h"
#include "src/carrier/fd.h"

struct end {
	struct oriel_carrier base;
	struct pair *pair;
	struct end *peer;
	const struct oriel_carrier_events *events; /* NULL before start */
	void *user;
	uv_timer_t timer;
	const uint8_t *out; /* being written, lent by the user; NULL: nothing is */
	size_t out_left;
	int out_fd;
	bool written_due, paused, finished, closed_told, destroyed;
};

struct pair {
	struct end ends[2];
	struct oriel_carrier_pair_options options;
	size_t carried; /* bytes, both directions */
	bool cut;
	unsigned handles; /* not yet closed by the loop */
};

static struct end *from_carrier(struct oriel_carrier *carrier)
{
	return (struct end *)carrier;
}

static bool can_read(const struct end *end)
{
	return !end->pair->cut && !end->paused && end->peer->out;
}

static bool is_over(const struct end *end)
{
	if (end->paused)
		return false;
	return end->pair->cut || end->peer->destroyed || (end->peer->finished && !end->peer->out);
}

static void handle_tick(uv_timer_t *timer);

/* Sees to it that the next event of this end comes. */
static void wake(struct end *end)
{
	if (end->destroyed || !end->events || end->closed_told ||
		uv_is_active((uv_handle_t *)&end->timer))
		return;
	if (can_read(end))
		uv_timer_start(&end->timer, handle_tick, end->pair->options.delay_ms, 0);
	else if (end->written_due || is_over(end))
		uv_timer_start(&end->timer, handle_tick, 0, 0);
}

static size_t piece_size(const struct end *end)
{
	const struct oriel_carrier_pair_options *options = &end->pair->options;
	size_t size = end->peer->out_left;

	if (options->max_read && size > options->max_read)
		size = options->max_read;
	if (options->cut_after && size > options->cut_after - end->pair->carried)
		size = options->cut_after - end->pair->carried;
	return size;
}

static void account(struct end *end, size_t size)
{
	struct end *peer = end->peer;
	struct pair *pair = end->pair;

	peer->out += size;
	peer->out_left -= size;
	peer->out_fd = -1;
	pair->carried += size;
	if (pair->options.cut_after && pair->carried == pair->options.cut_after)
		pair->cut = true;
	if (peer->out_left == 0) {
		peer->out = NULL;
		peer->written_due = true;
	}
}

/* The piece is a copy of exactly its size: the writer may be destroyed while it is read, and a
 * memory checker sees a read past its end. */
static void deliver(struct end *end)
{
	size_t size = piece_size(end);
	int fd = end->peer->out_fd >= 0 ? oriel_fd_dup(end->peer->out_fd) : -1;
	void *piece = malloc(size);

	if (!piece)
		abort(); /* for tests only */
	memcpy(piece, end->peer->out, size);
	account(end, size);
	wake(end->peer);
	wake(end);
	end->events->data(end->user, piece, size, fd < 0 ? -1 : fd);
	free(piece);
}

static void handle_tick(uv_timer_t *timer)
{
	struct end *end = timer->data;

	if (can_read(end)) {
		deliver(end);
	} else if (end->written_due) {
		end->written_due = false;
		wake(end);
		end->events->written(end->user);
	} else if (is_over(end)) {
		end->closed_told = true;
		end->events->closed(end->user, 0,
			end->pair->cut ? "the connection was cut"
				       : "the other end has closed the connection");
	}
}

static void pair_start(
	struct oriel_carrier *carrier, const struct oriel_carrier_events *events, void *user)
{
	struct end *end = from_carrier(carrier);

	end->events = events;
	end->user = user;
	wake(end);
}

static void pair_write(struct oriel_carrier *carrier, const void *data, size_t size, int fd)
{
	struct end *end = from_carrier(carrier);

	end->out = data;
	end->out_left = size;
	end->out_fd = fd;
	wake(end->peer);
}

static void pair_finish(struct oriel_carrier *carrier)
{
	struct end *end = from_carrier(carrier);

	end->finished = true;
	wake(end->peer);
}

static void pair_pause(struct oriel_carrier *carrier, bool paused)
{
	struct end *end = from_carrier(carrier);

	end->paused = paused;
	wake(end);
}

static void handle_closed(uv_handle_t *handle)
{
	struct pair *pair = ((struct end *)handle->data)->pair;

	if (--pair->handles == 0)
		free(pair);
}

static void pair_destroy(struct oriel_carrier *carrier)
{
	struct end *end = from_carrier(carrier);

	end->destroyed = true;
	end->out = NULL;
	wake(end->peer);
	uv_close((uv_handle_t *)&end->timer, handle_closed);
}

static const struct oriel_carrier_ops pair_ops = {
	.name = "pair",
	.passes_fds = true,
	.start = pair_start,
	.write = pair_write,
	.finish = pair_finish,
	.pause = pair_pause,
	.destroy = pair_destroy,
};

int oriel_carrier_pair(uv_loop_t *loop, const struct oriel_carrier_pair_options *options,
	struct oriel_carrier *ret[2])
{
	struct pair *pair = calloc(1, sizeof(*pair));

	if (!pair)
		return -ENOMEM;
	if (options)
		pair->options = *options;
	for (int i = 0; i < 2; i++) {
		struct end *end = &pair->ends[i];
		end->base = (struct oriel_carrier){.ops = &pair_ops, .loop = loop};
		end->pair = pair;
		end->peer = &pair->ends[!i];
		end->out_fd = -1;
		uv_timer_init(loop, &end->timer);
		end->timer.data = end;
		pair->handles++;
		ret[i] = &end->base;
	}
	return 0;
}
