/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/*
 * What the files of the mux share: mux.c the session, mux_send.c what is written, channel.c the
 * carriers.
 */
#ifndef ORIEL_CARRIER_MUX_INTERNAL_H
#define ORIEL_CARRIER_MUX_INTERNAL_H

#include "src/carrier/mux.h"

/* Bytes handed to the carrier below at once: some chunks, so that a write is worth its while. */
#define ORIEL_MUX_OUT (4 * ORIEL_MUX_FRAME(ORIEL_MUX_CHUNK))

struct oriel_channel {
	struct oriel_carrier base;
	struct oriel_mux *mux; /* NULL: nothing passes any more, or will */
	uint32_t id;
	const struct oriel_carrier_events *events; /* NULL before start */
	void *user;
	uv_timer_t later; /* the next event that is due from the loop */

	/* Sending. */
	const unsigned char *data; /* being written, lent by the user; NULL: nothing is */
	size_t size;
	uint32_t credit; /* bytes that the other end takes */
	bool open_due, finish_due, close_due;
	bool written_due;

	/* Receiving. */
	unsigned char *held; /* what the user does not take now: at most the window */
	size_t held_size, held_capacity;
	uint32_t window; /* bytes that the other end may send */
	uint32_t taken;  /* bytes that the user took since the last credit */
	bool paused;
	bool input_ended; /* the other end has finished */

	/* The end. */
	bool ended, told, destroyed;
	int error;
	char reason[ORIEL_MUX_REASON + 1]; /* of closed(), or of our CLOSE once destroyed */
};

struct oriel_mux {
	uv_loop_t *loop;
	struct oriel_carrier *below;
	enum oriel_mux_side side;
	const struct oriel_mux_events *events; /* NULL: released */
	void *user;
	/* Without session: the next hello; in one: the other end's silence, or what was still on
	 * its way when it left; released: the end. */
	uv_timer_t timer;
	bool over;   /* the carrier below has ended */
	bool parted; /* has left the session in good order: the end is near */
	bool destroyed;

	uint64_t epoch, peer; /* peer 0: unknown */
	bool up;
	bool probed; /* the other end was asked whether it is there */
	bool left;   /* it is known not to be: the timer is for that */
	bool told_version;
	uint32_t peer_window;
	uint32_t last_id; /* of this session's channels */
	struct oriel_channel *channels[ORIEL_MUX_CHANNELS];
	unsigned n_channels;

	bool padding_due, hello_due, writing;
	bool reading;  /* a piece is being worked through: what is due is written after it */
	unsigned turn; /* the channel that writes next */
	size_t out_size;
	unsigned char out[ORIEL_MUX_OUT];

	struct oriel_mux_reader reader;
};

/* mux.c: takes the channel out of the table. */
void oriel_mux_forget(struct oriel_mux *mux, struct oriel_channel *channel);
/* mux.c: a released mux ends here, now or soon, when nobody uses its channels any more. */
void oriel_mux_settle(struct oriel_mux *mux);

/* mux.c: something is written, which the other end is to answer. */
void oriel_mux_expect(struct oriel_mux *mux);

/* mux_send.c: writes what is due, if nothing is being written. */
void oriel_mux_send(struct oriel_mux *mux);

/* channel.c. Returns NULL without memory. */
struct oriel_channel *oriel_channel_create(struct oriel_mux *mux, uint32_t id);
/* So many bytes came, no more than the window. May call data(). */
void oriel_channel_receive(
	struct oriel_channel *channel, const unsigned char *untrusted_data, size_t size);
/* The other end has finished. */
void oriel_channel_input_ended(struct oriel_channel *channel);
/* All that was given to write() is on its way. */
void oriel_channel_written(struct oriel_channel *channel);
/* Nothing passes any more: closed() is due. Forgotten by the mux already. */
void oriel_channel_end(struct oriel_channel *channel, int error, const char *reason);

#endif
