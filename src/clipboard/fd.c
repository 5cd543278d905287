/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
#include "src/clipboard/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "src/base/log.h"

#define CHUNK 65536

struct end {
	uv_poll_t poll;
	int fd;
	struct oriel_flow *flow; /* NULL: it is over */
	/* Of a writer: */
	const char *what;
	char *data;
	size_t start, size, capacity;
};

static void handle_closed(uv_handle_t *handle)
{
	struct end *end = handle->data;

	free(end->data);
	free(end);
}

static void close_end(struct end *end)
{
	end->flow = NULL;
	uv_poll_stop(&end->poll);
	close(end->fd);
	uv_close((uv_handle_t *)&end->poll, handle_closed);
}

/* Takes fd, on failure too. Regular files can't be polled and are refused: they could block. */
static struct end *open_end(uv_loop_t *loop, int fd)
{
	struct end *end = calloc(1, sizeof *end);
	int flags = fcntl(fd, F_GETFL);

	if (!end || flags < 0 || fcntl(fd, F_SETFL, flags | O_NONBLOCK) < 0 ||
		uv_poll_init(loop, &end->poll, fd) < 0) {
		close(fd);
		free(end);
		return NULL;
	}
	end->fd = fd;
	end->poll.data = end;
	uv_unref((uv_handle_t *)&end->poll);
	return end;
}

/* Reading ------------------------------------------------------------------------------------- */

/* One piece. False: no more for now. */
static bool read_piece(struct end *end)
{
	char data[CHUNK];
	struct oriel_flow *flow = end->flow;
	size_t room = oriel_flow_room(flow);
	ssize_t n = room > 0 ? read(end->fd, data, room < CHUNK ? room : CHUNK) : 0;

	if (room == 0) {
		uv_poll_stop(&end->poll);
		return false;
	}
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return false;
	if (n <= 0) {
		close_end(end);
		oriel_flow_end(
			flow, n < 0 ? "the program that copied it can't be read from" : NULL);
		return false;
	}
	/* When the flow is over it has closed us. */
	return oriel_flow_write(flow, data, (size_t)n);
}

static void handle_readable(uv_poll_t *poll, int status, int events)
{
	struct end *end = poll->data;

	(void)status;
	(void)events;
	/* Not for ever: others have their turn between. */
	for (int i = 0; i < 4 && read_piece(end); i++)
		;
}

static void handle_room(void *user, struct oriel_flow *flow)
{
	struct end *end = user;

	(void)flow;
	uv_poll_start(&end->poll, UV_READABLE | UV_DISCONNECT, handle_readable);
}

static void handle_gone(void *user, struct oriel_flow *flow)
{
	(void)flow;
	close_end(user);
}

static const struct oriel_flow_producer reader = {.room = handle_room, .gone = handle_gone};

void oriel_flow_read_fd(struct oriel_flow *flow, uv_loop_t *loop, int fd)
{
	struct end *end = open_end(loop, fd);

	if (!end) {
		oriel_flow_end(flow, "the program that copied it can't be read from");
		return;
	}
	end->flow = flow;
	oriel_flow_attach(flow, &reader, end);
	handle_room(end, flow);
}

/* Writing ------------------------------------------------------------------------------------- */

static void handle_writable(uv_poll_t *poll, int status, int events);

/* While there is nothing to write, only the end of the reader is of interest. */
static void watch(struct end *end)
{
	uv_poll_start(
		&end->poll, (end->size > 0 ? UV_WRITABLE : 0) | UV_DISCONNECT, handle_writable);
}

static void give_up(struct end *end)
{
	struct oriel_flow *flow = end->flow;

	close_end(end);
	oriel_flow_cancel(flow);
}

static void handle_writable(uv_poll_t *poll, int status, int events)
{
	struct end *end = poll->data;
	ssize_t n = 0;

	if (end->size > 0) {
		n = write(end->fd, end->data + end->start, end->size);
		if (n < 0 && (errno == EAGAIN || errno == EINTR))
			return;
	}
	if (n < 0 || (n == 0 && (status < 0 || events & UV_DISCONNECT))) {
		give_up(end);
		return;
	}
	end->start += (size_t)n;
	end->size -= (size_t)n;
	if (end->size == 0)
		watch(end);
	oriel_flow_taken(end->flow, (size_t)n);
}

static bool reserve(struct end *end, size_t size)
{
	char *data;

	if (end->start > 0)
		memmove(end->data, end->data + end->start, end->size);
	end->start = 0;
	if (end->size + size <= end->capacity)
		return true;
	data = realloc(end->data, end->size + size);
	if (!data)
		return false;
	end->data = data;
	end->capacity = end->size + size;
	return true;
}

static void handle_data(void *user, struct oriel_flow *flow, const void *data, size_t size)
{
	struct end *end = user;

	(void)flow;
	if (!reserve(end, size)) {
		give_up(end);
		return;
	}
	memcpy(end->data + end->size, data, size);
	end->size += size;
	watch(end);
}

static void handle_ended(void *user, struct oriel_flow *flow, const char *error)
{
	struct end *end = user;

	(void)flow;
	if (error)
		oriel_warning("%s: %s", end->what, error);
	close_end(end);
}

static const struct oriel_flow_consumer writer = {.data = handle_data, .ended = handle_ended};

struct oriel_flow *oriel_flow_write_fd(uv_loop_t *loop, int fd, const char *what)
{
	struct end *end = open_end(loop, fd);

	if (!end)
		return NULL;
	end->what = what;
	end->flow = oriel_flow_create(loop, &writer, end);
	if (end->flow)
		watch(end);
	else
		close_end(end);
	return end->flow;
}

/* Collecting ---------------------------------------------------------------------------------- */

struct collection {
	void (*done)(void *user, void *data, size_t size, const char *error);
	void *user;
	size_t max, size, capacity;
	char *data;
};

static void finish_collection(struct collection *c, const char *error)
{
	if (error) {
		free(c->data);
		c->data = NULL;
	}
	c->done(c->user, c->data, c->size, error);
	free(c);
}

static void handle_piece(void *user, struct oriel_flow *flow, const void *data, size_t size)
{
	struct collection *c = user;
	size_t capacity = c->capacity;
	char *larger = c->data;

	while (capacity - c->size < size && capacity <= c->max)
		capacity *= 2;
	if (capacity > c->capacity && size <= c->max - c->size)
		larger = realloc(c->data, capacity);
	if (!larger || size > c->max - c->size) {
		oriel_flow_cancel(flow);
		finish_collection(c, larger ? "it is too large" : "out of memory");
		return;
	}
	c->data = larger;
	c->capacity = capacity;
	memcpy(c->data + c->size, data, size);
	c->size += size;
	oriel_flow_taken(flow, size);
}

static void handle_collected(void *user, struct oriel_flow *flow, const char *error)
{
	(void)flow;
	finish_collection(user, error);
}

static const struct oriel_flow_consumer collector = {
	.data = handle_piece,
	.ended = handle_collected,
};

struct oriel_flow *oriel_flow_collect(uv_loop_t *loop, size_t max,
	void (*done)(void *user, void *data, size_t size, const char *error), void *user)
{
	struct collection *c = calloc(1, sizeof *c);
	struct oriel_flow *flow;

	if (!c)
		return NULL;
	*c = (struct collection){.done = done, .user = user, .max = max, .capacity = 4096};
	c->data = malloc(c->capacity);
	flow = c->data ? oriel_flow_create(loop, &collector, c) : NULL;
	if (!flow) {
		free(c->data);
		free(c);
	}
	return flow;
}
