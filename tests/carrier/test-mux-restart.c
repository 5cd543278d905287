/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/*
 * Either end of a mux dies after any byte that it writes, and another takes its place on the same
 * wire, where the old one's bytes still lie.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "tests/carrier/muxes.h"
#include "tests/carrier/wire.h"

#define TEXT 300

struct scene {
	struct muxes muxes;
	struct wire wire;
	struct probe host, guest;
	unsigned char *data;
};

static void attach(struct scene *scene, int end)
{
	if (end == 0)
		muxes_start_host(&scene->muxes, wire_attach(&scene->wire, 0));
	else
		muxes_start_guest(&scene->muxes, wire_attach(&scene->wire, 1));
}

static void detach(struct scene *scene, int end)
{
	struct oriel_mux **mux = end == 0 ? &scene->muxes.host : &scene->muxes.guest;

	oriel_mux_destroy(*mux);
	*mux = NULL;
}

static bool is_dead(const struct scene *scene, int end)
{
	const struct wire_pipe *pipe = &scene->wire.pipes[!end];
	return pipe->limit && pipe->written == pipe->limit;
}

static void reset(struct probe *probe)
{
	if (probe->carrier)
		probe_destroy(probe);
	memset(probe, 0, sizeof(*probe));
}

/* As far as it gets: a channel, words both ways, the end of it. */
static void play(struct scene *scene, int mortal)
{
	struct harness *harness = scene->muxes.harness;
	struct oriel_carrier *carrier;

	RUN_UNTIL(harness, is_dead(scene, mortal) || oriel_mux_is_up(scene->muxes.host));
	if (is_dead(scene, mortal))
		return;
	assert_int_equal(oriel_mux_open(scene->muxes.host, &carrier), 0);
	probe_start(&scene->host, carrier);
	probe_write(&scene->host, scene->data, TEXT, -1);
	RUN_UNTIL(harness, is_dead(scene, mortal) || scene->muxes.n_accepted);
	if (scene->muxes.n_accepted) {
		probe_start(&scene->guest, muxes_accept(&scene->muxes));
		probe_write(&scene->guest, scene->data, TEXT, -1);
	}
	RUN_UNTIL(harness,
		is_dead(scene, mortal) || (scene->guest.size == TEXT && scene->host.size == TEXT &&
						  scene->host.written && scene->guest.written));
	if (is_dead(scene, mortal))
		return;
	probe_finish(&scene->host);
	RUN_UNTIL(harness, is_dead(scene, mortal) || scene->guest.closed);
	if (!is_dead(scene, mortal))
		reset(&scene->guest);
}

static void check_prefix(const struct scene *scene, const struct probe *probe)
{
	assert_true(probe->size <= TEXT);
	if (probe->size)
		assert_memory_equal(probe->bytes, scene->data, probe->size);
}

/* Whatever there was of the first life: each channel ends by itself, and held nothing wrong. */
static void bury(struct scene *scene)
{
	struct harness *harness = scene->muxes.harness;

	check_prefix(scene, &scene->host);
	check_prefix(scene, &scene->guest);
	RUN_UNTIL(harness, (!scene->host.carrier || scene->host.closed) &&
				   (!scene->guest.carrier || scene->guest.closed));
	check_prefix(scene, &scene->host);
	check_prefix(scene, &scene->guest);
	reset(&scene->host);
	reset(&scene->guest);
	while (scene->muxes.n_accepted)
		probe_start(&scene->guest, muxes_accept(&scene->muxes));
	RUN_UNTIL(harness, !scene->guest.carrier || scene->guest.closed);
	reset(&scene->guest);
}

/* Whether the mortal end lived to the end of the play. */
static bool die_after(struct harness *harness, int mortal, size_t bytes, size_t piece)
{
	struct scene scene = {
		.muxes.harness = harness,
		.wire = {.loop = &harness->loop, .piece = piece},
		.data = probe_pattern(TEXT),
	};

	scene.wire.pipes[!mortal].limit = bytes;
	attach(&scene, 0);
	attach(&scene, 1);
	play(&scene, mortal);
	bool survived = !is_dead(&scene, mortal);

	detach(&scene, mortal);
	scene.wire.pipes[!mortal].limit = 0;
	attach(&scene, mortal);
	bury(&scene);
	muxes_open(&scene.muxes, &scene.host, &scene.guest);
	probe_exchange(harness, &scene.host, &scene.guest, 1000);
	probe_destroy(&scene.host);
	RUN_UNTIL(harness, scene.guest.closed);
	probe_destroy(&scene.guest);
	muxes_stop(&scene.muxes);
	wire_finish(&scene.wire);
	free(scene.data);
	return survived;
}

