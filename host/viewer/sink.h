/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/*
 * Writes to a descriptor of ours that somebody else may read slowly or not at all, without setting
 * O_NONBLOCK on it: that flag would be shared with the shell. What can't be written yet waits here.
 */
#ifndef ORIEL_HOST_VIEWER_SINK_H
#define ORIEL_HOST_VIEWER_SINK_H

#include <stdbool.h>
#include <stddef.h>
#include <uv.h>

/* Waiting bytes from which a write waits for the reader. */
#define ORIEL_SINK_MAX (16 * 1024 * 1024)

struct oriel_sink {
	int fd;
	char *data;
	size_t start, size, capacity;
	bool broken; /* nobody reads any more: what comes is dropped */
	bool polled, polling;
	uv_poll_t poll;
};

void oriel_sink_init(struct oriel_sink *sink, uv_loop_t *loop, int fd);
void oriel_sink_write(struct oriel_sink *sink, const void *data, size_t size);
/* Waits until everything is written. */
void oriel_sink_flush(struct oriel_sink *sink);
/* Frees; the handle is closed by the loop's end. */
void oriel_sink_finish(struct oriel_sink *sink);

#endif
