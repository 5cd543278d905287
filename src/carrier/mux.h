/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/*
 * Many carriers ("channels") over one, which may be left and taken up again by either end at any
 * byte (mux_wire.h says how). Only the host's end opens channels; the guest's accepts them.
 *
 * Neither a channel that is not read nor one that writes without end holds up the others: what the
 * reader of a channel has not taken is limited by its window, which the writer knows, and channels
 * take turns in writing. So memory is limited too: ORIEL_MUX_WINDOW for each channel.
 *
 * The host's end notices when nobody answers at the other one, within 13 s of writing something: a
 * guest's process that was killed leaves its port without a word. Sooner, if somebody knows of it
 * and says so: oriel_mux_left().
 *
 * A channel is a carrier as carrier.h says and may outlive the mux. Its closed() has error 0 when
 * the other end has finished or was destroyed, and another when the stream below ended, when the
 * other end of it started anew, or what was given to oriel_mux_close().
 *
 * Everything is for the loop's thread.
 */
#ifndef ORIEL_CARRIER_MUX_H
#define ORIEL_CARRIER_MUX_H

#include "src/carrier/carrier.h"
#include "src/carrier/mux_wire.h"

#define ORIEL_MUX_WINDOW (256 * 1024)

struct oriel_mux;

/* Called from the loop, never from inside a call of this header; may call any. */
struct oriel_mux_events {
	/* The guest's end, required: a channel; it becomes the callee's. */
	void (*accept)(void *user, struct oriel_carrier *channel);
	/* The host's end, required: the other end answers, channels can be opened. May come again
	 * when the other end has started anew; all channels had their end then. */
	void (*up)(void *user);
	/* Required, once, last: the carrier below has ended; the channels hear of it by themselves.
	 * Only destroy is left to do. reason: valid during the call. */
	void (*closed)(void *user, int error, const char *reason);
};

/* Takes below, which is not started, on failure too. */
int oriel_mux_create(uv_loop_t *loop, struct oriel_carrier *below, enum oriel_mux_side side,
	const struct oriel_mux_events *events, void *user, struct oriel_mux **ret);

/* Whether the other end answers. */
bool oriel_mux_is_up(const struct oriel_mux *mux);

/* Opens a channel; the host's end only. -ENOTCONN: not up; -EMFILE: there are as many as can be. */
int oriel_mux_open(struct oriel_mux *mux, struct oriel_carrier **ret);

/* Destroys a channel, and its other end's closed() gets this: of error only whether it is 0. */
void oriel_mux_close(struct oriel_carrier *channel, int error, const char *reason);

/* The host's end: was told that nobody is at the other one any more. The session ends soon, unless
 * a new one has begun by then: last words may still be on their way. */
void oriel_mux_left(struct oriel_mux *mux);

/* For tests: other times than 3 s until a silent guest is asked whether it is there, and 10 s until
 * it is not. 0, 0: those. */
void oriel_mux_set_patience(unsigned silence_ms, unsigned patience_ms);

/* Accepts no more and makes no more events, but lives until its channels are destroyed and their
 * last words written (or for a second, when nobody takes them). */
void oriel_mux_release(struct oriel_mux *mux);

/* Ends all at once. */
void oriel_mux_destroy(struct oriel_mux *mux);

#endif
