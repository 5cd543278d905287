/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/*
 * The viewer of the tests: keeps what it is sent as textures, and answers as a viewer does.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "src/pixels/damage.h"
#include "tests/guest/peer_memory.h"
#include "tests/guest/world.h"

/* Frames -----------------------------------------------------------------------------------------
 */

static struct texture *texture_for(struct peer *peer, const struct oriel_wire_layer *layer)
{
	struct texture *free_one = NULL;

	for (int i = 0; i < 256; i++) {
		struct texture *t = &peer->textures[i];

		if (t->id == layer->id && t->width == layer->buffer_width &&
			t->height == layer->buffer_height)
			return t;
		if (t->id == layer->id || (!t->id && !free_one))
			free_one = t;
		if (t->id == layer->id)
			break;
	}
	assert_non_null(free_one);
	free(free_one->pixels);
	free_one->id = layer->id;
	free_one->width = layer->buffer_width;
	free_one->height = layer->buffer_height;
	free_one->pixels = calloc((size_t)layer->buffer_width * layer->buffer_height, 4);
	return free_one;
}

static void upload(
	struct peer *peer, const struct oriel_msg_frame *frame, const struct oriel_wire_rect *rect)
{
	struct oriel_rect area = {
		(int32_t)rect->x, (int32_t)rect->y, (int32_t)rect->width, (int32_t)rect->height};
	size_t size = (size_t)rect->width * rect->height * 4;
	struct texture *texture;
	uint8_t *decoded = malloc(size);
	const void *packed = decoded;

	assert_true(rect->layer < frame->n_layers);
	texture = texture_for(peer, &frame->layers[rect->layer]);
	assert_true(rect->x + rect->width <= texture->width);
	assert_true(rect->y + rect->height <= texture->height);
	if (rect->encoding == ORIEL_ENCODING_RING) {
		assert_int_equal(rect->length, size);
		packed = oriel_ring_view(peer->ring, rect->offset, rect->length);
		assert_non_null(packed);
		if (peer->unplugged)
			packed = memset(decoded, 0, size);
	} else if (rect->encoding == ORIEL_ENCODING_BUFFER) {
		peer_memory_read(peer, &frame->layers[rect->layer], rect, decoded);
		peer->lent++;
	} else {
		assert_true((uint64_t)rect->offset + rect->length <= frame->data.size);
		assert_int_equal(oriel_codec_decode(peer->codec, rect->encoding,
					 (const uint8_t *)frame->data.data + rect->offset,
					 rect->length, decoded, size),
			0);
	}
	oriel_pixels_unpack(texture->pixels, (size_t)texture->width * 4, packed, &area);
	peer->pixels += size / 4;
	free(decoded);
}

static void handle_frame(struct peer *peer, const struct oriel_msg_frame *frame)
{
	assert_true(peer_shows(peer, frame->window));
	for (uint32_t i = 0; i < frame->n_rects; i++)
		upload(peer, frame, &frame->rects[i]);
	peer->parts++;
	peer->frames += frame->final;
	peer->last = *frame;
	peer->last.data.data = NULL;
	if (peer->hold)
		return;
	if (frame->final)
		peer_presented(peer, frame->window, frame->serial);
	else
		peer_consumed(peer);
}

/* Windows ----------------------------------------------------------------------------------------
 */

bool peer_shows(const struct peer *peer, uint32_t window)
{
	for (int i = 0; i < 64; i++)
		if (peer->shown[i] == window)
			return true;
	return false;
}

static void handle_window(struct peer *peer, const struct oriel_msg_window *window)
{
	peer->windows++;
	peer->window = *window;
	peer->window.title = peer->window.app_id = NULL;
	assert_true(window->parent == 0 || peer_shows(peer, window->parent));
	if (peer_shows(peer, window->window))
		return;
	for (int i = 0; i < 64; i++) {
		if (peer->shown[i] == 0) {
			peer->shown[i] = window->window;
			return;
		}
	}
	fail_msg("too many windows for this test");
}

static void handle_gone(struct peer *peer, uint32_t window)
{
	assert_true(peer_shows(peer, window));
	peer->gone++;
	for (int i = 0; i < 64; i++)
		if (peer->shown[i] == window)
			peer->shown[i] = 0;
}

/* Programs ---------------------------------------------------------------------------------------
 */

static void handle_output(struct peer *peer, const struct oriel_msg_launch_output *msg)
{
	int i = msg->stream - 1;

	assert_int_equal(peer->exits, 0);
	assert_true(peer->n_output[i] + msg->data.size < sizeof peer->output[i]);
	memcpy(peer->output[i] + peer->n_output[i], msg->data.data, msg->data.size);
	peer->n_output[i] += msg->data.size;
}

static void handle_exit(struct peer *peer, const struct oriel_msg_launch_exit *msg)
{
	peer->exits++;
	peer->exit_status = msg->status;
	snprintf(peer->exit_reason, sizeof peer->exit_reason, "%s", msg->reason);
}

