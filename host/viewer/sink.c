/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
#include "host/viewer/sink.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#ifndef PIPE_BUF
#define PIPE_BUF 512
#endif

static bool can_write(struct oriel_sink *sink, int timeout)
{
	struct pollfd fd = {.fd = sink->fd, .events = POLLOUT};

	return poll(&fd, 1, timeout) > 0;
}

/* After poll() said so, a pipe takes PIPE_BUF bytes without blocking. */
static bool write_some(struct oriel_sink *sink)
{
	size_t n = sink->size < PIPE_BUF ? sink->size : PIPE_BUF;
	ssize_t written = write(sink->fd, sink->data + sink->start, n);

	if (written < 0 && (errno == EINTR || errno == EAGAIN))
		return true;
	if (written < 0) {
		sink->broken = true;
		sink->size = 0;
		return false;
	}
	sink->start += (size_t)written;
	sink->size -= (size_t)written;
	return true;
}

static void handle_writable(uv_poll_t *poll, int status, int events);

static void drain(struct oriel_sink *sink)
{
	while (sink->size && can_write(sink, 0) && write_some(sink))
		;
	if (!sink->polled)
		return;
	if (sink->size && !sink->polling)
		sink->polling = uv_poll_start(&sink->poll, UV_WRITABLE, handle_writable) == 0;
	if (!sink->size && sink->polling) {
		uv_poll_stop(&sink->poll);
		sink->polling = false;
	}
}

static void handle_writable(uv_poll_t *poll, int status, int events)
{
	struct oriel_sink *sink = poll->data;

	(void)events;
	if (status < 0) {
		/* Writing says what is wrong. */
		uv_poll_stop(poll);
		sink->polling = false;
		if (sink->size)
			write_some(sink);
		return;
	}
	drain(sink);
}

void oriel_sink_init(struct oriel_sink *sink, uv_loop_t *loop, int fd)
{
	*sink = (struct oriel_sink){.fd = fd};
	/* Files can't be polled, and need not. */
	sink->polled = uv_poll_init(loop, &sink->poll, fd) == 0;
	sink->poll.data = sink;
	if (sink->polled)
		uv_unref((uv_handle_t *)&sink->poll);
}

static bool reserve(struct oriel_sink *sink, size_t size)
{
	size_t capacity = sink->capacity ? sink->capacity : 65536;
	char *data;

	if (sink->start) {
		memmove(sink->data, sink->data + sink->start, sink->size);
		sink->start = 0;
	}
	while (capacity < sink->size + size)
		capacity *= 2;
	if (capacity == sink->capacity)
		return true;
	data = realloc(sink->data, capacity);
	if (!data)
		return false;
	sink->data = data;
	sink->capacity = capacity;
	return true;
}

static void wait_below(struct oriel_sink *sink, size_t size)
{
	while (sink->size > size && (can_write(sink, -1) || errno == EINTR))
		if (!write_some(sink))
			break;
}

void oriel_sink_write(struct oriel_sink *sink, const void *data, size_t size)
{
	if (sink->broken || !size)
		return;
	if (!reserve(sink, size)) {
		sink->broken = true;
		return;
	}
	memcpy(sink->data + sink->start + sink->size, data, size);
	sink->size += size;
	drain(sink);
	wait_below(sink, ORIEL_SINK_MAX);
}

void oriel_sink_flush(struct oriel_sink *sink)
{
	wait_below(sink, 0);
}

void oriel_sink_finish(struct oriel_sink *sink)
{
	free(sink->data);
	sink->data = NULL;
	sink->size = sink->capacity = 0;
}
