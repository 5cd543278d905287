/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
#include "tests/link/feed.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The link, and the bare end that feeds it. */
struct feeder {
	struct oriel_link *link;
	struct oriel_carrier *bare;
	bool ready, closed;
	int error;
};

static void require(bool condition)
{
	if (!condition)
		abort();
}

static void handle_ready(void *user, const struct oriel_msg_hello *peer)
{
	struct feeder *feeder = user;

	require(!feeder->ready && !feeder->closed && peer->magic == ORIEL_WIRE_MAGIC);
	feeder->ready = true;
}

static void handle_message(void *user, const struct oriel_msg *msg, int fd)
{
	struct feeder *feeder = user;

	require(feeder->ready && !feeder->closed);
	/* Walks through all of it: what was let in can be sent again. */
	require(oriel_wire_size(msg) >= ORIEL_WIRE_HEADER);
	if (fd >= 0)
		close(fd);
}

static void handle_closed(void *user, int error, enum oriel_error code, const char *reason)
{
	struct feeder *feeder = user;

	(void)code;
	require(!feeder->closed && *reason);
	for (const char *c = reason; *c; c++)
		require((unsigned char)*c >= 0x20 && *c != 0x7f);
	feeder->closed = true;
	feeder->error = error;
}

static const struct oriel_link_events link_events = {
	.ready = handle_ready,
	.message = handle_message,
	.closed = handle_closed,
};

static void drop_data(void *user, const void *data, size_t size, int fd)
{
	(void)user;
	(void)data;
	(void)size;
	if (fd >= 0)
		close(fd);
}

static void end_bare(void *user)
{
	struct feeder *feeder = user;

	feeder->bare->ops->finish(feeder->bare);
}

static void ignore_closed(void *user, int error, const char *reason)
{
	(void)user;
	(void)error;
	(void)reason;
}

static const struct oriel_carrier_events bare_events = {
	.data = drop_data,
	.written = end_bare,
	.closed = ignore_closed,
};

/* Puts a good hello, if asked for, and the data into one buffer. */
static unsigned char *make_stream(
	const struct feed *feed, const void *data, size_t size, size_t *ret_size)
{
	unsigned char *stream = malloc(1024 + size);
	size_t used = 0;

	require(stream != NULL);
	if (feed->greet) {
		struct oriel_msg msg;
		memset(&msg, 0, sizeof(msg));
		msg.type = ORIEL_MSG_HELLO;
		msg.hello.magic = ORIEL_WIRE_MAGIC;
		msg.hello.major = ORIEL_WIRE_MAJOR;
		msg.hello.side =
			feed->side == ORIEL_WIRE_GUEST ? ORIEL_SIDE_HOST : ORIEL_SIDE_GUEST;
		msg.hello.program = "feed";
		require(oriel_wire_encode(&msg, stream, 1024, &used) == 0);
	}
	if (size > 0)
		memcpy(stream + used, data, size);
	*ret_size = used + size;
	return stream;
}

static void run(struct feeder *feeder, uv_loop_t *loop, const struct feed *feed,
	const unsigned char *stream, size_t size)
{
	struct oriel_carrier_pair_options pair = {.max_read = feed->max_read};
	struct oriel_link_options options = {.side = feed->side,
		.features = ORIEL_FEATURE_RING | ORIEL_FEATURE_INLINE_RAW,
		.program = "fed"};
	struct oriel_carrier *ends[2];

	require(oriel_carrier_pair(loop, &pair, ends) == 0);
	feeder->bare = ends[1];
	require(oriel_link_create(ends[0], &options, &link_events, feeder, &feeder->link) == 0);
	ends[1]->ops->start(ends[1], &bare_events, feeder);
	if (size > 0)
		ends[1]->ops->write(ends[1], stream, size, -1);
	else
		ends[1]->ops->finish(ends[1]);
	while (!feeder->closed)
		uv_run(loop, UV_RUN_ONCE);
	oriel_link_destroy(feeder->link);
	ends[1]->ops->destroy(ends[1]);
}

int feed_link(const struct feed *feed, const void *data, size_t size)
{
	struct feeder feeder = {0};
	uv_loop_t loop;
	size_t stream_size;
	unsigned char *stream = make_stream(feed, data, size, &stream_size);

	require(uv_loop_init(&loop) == 0);
	run(&feeder, &loop, feed, stream, stream_size);
	uv_run(&loop, UV_RUN_DEFAULT);
	require(uv_loop_close(&loop) == 0);
	free(stream);
	return feeder.error;
}