static void die_everywhere(struct harness *harness, int mortal, size_t piece)
{
	size_t bytes = 1;

	while (!die_after(harness, mortal, bytes, piece))
		bytes += bytes > 100 && bytes + 600 < ORIEL_MUX_PADDING ? 499 : 1;
	/* Padding and hello, and more. */
	assert_true(bytes > ORIEL_MUX_PADDING + ORIEL_MUX_HELLO + TEXT);
}

static void test_host_dies(void **state)
{
	die_everywhere(*state, 0, 0);
}

static void test_guest_dies(void **state)
{
	die_everywhere(*state, 1, 0);
}

static void test_deaths_on_a_slow_wire(void **state)
{
	for (size_t bytes = ORIEL_MUX_PADDING + 1; bytes < ORIEL_MUX_PADDING + 700; bytes += 23) {
		die_after(*state, 0, bytes, 100);
		die_after(*state, 1, bytes, 100);
	}
}

/* In the middle of a large chunk, whose rest the next life's bytes must not pass for. */
static void test_death_in_a_large_chunk(void **state)
{
	struct harness *harness = *state;

	for (int mortal = 0; mortal < 2; mortal++) {
		for (size_t bytes = 20000; bytes < 200000; bytes += 12345) {
			struct scene scene = {
				.muxes.harness = harness,
				.wire = {.loop = &harness->loop},
				.data = probe_pattern(500000),
			};
			struct probe *left = mortal ? &scene.host : &scene.guest;

			scene.wire.pipes[!mortal].limit = bytes;
			attach(&scene, 0);
			attach(&scene, 1);
			muxes_open(&scene.muxes, &scene.host, &scene.guest);
			probe_write(mortal ? &scene.guest : &scene.host, scene.data, 500000, -1);
			RUN_UNTIL(harness, is_dead(&scene, mortal));
			detach(&scene, mortal);
			scene.wire.pipes[!mortal].limit = 0;
			attach(&scene, mortal);
			RUN_UNTIL(harness, scene.host.closed && scene.guest.closed);
			assert_int_equal(left->error, -ECONNRESET);
			assert_string_equal(
				left->reason, "the other end of the serial port has started anew");
			assert_true(left->size < bytes);
			if (left->size)
				assert_memory_equal(left->bytes, scene.data, left->size);
			probe_destroy(&scene.host);
			probe_destroy(&scene.guest);
			muxes_stop(&scene.muxes);
			wire_finish(&scene.wire);
			free(scene.data);
		}
	}
}

/* Old bytes in both directions, hellos and frames of sessions that are long over. */
static void test_garbage_before_both(void **state)
{
	struct harness *harness = *state;
	unsigned char *garbage = probe_pattern(50000);
	struct scene scene = {
		.muxes.harness = harness,
		.wire = {.loop = &harness->loop, .piece = 333},
	};

	for (int side = 0; side < 2; side++) {
		struct oriel_mux_hello hello = {
			.version = ORIEL_MUX_VERSION,
			.side = side ? ORIEL_MUX_GUEST : ORIEL_MUX_HOST,
			.asks = true,
			.window = ORIEL_MUX_WINDOW,
			.epoch = 77,
			.echo = 78,
		};
		oriel_mux_put_hello(garbage + 100, &hello);
		hello.epoch = 79;
		oriel_mux_put_hello(garbage + 30000, &hello);
		oriel_mux_put_frame(
			garbage + 40000, oriel_mux_tag(77, 78), ORIEL_MUX_OPEN, 1, NULL, 0);
		wire_inject(&scene.wire, !side, garbage, 50000);
	}
	attach(&scene, 0);
	attach(&scene, 1);
	muxes_open(&scene.muxes, &scene.host, &scene.guest);
	probe_exchange(harness, &scene.host, &scene.guest, 1000);
	probe_destroy(&scene.host);
	probe_destroy(&scene.guest);
	muxes_stop(&scene.muxes);
	wire_finish(&scene.wire);
	free(garbage);
}

