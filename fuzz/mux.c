/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/*
 * One end of a mux, whose other end may send anything. Input: a byte that says how, then what
 * comes. Bit 0 of the first: the host's end; bit 1: in a session, which was agreed upon before; bit
 * 2: the rest are records that become whole frames: kind, channel, length (u16) and so much
 * payload; else it is the stream itself. The other bits: the largest piece that is read at once, 0
 * = all.
 */
#include <stdlib.h>
#include <string.h>

#include "fuzz/fuzz.h"
#include "src/base/log.h"
#include "src/carrier/mux_internal.h"
#include "tests/carrier/wire.h"

#define SIDE_HOST 1
#define SESSION 2
#define RECORDS 4
#define MAX_CHANNELS 100

struct user {
	struct scene *scene;
	struct oriel_carrier *carrier; /* NULL: destroyed */
	bool closed;
};

struct scene {
	struct wire wire;
	struct oriel_mux *mux;
	bool ended;
	struct user users[MAX_CHANNELS];
	size_t n_users;
	unsigned char answer[ORIEL_MUX_CHUNK];
};

static void expect(bool truth)
{
	if (!truth)
		abort();
}

static void destroy(struct user *user)
{
	user->carrier->ops->destroy(user->carrier);
	user->carrier = NULL;
}

/* The first byte says what the user of the channel does about it. */
static void handle_data(void *data, const void *untrusted_data, size_t size, int fd)
{
	struct user *user = data;
	struct oriel_carrier *carrier = user->carrier;

	expect(size > 0 && fd == -1 && carrier && !user->closed);
	switch (*(const unsigned char *)untrusted_data % 8) {
	case 0:
		destroy(user);
		break;
	case 1:
		carrier->ops->pause(carrier, true);
		break;
	case 2:
		oriel_mux_close(carrier, -1, "no");
		user->carrier = NULL;
		break;
	case 3:
		if (!((struct oriel_channel *)carrier)->data)
			carrier->ops->write(carrier, user->scene->answer, ORIEL_MUX_CHUNK, -1);
		break;
	default:
		break;
	}
}

static void handle_written(void *data)
{
	struct user *user = data;

	expect(user->carrier && !user->closed);
}

static void handle_closed(void *data, int error, const char *reason)
{
	struct user *user = data;

	expect(user->carrier && !user->closed && reason && error <= 0);
	user->closed = true;
}

static void add_user(struct scene *scene, struct oriel_carrier *carrier)
{
	static const struct oriel_carrier_events events = {
		handle_data, handle_written, handle_closed};
	struct user *user = &scene->users[scene->n_users];

	if (scene->n_users == MAX_CHANNELS) {
		carrier->ops->destroy(carrier);
		return;
	}
	scene->n_users++;
	*user = (struct user){.scene = scene, .carrier = carrier};
	/* One in four stays as it came: what it gets has to be kept. */
	if (scene->n_users % 4)
		carrier->ops->start(carrier, &events, user);
}

static void handle_accept(void *user, struct oriel_carrier *channel)
{
	add_user(user, channel);
}

static void handle_up(void *user)
{
	struct scene *scene = user;
	struct oriel_carrier *carrier;

	for (int i = 0; i < 5; i++)
		if (oriel_mux_open(scene->mux, &carrier) == 0)
			add_user(scene, carrier);
}

static void handle_mux_closed(void *user, int error, const char *reason)
{
	(void)error;
	(void)reason;
	((struct scene *)user)->ended = true;
}

static void check(const struct scene *scene)
{
	unsigned n = 0;

	for (unsigned i = 0; i < ORIEL_MUX_CHANNELS; i++) {
		const struct oriel_channel *channel = scene->mux->channels[i];
		if (!channel)
			continue;
		n++;
		expect(channel->mux == scene->mux);
		expect(channel->held_size <= ORIEL_MUX_WINDOW);
		expect(channel->held_size + channel->taken + channel->window <= ORIEL_MUX_WINDOW ||
			channel->destroyed || channel->ended);
		expect(channel->credit <= ORIEL_MUX_MAX_WINDOW);
	}
	expect(n == scene->mux->n_channels);
}

static void run(struct scene *scene)
{
	/* Timers that are due run; the one of the next hello is far. */
	for (int i = 0; i < 10; i++)
		uv_run(scene->wire.loop, UV_RUN_NOWAIT);
	while (scene->wire.ends[0] && scene->wire.pipes[0].size > 0)
		uv_run(scene->wire.loop, UV_RUN_NOWAIT);
	check(scene);
}

/* The other end's hello; the tag of the session. */
static uint32_t greet(struct scene *scene, bool host)
{
	unsigned char bytes[ORIEL_MUX_HELLO];
	struct oriel_mux_hello hello = {
		.version = ORIEL_MUX_VERSION,
		.side = host ? ORIEL_MUX_GUEST : ORIEL_MUX_HOST,
		.asks = true,
		.window = ORIEL_MUX_MIN_WINDOW,
		.epoch = 77,
		.echo = scene->mux->epoch,
	};

	wire_inject(&scene->wire, 0, bytes, oriel_mux_put_hello(bytes, &hello));
	run(scene);
	expect(oriel_mux_is_up(scene->mux));
	return scene->mux->reader.tag;
}

static void send_records(struct scene *scene, uint32_t tag, const uint8_t *data, size_t size)
{
	static unsigned char payload[65536], frame[ORIEL_MUX_FRAME(65536)];

	while (size >= 4) {
		size_t length = data[2] | (size_t)data[3] << 8;
		size_t given = size - 4 < length ? size - 4 : length;

		memset(payload, 7, length);
		memcpy(payload, data + 4, given);
		wire_inject(&scene->wire, 0, frame,
			oriel_mux_put_frame(frame, tag, (enum oriel_mux_kind)data[0], data[1],
				payload, length));
		data += 4 + given;
		size -= 4 + given;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct oriel_mux_events events = {handle_accept, handle_up, handle_mux_closed};
	static struct scene scene;
	uv_loop_t loop;
	uint32_t tag = 1;

	if (size < 1)
		return 0;
	oriel_log_init("fuzz-mux", ORIEL_LOG_ERROR);
	memset(&scene, 0, sizeof(scene));
	expect(uv_loop_init(&loop) == 0);
	scene.wire = (struct wire){.loop = &loop};
	expect(oriel_mux_create(&loop, wire_attach(&scene.wire, 0),
		       data[0] & SIDE_HOST ? ORIEL_MUX_HOST : ORIEL_MUX_GUEST, &events, &scene,
		       &scene.mux) == 0);
	if (data[0] & SESSION)
		tag = greet(&scene, data[0] & SIDE_HOST);
	scene.wire.piece = data[0] >> 3;
	if (data[0] & RECORDS)
		send_records(&scene, tag, data + 1, size - 1);
	else
		wire_inject(&scene.wire, 0, data + 1, size - 1);
	run(&scene);
	wire_hang_up(&scene.wire, 0);
	for (int i = 0; i < 10; i++)
		uv_run(&loop, UV_RUN_NOWAIT);
	expect(scene.ended);
	oriel_mux_destroy(scene.mux);
	for (size_t i = 0; i < scene.n_users; i++)
		if (scene.users[i].carrier)
			destroy(&scene.users[i]);
	uv_run(&loop, UV_RUN_DEFAULT);
	expect(uv_loop_close(&loop) == 0);
	wire_finish(&scene.wire);
	return 0;
}
