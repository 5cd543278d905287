/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/*
 * What a mux writes. Nothing is queued: whatever is due is a flag or a number of a channel, and
 * becomes a frame when there is room for it. So no other end can make this one hoard.
 */
#include <string.h>

#include "src/carrier/mux_internal.h"

/* A chunk is cut where the room ends, but not into crumbs. */
#define MIN_CHUNK 1024

static size_t room(const struct oriel_mux *mux)
{
	return sizeof(mux->out) - mux->out_size;
}

static void put_frame(struct oriel_mux *mux, enum oriel_mux_kind kind, uint32_t channel,
	const void *payload, size_t length)
{
	mux->out_size += oriel_mux_put_frame(
		mux->out + mux->out_size, mux->reader.tag, kind, channel, payload, length);
}

static void put_hello(struct oriel_mux *mux)
{
	struct oriel_mux_hello hello = {
		.version = ORIEL_MUX_VERSION,
		.side = mux->side,
		.asks = !mux->up || mux->probed,
		.window = ORIEL_MUX_WINDOW,
		.epoch = mux->epoch,
		.echo = mux->peer,
	};

	if (mux->padding_due) {
		memset(mux->out, 0, ORIEL_MUX_PADDING);
		mux->out_size = ORIEL_MUX_PADDING;
	}
	mux->out_size += oriel_mux_put_hello(mux->out + mux->out_size, &hello);
	mux->padding_due = mux->hello_due = false;
}

static bool put_credit(struct oriel_mux *mux, struct oriel_channel *channel)
{
	unsigned char payload[4];

	if (channel->taken < ORIEL_MUX_WINDOW / 4 || channel->input_ended)
		return false;
	oriel_mux_put_u32(payload, channel->taken);
	put_frame(mux, ORIEL_MUX_CREDIT, channel->id, payload, sizeof(payload));
	channel->window += channel->taken;
	channel->taken = 0;
	return true;
}

static bool put_data(struct oriel_mux *mux, struct oriel_channel *channel)
{
	size_t size = channel->size < channel->credit ? channel->size : channel->credit;
	size_t most = room(mux) - ORIEL_MUX_FRAME(0);

	if (size > ORIEL_MUX_CHUNK)
		size = ORIEL_MUX_CHUNK;
	if (!channel->data || size == 0 || (size > most && most < MIN_CHUNK))
		return false;
	if (size > most)
		size = most;
	put_frame(mux, ORIEL_MUX_DATA, channel->id, channel->data, size);
	channel->data += size;
	channel->size -= size;
	channel->credit -= (uint32_t)size;
	if (channel->size == 0)
		oriel_channel_written(channel);
	return true;
}

/* The channel is gone from here afterwards. */
static void put_close(struct oriel_mux *mux, struct oriel_channel *channel)
{
	unsigned char payload[4 + ORIEL_MUX_REASON];
	size_t length = strlen(channel->reason);

	oriel_mux_put_u32(payload, channel->error != 0);
	memcpy(payload + 4, channel->reason, length);
	put_frame(mux, ORIEL_MUX_CLOSE, channel->id, payload, 4 + length);
	oriel_mux_forget(mux, channel);
	oriel_channel_end(channel, channel->error, channel->reason);
}

/* One thing that this channel has to say; false: there is none, or no room for it. */
static bool put_next(struct oriel_mux *mux, struct oriel_channel *channel)
{
	if (room(mux) < ORIEL_MUX_FRAME(4 + ORIEL_MUX_REASON))
		return false;
	if (channel->open_due) {
		put_frame(mux, ORIEL_MUX_OPEN, channel->id, NULL, 0);
		channel->open_due = false;
		return true;
	}
	if (channel->close_due) {
		put_close(mux, channel);
		return true;
	}
	if (put_credit(mux, channel) || put_data(mux, channel))
		return true;
	if (!channel->finish_due || channel->data)
		return false;
	put_frame(mux, ORIEL_MUX_FINISH, channel->id, NULL, 0);
	channel->finish_due = false;
	return true;
}

/* Each channel in turn says one thing, till there is no room or nothing left to say. */
static void put_channels(struct oriel_mux *mux)
{
	unsigned silent = 0;

	while (silent < ORIEL_MUX_CHANNELS) {
		struct oriel_channel *channel = mux->channels[mux->turn];

		mux->turn = (mux->turn + 1) % ORIEL_MUX_CHANNELS;
		if (channel && put_next(mux, channel))
			silent = 0;
		else
			silent++;
	}
}

void oriel_mux_send(struct oriel_mux *mux)
{
	if (mux->writing || mux->reading || mux->over || mux->destroyed)
		return;
	mux->out_size = 0;
	if (mux->hello_due)
		put_hello(mux);
	if (mux->up)
		put_channels(mux);
	if (mux->out_size > 0) {
		mux->writing = true;
		oriel_mux_expect(mux);
		mux->below->ops->write(mux->below, mux->out, mux->out_size, -1);
	}
	oriel_mux_settle(mux);
}
