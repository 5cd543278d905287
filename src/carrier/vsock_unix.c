/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/*
 * A port of a VM whose monitor keeps vsock in user space: its unix socket wants the port's number
 * as a line of text and answers with one, before the stream begins.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "src/carrier/fd.h"
#include "src/carrier/stream.h"
#include "src/carrier/vsock.h"

/* The monitor asks the guest's kernel, which may be busy starting. */
#define ANSWER_MS 10000
#define MAX_ANSWER 64

struct vsock_unix {
	struct oriel_stream stream;
	uv_timer_t limit;
	unsigned port;
	bool answered;
	size_t size;
	char answer[MAX_ANSWER + 1]; /* untrusted */
};

/* A monitor that finds nobody at the port just hangs up. */
static void describe(struct vsock_unix *vsock, int error, char *text, size_t size)
{
	if (vsock->answered || (error && error != -ECONNRESET && error != -EPIPE))
		snprintf(text, size, "%s",
			error ? uv_strerror(error) : "the other end has closed the connection");
	else if (vsock->size)
		snprintf(text, size, "this is no vsock socket of a VM monitor: it answered '%.*s'",
			(int)vsock->size, vsock->answer);
	else
		snprintf(text, size,
			"nobody listens on vsock port %u of the VM: start orield --vsock %u there",
			vsock->port, vsock->port);
}

static void handle_ended(struct oriel_stream *stream, int error)
{
	struct vsock_unix *vsock = (struct vsock_unix *)stream;
	char reason[256];

	uv_timer_stop(&vsock->limit);
	describe(vsock, error, reason, sizeof(reason));
	if (!vsock->answered && (error == 0 || error == -ECONNRESET || error == -EPIPE))
		error = vsock->size ? -EPROTO : -ECONNREFUSED;
	stream->events->closed(stream->user, error, reason);
}

static void handle_limit(uv_timer_t *timer)
{
	oriel_stream_fail(timer->data, -ETIMEDOUT);
}

/* One byte of the answer: what follows its line belongs to the stream. 1: the line is there, 0:
 * there is more to come, else what oriel_fd_receive() says, or -EPROTO. */
static ssize_t read_byte(struct vsock_unix *vsock)
{
	int fd = -1;
	char c;
	ssize_t n = oriel_fd_receive(vsock->stream.in_fd, &c, 1, &fd);

	oriel_fd_close(&fd);
	if (n <= 0)
		return n < 0 ? n : -ECONNRESET;
	if (c == '\n')
		return strncmp(vsock->answer, "OK ", 3) == 0 || strcmp(vsock->answer, "OK") == 0
			       ? 1
			       : -EPROTO;
	if (vsock->size == MAX_ANSWER)
		return -EPROTO;
	vsock->answer[vsock->size++] = c >= ' ' && c < 0x7f ? c : '?';
	return 0;
}

static void handle_answer(uv_poll_t *poll, int status, int events)
{
	struct oriel_stream *stream = poll->data;
	struct vsock_unix *vsock = (struct vsock_unix *)stream;
	ssize_t r;

	(void)status;
	(void)events;
	do
		r = read_byte(vsock);
	while (r == 0);
	if (r == -EAGAIN)
		return;
	if (r < 0) {
		oriel_stream_fail(stream, r == -EPROTO ? 0 : (int)r);
		return;
	}
	vsock->answered = true;
	uv_timer_stop(&vsock->limit);
	uv_poll_stop(&stream->in);
	oriel_stream_opened(stream);
}

static void start(
	struct oriel_carrier *carrier, const struct oriel_carrier_events *events, void *user)
{
	struct vsock_unix *vsock = (struct vsock_unix *)carrier;
	struct oriel_stream *stream = &vsock->stream;
	char line[32];
	int n = snprintf(line, sizeof(line), "CONNECT %u\n", vsock->port);

	oriel_stream_start(carrier, events, user);
	/* Nothing was written to this socket before, so it takes a line; if the monitor is gone
	 * already, reading will tell. */
	oriel_fd_send(stream->out_fd, line, (size_t)n, -1);
	uv_poll_start(&stream->in, UV_READABLE, handle_answer);
	uv_timer_start(&vsock->limit, handle_limit, ANSWER_MS, 0);
}

static void destroy(struct oriel_carrier *carrier)
{
	struct vsock_unix *vsock = (struct vsock_unix *)carrier;

	uv_close((uv_handle_t *)&vsock->limit, oriel_stream_handle_closed);
	oriel_stream_destroy(carrier);
}

static const struct oriel_carrier_ops vsock_unix_ops = {
	.name = "vsock",
	.passes_fds = false,
	.start = start,
	.write = oriel_stream_write,
	.finish = oriel_stream_finish,
	.pause = oriel_stream_pause,
	.destroy = destroy,
};

/* Takes fd. */
static int adopt(uv_loop_t *loop, int fd, unsigned port, struct oriel_carrier **ret)
{
	struct vsock_unix *vsock = calloc(1, sizeof(*vsock));

	if (!vsock) {
		oriel_fd_close(&fd);
		return -ENOMEM;
	}
	int r = oriel_stream_init(&vsock->stream, loop, &vsock_unix_ops, fd, -1);
	if (r < 0)
		return r;
	vsock->stream.max_send = ORIEL_VSOCK_CHUNK;
	vsock->stream.connecting = true;
	vsock->stream.ended = handle_ended;
	vsock->port = port;
	uv_timer_init(loop, &vsock->limit);
	vsock->limit.data = &vsock->stream;
	vsock->stream.handles++;
	*ret = &vsock->stream.base;
	return 0;
}

int oriel_carrier_vsock_unix_connect(
	uv_loop_t *loop, const char *path, unsigned port, struct oriel_carrier **ret)
{
	int fd = oriel_fd_unix_connect(path);

	return fd < 0 ? fd : adopt(loop, fd, port, ret);
}