/* Bytes in the middle of a session that belong to none: it ends, and another begins. */
static void test_garbage_in_a_session(void **state)
{
	struct harness *harness = *state;
	struct scene scene = {
		.muxes.harness = harness,
		.wire = {.loop = &harness->loop},
	};

	attach(&scene, 0);
	attach(&scene, 1);
	for (int end = 0; end < 2; end++) {
		muxes_open(&scene.muxes, &scene.host, &scene.guest);
		unsigned ups = scene.muxes.ups;
		wire_inject(&scene.wire, end, "what is this", 12);
		RUN_UNTIL(harness, scene.host.closed && scene.guest.closed);
		assert_int_equal(scene.host.error, -ECONNRESET);
		assert_int_equal(scene.guest.error, -ECONNRESET);
		RUN_UNTIL(harness, scene.muxes.ups > ups);
		reset(&scene.host);
		reset(&scene.guest);
	}
	muxes_open(&scene.muxes, &scene.host, &scene.guest);
	probe_exchange(harness, &scene.host, &scene.guest, 1000);
	probe_destroy(&scene.host);
	probe_destroy(&scene.guest);
	muxes_stop(&scene.muxes);
	wire_finish(&scene.wire);
}

/* The first hellos vanish, as in a port that is reset meanwhile. */
static void test_lost_hellos(void **state)
{
	struct harness *harness = *state;

	for (int end = 0; end < 2; end++) {
		struct scene scene = {
			.muxes.harness = harness,
			.wire = {.loop = &harness->loop},
		};

		attach(&scene, end);
		for (int i = 0; i < 5; i++)
			harness_turn(harness);
		scene.wire.pipes[!end].size = 0;
		attach(&scene, !end);
		for (int i = 0; i < 2; i++)
			harness_turn(harness);
		scene.wire.pipes[end].size = 0;
		muxes_open(&scene.muxes, &scene.host, &scene.guest);
		probe_exchange(harness, &scene.host, &scene.guest, 10);
		probe_destroy(&scene.host);
		probe_destroy(&scene.guest);
		muxes_stop(&scene.muxes);
		wire_finish(&scene.wire);
	}
}

static void run_for(struct harness *harness, unsigned ms)
{
	uint64_t until = uv_hrtime() + ms * UINT64_C(1000000);

	RUN_UNTIL(harness, uv_hrtime() >= until);
}

/* A guest's end that has nothing to say is asked, once, and one that has gone is noticed: by a host
 * that has something to say to it. */
static void test_silent_guest(void **state)
{
	struct harness *harness = *state;
	struct scene scene = {
		.muxes.harness = harness,
		.wire = {.loop = &harness->loop},
	};
	size_t answered, asked;

	attach(&scene, 0);
	attach(&scene, 1);
	muxes_open(&scene.muxes, &scene.host, &scene.guest);
	oriel_mux_set_patience(20, 2000);
	for (int i = 0; i < 2; i++) {
		asked = scene.wire.pipes[1].written;
		answered = scene.wire.pipes[0].written;
		probe_write(&scene.host, "word", 4, -1);
		RUN_UNTIL(harness, scene.wire.pipes[0].written == answered + ORIEL_MUX_HELLO);
		run_for(harness, 60);
		assert_int_equal(
			scene.wire.pipes[1].written, asked + ORIEL_MUX_FRAME(4) + ORIEL_MUX_HELLO);
	}
	run_for(harness, 300);
	assert_int_equal(scene.wire.pipes[0].written, answered + ORIEL_MUX_HELLO);
	detach(&scene, 1);
	run_for(harness, 300);
	assert_false(scene.host.closed);
	probe_write(&scene.host, "word", 4, -1);
	RUN_UNTIL(harness, scene.host.closed);
	assert_int_equal(scene.host.error, -ECONNRESET);
	assert_false(oriel_mux_is_up(scene.muxes.host));
	reset(&scene.host);
	reset(&scene.guest);
	attach(&scene, 1);
	muxes_open(&scene.muxes, &scene.host, &scene.guest);
	probe_exchange(harness, &scene.host, &scene.guest, 10);
	oriel_mux_set_patience(0, 0);
	reset(&scene.host);
	reset(&scene.guest);
	muxes_stop(&scene.muxes);
	wire_finish(&scene.wire);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		HARNESS_TEST(test_host_dies),
		HARNESS_TEST(test_guest_dies),
		HARNESS_TEST(test_deaths_on_a_slow_wire),
		HARNESS_TEST(test_death_in_a_large_chunk),
		HARNESS_TEST(test_garbage_before_both),
		HARNESS_TEST(test_garbage_in_a_session),
		HARNESS_TEST(test_lost_hellos),
		HARNESS_TEST(test_silent_guest),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
