/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/*
 * One content on its way from who has it to who pastes it. Nothing is kept here: the producer
 * writes no more than there is room for, the consumer says what it has taken. A flow in which
 * nothing moves for 30 s fails, and so does one that grows beyond 1 GiB.
 *
 * Everything on the thread of the loop.
 *
 * Lifetimes:
 *  1. The consumer makes a flow and hands it to a producer, which attaches itself, or ends it at
 * once.
 *  2. It is over for both when the producer ends it and all is taken, when the consumer cancels,
 *     or when it fails. Then the consumer hears ended() and the producer gone(), each unless the
 * end was its own doing; neither may use it any more.
 *  3. Memory is given back by the loop a little later: run it before uv_loop_close().
 *  4. Flows do not keep the loop running.
 */
#ifndef ORIEL_CLIPBOARD_FLOW_H
#define ORIEL_CLIPBOARD_FLOW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <uv.h>

#define ORIEL_FLOW_MAX (1024ull * 1024 * 1024) /* bytes of one content */
#define ORIEL_FLOW_WINDOW (256 * 1024)         /* bytes not taken, unless the consumer says else */

struct oriel_flow;

/* All may be called from inside the calls below. They may call any function here. */
struct oriel_flow_consumer {
	/* Required. To be copied; oriel_flow_taken() follows, now or later. */
	void (*data)(void *user, struct oriel_flow *flow, const void *data, size_t size);
	/* Optional. The producer has written everything; some of it is not taken yet, maybe. */
	void (*complete)(void *user, struct oriel_flow *flow);
	/* Required. error: NULL, all was taken; else one line for people, valid during the call. */
	void (*ended)(void *user, struct oriel_flow *flow, const char *error);
};

struct oriel_flow_producer {
	/* Required. There is more room than there was. */
	void (*room)(void *user, struct oriel_flow *flow);
	/* Required. Nobody wants the rest; not called after the producer has ended the flow. */
	void (*gone)(void *user, struct oriel_flow *flow);
};

/* NULL: no memory. consumer is borrowed for the flow's life. */
struct oriel_flow *oriel_flow_create(
	uv_loop_t *loop, const struct oriel_flow_consumer *consumer, void *user);

/* The consumer's side --------------------------------------------------------------------- */

void oriel_flow_taken(struct oriel_flow *flow, size_t size);
/* The consumer needs no ended() for this one. */
void oriel_flow_cancel(struct oriel_flow *flow);
/* How much may be under way; 0: nothing for now. */
void oriel_flow_set_window(struct oriel_flow *flow, size_t size);

/* The producer's side --------------------------------------------------------------------- */

/* Once. producer is borrowed for the flow's life. */
void oriel_flow_attach(
	struct oriel_flow *flow, const struct oriel_flow_producer *producer, void *user);
size_t oriel_flow_room(const struct oriel_flow *flow);
/* size <= room. False: the flow is over, gone() was called. */
bool oriel_flow_write(struct oriel_flow *flow, const void *data, size_t size);
/* The producer waits for another flow, which does not stall for ever: nothing has to move here
 * until it writes or ends. */
void oriel_flow_wait(struct oriel_flow *flow);
/* error: NULL, that was all. */
void oriel_flow_end(struct oriel_flow *flow, const char *error);

/* Writes a copy of data as room comes, then ends. Attaches itself. */
void oriel_flow_feed(struct oriel_flow *flow, const void *data, size_t size);

/* For tests: another patience than 30 s, for flows made from now on. 0: 30 s. */
void oriel_flow_set_patience(unsigned ms);

#endif