/* Link -------------------------------------------------------------------------------------------
 */

static void handle_ready(void *user, const struct oriel_msg_hello *hello)
{
	struct peer *peer = user;

	assert_non_null(strstr(hello->program, "orield"));
	peer->ready = true;
}

static void handle_ring(struct peer *peer, const struct oriel_msg_ring *msg, int fd)
{
	assert_true(fd >= 0);
	oriel_ring_destroy(peer->ring);
	peer->ring = NULL;
	assert_int_equal(msg->id, ++peer->rings);
	assert_int_equal(oriel_ring_map(fd, msg->size, &peer->ring), 0);
}

static void keep_counters(struct peer *peer, const struct oriel_msg_stats *stats)
{
	peer->n_counters = stats->n_counters;
	for (uint32_t i = 0; i < stats->n_counters; i++) {
		snprintf(peer->counters[i].name, sizeof peer->counters[i].name, "%s",
			stats->counters[i].name);
		peer->counters[i].value = stats->counters[i].value;
	}
}

static void handle_message(void *user, const struct oriel_msg *msg, int fd)
{
	struct peer *peer = user;

	if (peer_memory_handle(peer, msg))
		return;
	switch (msg->type) {
	case ORIEL_MSG_RING:
		handle_ring(peer, &msg->ring, fd);
		break;
	case ORIEL_MSG_WINDOW:
		handle_window(peer, &msg->window);
		break;
	case ORIEL_MSG_WINDOW_GONE:
		handle_gone(peer, msg->window_gone.window);
		break;
	case ORIEL_MSG_FRAME:
		handle_frame(peer, &msg->frame);
		break;
	case ORIEL_MSG_REQUEST:
		peer->requests++;
		peer->request = msg->request;
		break;
	case ORIEL_MSG_TEXT_INPUT:
		peer->fields++;
		peer->field = msg->text_input;
		snprintf(peer->surrounding, sizeof peer->surrounding, "%s",
			msg->text_input.surrounding);
		break;
	case ORIEL_MSG_CURSOR:
		peer->cursors++;
		break;
	case ORIEL_MSG_ICON:
		peer->icons++;
		break;
	case ORIEL_MSG_LAUNCH_OUTPUT:
		handle_output(peer, &msg->launch_output);
		break;
	case ORIEL_MSG_LAUNCH_EXIT:
		handle_exit(peer, &msg->launch_exit);
		break;
	case ORIEL_MSG_STATS:
		keep_counters(peer, &msg->stats);
		break;
	case ORIEL_MSG_WINDOW_STATS:
		if (msg->window_stats.final)
			peer->answered = msg->window_stats.id;
		break;
	default:
		if (peer->other)
			peer->other(peer, msg);
		break;
	}
}

static void handle_closed(void *user, int error, enum oriel_error code, const char *reason)
{
	struct peer *peer = user;

	(void)code;
	peer->closed = true;
	peer->error = error;
	snprintf(peer->reason, sizeof peer->reason, "%s", reason);
}

static const struct oriel_link_events events = {
	.ready = handle_ready,
	.message = handle_message,
	.closed = handle_closed,
};

static void make_carriers(struct world *world, bool ring, struct oriel_carrier *carriers[2])
{
	struct oriel_carrier_pair_options options = {0};
	int fds[2];

	if (!ring) {
		assert_int_equal(oriel_carrier_pair(&world->loop, &options, carriers), 0);
		return;
	}
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds), 0);
	for (int i = 0; i < 2; i++)
		assert_int_equal(oriel_carrier_unix_adopt(&world->loop, fds[i], &carriers[i]), 0);
}

static struct peer *connect_with(
	struct world *world, enum oriel_role role, bool ring, uint64_t features)
{
	struct peer *peer = calloc(1, sizeof *peer);
	struct oriel_carrier *carriers[2];
	struct oriel_link_options options = {
		.side = ORIEL_WIRE_HOST,
		.role = role,
		.features = ORIEL_FEATURE_INLINE_RAW | ORIEL_FEATURE_INLINE_LZ4 |
			    ORIEL_FEATURE_INLINE_ZSTD | features | (ring ? ORIEL_FEATURE_RING : 0),
		.program = "test viewer",
	};

	peer->world = world;
	assert_int_equal(oriel_codec_create(&peer->codec), 0);
	make_carriers(world, ring, carriers);
	oriel_core_accept(&world->core, carriers[0], "test", false);
	assert_int_equal(oriel_link_create(carriers[1], &options, &events, peer, &peer->link), 0);
	world_until(world, peer->ready || peer->closed);
	return peer;
}

struct peer *peer_connect(struct world *world, enum oriel_role role, bool ring)
{
	return connect_with(world, role, ring, ORIEL_FEATURE_TEXT);
}

