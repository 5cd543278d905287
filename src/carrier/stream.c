/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
#include "src/carrier/stream.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "src/carrier/fd.h"

/* After a failed write the other end's last words may still wait to be read. */
#define GRACE_MS 1000
/* Reads in a row before other handles of the loop get their turn. */
#define MAX_READS 8

static struct oriel_stream *from_carrier(struct oriel_carrier *carrier)
{
	return (struct oriel_stream *)carrier;
}

static void end(struct oriel_stream *stream, int error)
{
	stream->over = true;
	stream->data = NULL;
	uv_poll_stop(&stream->in);
	uv_poll_stop(&stream->out);
	uv_timer_stop(&stream->later);
	if (stream->ended)
		stream->ended(stream, error);
	else
		stream->events->closed(stream->user, error,
			error ? uv_strerror(error) : "the other end has closed the connection");
}

static ssize_t receive(struct oriel_stream *stream, int *ret_fd)
{
	ssize_t n;

	if (!stream->plain)
		return oriel_fd_receive(
			stream->in_fd, stream->buffer, sizeof(stream->buffer), ret_fd);
	do
		n = read(stream->in_fd, stream->buffer, sizeof(stream->buffer));
	while (n < 0 && errno == EINTR);
	return n < 0 ? -errno : n;
}

static ssize_t send_some(struct oriel_stream *stream)
{
	size_t size = stream->size;
	ssize_t n;

	if (stream->max_send && size > stream->max_send)
		size = stream->max_send;
	if (!stream->plain)
		return oriel_fd_send(stream->out_fd, stream->data, size, stream->fd);
	if (stream->fd >= 0)
		return -EINVAL; /* what a socket that passes none says */
	do
		n = write(stream->out_fd, stream->data, size);
	while (n < 0 && errno == EINTR);
	return n < 0 ? -errno : n;
}

static bool read_once(struct oriel_stream *stream)
{
	int fd = -1;
	ssize_t n = receive(stream, &fd);

	if (n == -EAGAIN)
		return false;
	if (n <= 0) {
		end(stream, (int)n);
		return false;
	}
	stream->events->data(stream->user, stream->buffer, (size_t)n, fd);
	/* A short read has most likely emptied the socket. */
	return !stream->destroyed && !stream->paused && n == sizeof(stream->buffer);
}

static void handle_readable(uv_poll_t *poll, int status, int events)
{
	struct oriel_stream *stream = poll->data;
	int left = MAX_READS;

	(void)events;
	while (left-- > 0 && read_once(stream))
		;
	/* libuv stops a handle of a socket with an error; there may be bytes before it. */
	if (status < 0 && !stream->over && !stream->destroyed && !stream->paused)
		uv_poll_start(&stream->in, UV_READABLE, handle_readable);
}

static void handle_later(uv_timer_t *timer)
{
	struct oriel_stream *stream = timer->data;

	if (!stream->written_due) {
		end(stream, stream->error);
		return;
	}
	stream->written_due = false;
	stream->events->written(stream->user);
}

static void write_failed(struct oriel_stream *stream, int error)
{
	stream->error = error;
	stream->data = NULL;
	uv_poll_stop(&stream->out);
	if (stream->started)
		uv_timer_start(&stream->later, handle_later, GRACE_MS, 0);
}

static void handle_writable(uv_poll_t *poll, int status, int events);

static void push(struct oriel_stream *stream)
{
	while (stream->size > 0) {
		ssize_t n = send_some(stream);
		if (n == -EAGAIN) {
			uv_poll_start(&stream->out, UV_WRITABLE, handle_writable);
			return;
		}
		if (n < 0) {
			write_failed(stream, (int)n);
			return;
		}
		stream->fd = -1;
		stream->data += n;
		stream->size -= (size_t)n;
	}
	stream->data = NULL;
	stream->written_due = true;
	/* Stopping asks the system, even when there is nothing to stop. */
	if (uv_is_active((uv_handle_t *)&stream->out))
		uv_poll_stop(&stream->out);
	uv_timer_start(&stream->later, handle_later, 0, 0);
}

static void start_reading(struct oriel_stream *stream)
{
	if (!stream->paused)
		uv_poll_start(&stream->in, UV_READABLE, handle_readable);
}

static void connected(struct oriel_stream *stream)
{
	int error = 0;
	socklen_t size = sizeof(error);

	stream->connecting = false;
	uv_poll_stop(&stream->out);
	if (getsockopt(stream->out_fd, SOL_SOCKET, SO_ERROR, &error, &size) < 0)
		error = errno;
	stream->error = -error;
	if (error && stream->started)
		end(stream, -error);
	else if (!error && stream->started)
		start_reading(stream);
}

