/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/*
 * One connection: frames messages over a carrier, checks them, shakes hands, keeps a bounded
 * send queue. It knows nothing of what the messages mean, but for hello, bye, ping and pong,
 * which it handles itself.
 *
 * Everything runs on the thread of the carrier's uv_loop. Callbacks come from the loop, never
 * from inside a call of this header. Any callback may call any function here, destroy included.
 *
 * Lifetimes:
 *  1. A link lives from oriel_link_create() to oriel_link_destroy(), which is called once for each,
 *     after closed() or before.
 *  2. ready() comes at most once, before every message(). closed() comes exactly once, last,
 *     unless the link is destroyed first. After closed() sending gives -EPIPE.
 *  3. oriel_link_destroy() ends callbacks at once, from inside a callback too: what that callback
 *     was lent (message, reason) stays readable until it returns.
 *  4. The carrier is the link's from create on. It is destroyed before closed() is called, so the
 *     other end sees the end of the stream whatever the user does then.
 *  5. A link that closes (its own bye, or a fault of the peer) first writes what is queued and bye,
 *     then waits for the other end to close: at most a second without progress. It gives no
 *     messages meanwhile. When the queue is full or the carrier fails, closed() comes without bye.
 *  6. Memory is given back by the loop a little after destroy: run the loop before uv_loop_close().
 *  7. A link keeps its loop alive as long as its carrier reads, till closed().
 */
#ifndef ORIEL_LINK_LINK_H
#define ORIEL_LINK_LINK_H

#include <stdbool.h>
#include <stdint.h>
#include <uv.h>

#include "src/carrier/carrier.h"
#include "src/wire/wire.h"

struct oriel_link;

/* Bytes of the send queue from which a link is congested, and from which sending fails. A stopped
 * peer costs at most the second; launch output and frames stop at the first. */
#define ORIEL_LINK_CONGESTED (256 * 1024)
#define ORIEL_LINK_QUEUE_MAX (16 * 1024 * 1024)

struct oriel_link_events {
	/* Required. The handshake is done; peer is its hello, valid during the call. */
	void (*ready)(void *user, const struct oriel_msg_hello *peer);
	/* Required. A checked message; it and what it points to are valid during the call. fd is
	 * the file descriptor that came with it, or -1; it becomes the callee's. */
	void (*message)(void *user, const struct oriel_msg *msg, int fd);
	/* Optional. The queue was congested and is so no longer. */
	void (*drained)(void *user);
	/* Required, once, last. error: 0 the peer said bye with code NONE or SHUTDOWN, or
	 * oriel_link_close() was called here; -EPROTO: one end broke the protocol; -EACCES: wrong
	 * token; -EPROTONOSUPPORT: version; -EBUSY, -ECONNABORTED: the peer said bye with BUSY,
	 * INTERNAL; -ETIMEDOUT: no hello in time; -ENOBUFS: the peer does not read; -ECONNRESET:
	 * the stream ended without bye; other -errno: the carrier failed. code is the bye code
	 * where there was one. reason is one line for people, valid during the call. What the peer
	 * did wrong the guest's end has logged as a warning; the host's end leaves telling to
	 * closed(), and logs it for debugging. */
	void (*closed)(void *user, int error, enum oriel_error code, const char *reason);
};

struct oriel_link_options {
	enum oriel_wire_side side; /* which end we are */
	enum oriel_role role;      /* the host's; ignored for the guest */
	uint64_t features;         /* bits of enum oriel_feature that we have */
	const char *program;       /* "oriel 0.1.0" */
	/* Guest: the token that the peer must show; host: the one to show. NULL: none. Copied. */
	const void *token;
	uint32_t token_size;
	uint32_t handshake_ms; /* 0: 10 s */
};

/* Takes the carrier, on failure too. Starts at once; the host's end sends hello first.
 * Returns 0 or -ENOMEM. events is borrowed for the link's life, options is copied. */
int oriel_link_create(struct oriel_carrier *carrier, const struct oriel_link_options *options,
	const struct oriel_link_events *events, void *user, struct oriel_link **ret_link);

/* Queues a message; fd (borrowed, duplicated; -1: none) travels with it where the carrier can.
 * Returns 0, -EINVAL a field is out of range, an fd with another message than ring, or hello or bye
 * (a bug), -ENOTCONN before ready(), -EPIPE the link is closed, -ENOBUFS the queue is full (the
 * link then closes itself: the peer does not read), -ENOTSUP no fds here, -ENOMEM, -EMFILE. */
int oriel_link_send(struct oriel_link *link, const struct oriel_msg *msg, int fd);

/* Whether producers should wait for drained. */
bool oriel_link_congested(const struct oriel_link *link);

/* Bytes waiting to be written. */
size_t oriel_link_queued(const struct oriel_link *link);

/* What both ends can do; 0 before ready. Bit RING only where the carrier passes fds, or shared
 * memory was found another way. */
uint64_t oriel_link_features(const struct oriel_link *link);

/* Whether the carrier passes file descriptors. */
bool oriel_link_passes_fds(const struct oriel_link *link);

/* Totals since creation, for stats. */
struct oriel_link_counters {
	uint64_t messages_in, messages_out, bytes_in, bytes_out;
};
void oriel_link_counters(const struct oriel_link *link, struct oriel_link_counters *ret);

/* Sends bye with a reason after what is queued, then closes; closed() is called. */
void oriel_link_close(struct oriel_link *link, enum oriel_error code, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* No callbacks any more; what is queued may be lost. NULL is fine. */
void oriel_link_destroy(struct oriel_link *link);

#endif
