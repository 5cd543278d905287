/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/*
 * A carrier over sockets: what unix, tcp and command share. Reads and writes by uv_poll and
 * sendmsg()/recvmsg() instead of uv_stream_t, because that neither passes arbitrary descriptors
 * nor keeps SIGPIPE away on Linux.
 *
 * Each direction has a descriptor and a poll handle of its own: reading is always on, writing only
 * while the system's buffer is full, and neither changes the other's.
 */
#ifndef ORIEL_CARRIER_STREAM_H
#define ORIEL_CARRIER_STREAM_H

#include "src/carrier/carrier.h"

#define ORIEL_STREAM_READ (64 * 1024) /* bytes taken from the system at once */

struct oriel_stream {
	struct oriel_carrier base;
	const struct oriel_carrier_events *events;
	void *user;
	/* Set by a carrier that wants to say itself why it ended: called instead of closed(), which
	 * it then calls. Else NULL. */
	void (*ended)(struct oriel_stream *stream, int error);

	int in_fd, out_fd;
	uv_poll_t in, out;
	uv_timer_t later; /* what is due from the loop: written(), or the end after a fault */
	unsigned handles; /* not yet closed by the loop; the last frees */

	size_t max_send; /* bytes given to the system at once; 0: any number */
	bool plain;      /* not a socket: read() and write(), and no descriptors */
	bool connecting, started, paused, finished, over, destroyed;
	bool written_due;
	int error;        /* why writing failed */
	const char *data; /* being written; NULL: nothing is */
	size_t size;
	int fd;

	unsigned char buffer[ORIEL_STREAM_READ];
};

/* Makes the zeroed, malloc'ed *stream a carrier. Takes stream and descriptors, on failure too.
 * out_fd -1: in_fd goes both ways. ops names the functions below, or ones that end in them. */
int oriel_stream_init(struct oriel_stream *stream, uv_loop_t *loop,
	const struct oriel_carrier_ops *ops, int in_fd, int out_fd);

/* The socket is not connected yet: wait for that. */
void oriel_stream_wait_connect(struct oriel_stream *stream);

/* A stream that was set connecting by its carrier, and is started, is open now: begins to read and
 * to write. */
void oriel_stream_opened(struct oriel_stream *stream);
/* Ends a started stream as a fault of the system would. */
void oriel_stream_fail(struct oriel_stream *stream, int error);

/* Allocates and makes one, of a single socket. Takes fd, on failure too. */
int oriel_stream_create(uv_loop_t *loop, const struct oriel_carrier_ops *ops, int fd,
	struct oriel_stream **ret_stream);

/* The ops. */
void oriel_stream_start(
	struct oriel_carrier *carrier, const struct oriel_carrier_events *events, void *user);
void oriel_stream_write(struct oriel_carrier *carrier, const void *data, size_t size, int fd);
void oriel_stream_finish(struct oriel_carrier *carrier);
void oriel_stream_pause(struct oriel_carrier *carrier, bool paused);
void oriel_stream_destroy(struct oriel_carrier *carrier);

/* A uv_close callback for handles of the carrier that embeds the stream: their data is the stream,
 * and each has been added to handles. */
void oriel_stream_handle_closed(uv_handle_t *handle);

#endif