static void handle_writable(uv_poll_t *poll, int status, int events)
{
	struct oriel_stream *stream = poll->data;

	(void)status; /* the system call says what is wrong */
	(void)events;
	if (stream->connecting)
		connected(stream);
	if (stream->data && !stream->error && !stream->destroyed)
		push(stream);
	else if (stream->finished && !stream->over && !stream->destroyed)
		shutdown(stream->out_fd, SHUT_WR);
}

void oriel_stream_handle_closed(uv_handle_t *handle)
{
	struct oriel_stream *stream = handle->data;

	if (--stream->handles == 0)
		free(stream);
}

static void close_handle(struct oriel_stream *stream, uv_handle_t *handle)
{
	(void)stream;
	uv_close(handle, oriel_stream_handle_closed);
}

int oriel_stream_init(struct oriel_stream *stream, uv_loop_t *loop,
	const struct oriel_carrier_ops *ops, int in_fd, int out_fd)
{
	int r = 0;

	stream->base = (struct oriel_carrier){.ops = ops, .loop = loop};
	stream->in_fd = in_fd;
	stream->out_fd = out_fd >= 0 ? out_fd : oriel_fd_dup(in_fd);
	stream->fd = -1;
	if (stream->out_fd < 0)
		r = stream->out_fd;
	uv_timer_init(loop, &stream->later);
	stream->later.data = stream;
	stream->handles = 1;
	if (r == 0)
		r = uv_poll_init(loop, &stream->in, in_fd);
	if (r < 0)
		goto err_later;
	stream->in.data = stream;
	stream->handles++;
	r = uv_poll_init(loop, &stream->out, stream->out_fd);
	if (r < 0)
		goto err_in;
	stream->out.data = stream;
	stream->handles++;
	return 0;

err_in:
	close_handle(stream, (uv_handle_t *)&stream->in);
err_later:
	close_handle(stream, (uv_handle_t *)&stream->later);
	oriel_fd_close(&stream->in_fd);
	oriel_fd_close(&stream->out_fd);
	return r;
}

int oriel_stream_create(uv_loop_t *loop, const struct oriel_carrier_ops *ops, int fd,
	struct oriel_stream **ret_stream)
{
	struct oriel_stream *stream = calloc(1, sizeof(*stream));

	if (!stream) {
		oriel_fd_close(&fd);
		return -ENOMEM;
	}
	int r = oriel_stream_init(stream, loop, ops, fd, -1);
	if (r == 0)
		*ret_stream = stream;
	return r;
}

void oriel_stream_wait_connect(struct oriel_stream *stream)
{
	stream->connecting = true;
	uv_poll_start(&stream->out, UV_WRITABLE, handle_writable);
}

void oriel_stream_opened(struct oriel_stream *stream)
{
	stream->connecting = false;
	start_reading(stream);
	if (stream->data)
		push(stream);
	else if (stream->finished)
		shutdown(stream->out_fd, SHUT_WR);
}

void oriel_stream_fail(struct oriel_stream *stream, int error)
{
	end(stream, error);
}

void oriel_stream_start(
	struct oriel_carrier *carrier, const struct oriel_carrier_events *events, void *user)
{
	struct oriel_stream *stream = from_carrier(carrier);

	stream->events = events;
	stream->user = user;
	stream->started = true;
	if (stream->error)
		uv_timer_start(&stream->later, handle_later, 0, 0);
	else if (!stream->connecting)
		start_reading(stream);
}

void oriel_stream_write(struct oriel_carrier *carrier, const void *data, size_t size, int fd)
{
	struct oriel_stream *stream = from_carrier(carrier);

	if (stream->error)
		return; /* the end is on its way */
	stream->data = data;
	stream->size = size;
	stream->fd = fd;
	if (!stream->connecting)
		push(stream);
}

void oriel_stream_finish(struct oriel_carrier *carrier)
{
	struct oriel_stream *stream = from_carrier(carrier);

	stream->finished = true;
	if (!stream->connecting)
		shutdown(stream->out_fd, SHUT_WR);
}

void oriel_stream_pause(struct oriel_carrier *carrier, bool paused)
{
	struct oriel_stream *stream = from_carrier(carrier);

	stream->paused = paused;
	if (stream->over || stream->connecting)
		return;
	if (paused)
		uv_poll_stop(&stream->in);
	else
		start_reading(stream);
}

void oriel_stream_destroy(struct oriel_carrier *carrier)
{
	struct oriel_stream *stream = from_carrier(carrier);

	stream->destroyed = true;
	close_handle(stream, (uv_handle_t *)&stream->in);
	close_handle(stream, (uv_handle_t *)&stream->out);
	close_handle(stream, (uv_handle_t *)&stream->later);
	oriel_fd_close(&stream->in_fd);
	oriel_fd_close(&stream->out_fd);
}