struct peer *peer_in_vm(struct world *world, const char *device, uint8_t token, enum peer_ram ram,
	uint32_t width, uint32_t height)
{
	struct peer *peer = connect_with(
		world, ORIEL_ROLE_ATTACH, false, ORIEL_FEATURE_MEMORY | ORIEL_FEATURE_BUFFERS);

	peer->ram = ram;
	if (width == 0)
		return peer;
	peer_memory_tell(peer, device, token);
	peer_outputs(peer, width, height);
	/* The second time for the answer to ram_probe. */
	peer_sync(peer);
	peer_sync(peer);
	return peer;
}

struct peer *peer_connect_without_text(struct world *world)
{
	return connect_with(world, ORIEL_ROLE_ATTACH, true, 0);
}

struct peer *peer_viewer(struct world *world, enum oriel_role role, bool ring)
{
	struct peer *peer = peer_connect(world, role, ring);

	peer_outputs(peer, 1280, 800);
	return peer;
}

struct peer *peer_sharing(struct world *world)
{
	struct peer *peer = connect_with(world, ORIEL_ROLE_ATTACH, true, ORIEL_FEATURE_CLIPBOARD);

	peer_outputs(peer, 1280, 800);
	return peer;
}

void peer_destroy(struct peer *peer)
{
	oriel_link_destroy(peer->link);
	oriel_ring_destroy(peer->ring);
	peer_memory_finish(peer);
	oriel_codec_destroy(peer->codec);
	for (int i = 0; i < 256; i++)
		free(peer->textures[i].pixels);
	free(peer);
}

/* Speaking ---------------------------------------------------------------------------------------
 */

void peer_send(struct peer *peer, const struct oriel_msg *msg)
{
	assert_int_equal(oriel_link_send(peer->link, msg, -1), 0);
}

void peer_outputs(struct peer *peer, uint32_t width, uint32_t height)
{
	struct oriel_msg msg = {.type = ORIEL_MSG_OUTPUTS};

	msg.outputs.n_outputs = 1;
	msg.outputs.outputs[0] = (struct oriel_wire_output){
		.id = 1, .width = width, .height = height, .scale = 120, .name = "test"};
	peer_send(peer, &msg);
}

void peer_presented(struct peer *peer, uint32_t window, uint32_t serial)
{
	struct oriel_msg msg = {.type = ORIEL_MSG_PRESENTED};

	msg.presented.window = window;
	msg.presented.serial = serial;
	msg.presented.ring_position = peer->last.ring_position;
	msg.presented.latency_us = 100;
	peer_send(peer, &msg);
}

void peer_consumed(struct peer *peer)
{
	struct oriel_msg msg = {.type = ORIEL_MSG_CONSUMED};

	msg.consumed.ring_position = peer->last.ring_position;
	peer_send(peer, &msg);
}

void peer_sync(struct peer *peer)
{
	struct oriel_msg msg = {.type = ORIEL_MSG_STATS_GET};

	/* What the fake Mir has for the core comes first. */
	for (int i = 0; i < 3; i++)
		uv_run(&peer->world->loop, UV_RUN_NOWAIT);
	msg.stats_get.id = ++peer->asked;
	peer_send(peer, &msg);
	world_until(peer->world, peer->answered == peer->asked || peer->closed);
}

const struct texture *peer_texture(const struct peer *peer, uint32_t layer)
{
	for (int i = 0; i < 256; i++)
		if (peer->textures[i].id == layer)
			return &peer->textures[i];
	fail_msg("layer %u was never sent", layer);
	return NULL;
}

bool peer_painted(const struct peer *peer, uint32_t layer, uint32_t seed)
{
	const struct texture *t = peer_texture(peer, layer);

	for (uint32_t y = 0; y < t->height; y++)
		for (uint32_t x = 0; x < t->width; x++)
			if (t->pixels[(size_t)y * t->width + x] != fake_colour(x, y, seed))
				return false;
	return true;
}

struct fake_window *peer_show(struct peer *peer, uint32_t id, uint32_t width, uint32_t height)
{
	struct fake_window *window = fake_painted(&peer->world->mir, id, width, height);

	world_until(peer->world, window->dones == 1);
	assert_true(peer_painted(peer, id * 10, id));
	return window;
}

void peer_look_again(struct peer *peer)
{
	for (uint32_t i = 0; i < peer->last.n_rects; i++)
		upload(peer, &peer->last, &peer->last.rects[i]);
}

uint64_t peer_counter(const struct peer *peer, const char *name)
{
	for (uint32_t i = 0; i < peer->n_counters; i++)
		if (strcmp(peer->counters[i].name, name) == 0)
			return peer->counters[i].value;
	fail_msg("there is no counter %s", name);
	return 0;
}

void peer_launch(struct peer *peer, uint64_t launch, ...)
{
	struct oriel_msg msg = {.type = ORIEL_MSG_LAUNCH};
	const char *arg;
	va_list args;

	msg.launch.launch = launch;
	msg.launch.cwd = "/";
	va_start(args, launch);
	while ((arg = va_arg(args, const char *)))
		msg.launch.args[msg.launch.n_args++].value = arg;
	va_end(args);
	peer_send(peer, &msg);
}
