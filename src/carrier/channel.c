/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/*
 * One channel of a mux as a carrier.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/utf8.h"
#include "src/carrier/mux_internal.h"

#define FIRST_HELD 4096

static struct oriel_channel *from_carrier(struct oriel_carrier *carrier)
{
	return (struct oriel_channel *)carrier;
}

static void set_reason(struct oriel_channel *channel, int error, const char *reason)
{
	channel->error = error;
	oriel_utf8_copy(channel->reason, sizeof(channel->reason), reason);
}

/* Events ------------------------------------------------------------------------------------------
 */

static void handle_later(uv_timer_t *timer);

static bool can_deliver(const struct oriel_channel *channel)
{
	return channel->held_size > 0 && !channel->paused;
}

/* Sees to it that the next event comes. */
static void wake(struct oriel_channel *channel)
{
	bool due = can_deliver(channel) || channel->written_due ||
		   (channel->ended && !channel->paused);

	if (due && channel->events && !channel->destroyed && !channel->told)
		uv_timer_start(&channel->later, handle_later, 0, 0);
}

/* The user has these bytes now; the other end may send as many more, but is told of that only when
 * they are worth a frame. */
static void take(struct oriel_channel *channel, size_t size)
{
	channel->taken += (uint32_t)size;
	if (channel->mux && !channel->input_ended && channel->taken >= ORIEL_MUX_WINDOW / 4)
		oriel_mux_send(channel->mux);
}

/* The buffer stays till the loop frees the channel, even when data() destroys it. */
static void deliver_held(struct oriel_channel *channel)
{
	size_t size = channel->held_size;

	channel->held_size = 0;
	take(channel, size);
	channel->events->data(channel->user, channel->held, size, -1);
	wake(channel);
}

static void handle_later(uv_timer_t *timer)
{
	struct oriel_channel *channel = timer->data;

	if (can_deliver(channel)) {
		deliver_held(channel);
	} else if (channel->written_due) {
		channel->written_due = false;
		wake(channel);
		channel->events->written(channel->user);
	} else if (channel->ended && !channel->paused) {
		channel->told = true;
		channel->data = NULL;
		channel->events->closed(channel->user, channel->error, channel->reason);
	}
}

/* From the mux ------------------------------------------------------------------------------------
 */

static int hold(struct oriel_channel *channel, const unsigned char *data, size_t size)
{
	size_t needed = channel->held_size + size;
	size_t capacity = channel->held_capacity ? channel->held_capacity : FIRST_HELD;

	while (capacity < needed)
		capacity *= 2;
	if (capacity != channel->held_capacity) {
		unsigned char *held = realloc(channel->held, capacity);
		if (!held)
			return -ENOMEM;
		channel->held = held;
		channel->held_capacity = capacity;
	}
	memcpy(channel->held + channel->held_size, data, size);
	channel->held_size = needed;
	return 0;
}

/* Ends a channel that the mux still knows: the other end is told too. */
static void fail(struct oriel_channel *channel, int error, const char *reason)
{
	if (!channel->ended)
		set_reason(channel, error, reason);
	channel->ended = true;
	channel->data = NULL;
	channel->close_due = true;
	wake(channel);
	oriel_mux_send(channel->mux);
}

void oriel_channel_receive(
	struct oriel_channel *channel, const unsigned char *untrusted_data, size_t size)
{
	if (channel->destroyed || channel->ended)
		return;
	if (channel->events && !channel->paused && channel->held_size == 0) {
		take(channel, size);
		channel->events->data(channel->user, untrusted_data, size, -1);
		return;
	}
	if (hold(channel, untrusted_data, size) < 0)
		fail(channel, -ENOMEM, "out of memory");
	else
		wake(channel);
}

void oriel_channel_input_ended(struct oriel_channel *channel)
{
	channel->input_ended = true;
	if (!channel->ended)
		set_reason(channel, 0, "the other end has closed the connection");
	channel->ended = true;
	wake(channel);
}

void oriel_channel_written(struct oriel_channel *channel)
{
	channel->data = NULL;
	channel->written_due = true;
	wake(channel);
}

static void handle_closed(uv_handle_t *handle)
{
	struct oriel_channel *channel = handle->data;

	free(channel->held);
	free(channel);
}

void oriel_channel_end(struct oriel_channel *channel, int error, const char *reason)
{
	channel->mux = NULL;
	channel->data = NULL;
	if (channel->destroyed) {
		uv_close((uv_handle_t *)&channel->later, handle_closed);
		return;
	}
	if (!channel->ended)
		set_reason(channel, error, reason);
	channel->ended = true;
	wake(channel);
}

/* The ops -----------------------------------------------------------------------------------------
 */

static void channel_start(
	struct oriel_carrier *carrier, const struct oriel_carrier_events *events, void *user)
{
	struct oriel_channel *channel = from_carrier(carrier);

	channel->events = events;
	channel->user = user;
	wake(channel);
}

static void channel_write(struct oriel_carrier *carrier, const void *data, size_t size, int fd)
{
	struct oriel_channel *channel = from_carrier(carrier);

	if (!channel->mux || channel->close_due)
		return; /* the end is on its way */
	if (fd >= 0) {
		fail(channel, -EINVAL, "no descriptors pass through a serial port");
		return;
	}
	channel->data = data;
	channel->size = size;
	if (size == 0)
		oriel_channel_written(channel);
	oriel_mux_send(channel->mux);
}

static void channel_finish(struct oriel_carrier *carrier)
{
	struct oriel_channel *channel = from_carrier(carrier);

	if (!channel->mux)
		return;
	channel->finish_due = true;
	oriel_mux_send(channel->mux);
}

static void channel_pause(struct oriel_carrier *carrier, bool paused)
{
	struct oriel_channel *channel = from_carrier(carrier);

	channel->paused = paused;
	wake(channel);
}

void oriel_mux_close(struct oriel_carrier *carrier, int error, const char *reason)
{
	struct oriel_channel *channel = from_carrier(carrier);
	struct oriel_mux *mux = channel->mux;

	channel->destroyed = true;
	uv_timer_stop(&channel->later);
	if (!mux) {
		uv_close((uv_handle_t *)&channel->later, handle_closed);
		return;
	}
	if (!channel->close_due)
		set_reason(channel, error, reason);
	channel->data = NULL;
	channel->close_due = true;
	if (channel->open_due) { /* the other end has never heard of it */
		oriel_mux_forget(mux, channel);
		oriel_channel_end(channel, error, reason);
	}
	oriel_mux_send(mux);
	oriel_mux_settle(mux);
}

static void channel_destroy(struct oriel_carrier *carrier)
{
	oriel_mux_close(carrier, 0, "the other end has closed the connection");
}

static const struct oriel_carrier_ops channel_ops = {
	.name = "channel",
	.passes_fds = false,
	.start = channel_start,
	.write = channel_write,
	.finish = channel_finish,
	.pause = channel_pause,
	.destroy = channel_destroy,
};

struct oriel_channel *oriel_channel_create(struct oriel_mux *mux, uint32_t id)
{
	struct oriel_channel *channel = calloc(1, sizeof(*channel));

	if (!channel)
		return NULL;
	channel->base = (struct oriel_carrier){.ops = &channel_ops, .loop = mux->loop};
	channel->mux = mux;
	channel->id = id;
	channel->credit = mux->peer_window;
	channel->window = ORIEL_MUX_WINDOW;
	uv_timer_init(mux->loop, &channel->later);
	channel->later.data = channel;
	return channel;
}
