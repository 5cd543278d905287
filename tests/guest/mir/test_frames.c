/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/* Frames: pixels, pacing, holding, settling, harmful clients. */
#include "tests/guest/mir/fixture.h"
#include <errno.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static void test_pixels(void **state)
{
	(void)state;
	struct core_window *window = top_window();
	const struct oriel_mir_frame_info *info = oriel_mir_frame_info(window->held);

	assert_int_equal(info->width, 240);
	assert_int_equal(info->height, 160);
	assert_int_equal(info->n_layers, 1);
	assert_true(info->commit_ns > 0);
	struct oriel_mir_layer layer = layer_of(0);
	assert_int_equal(layer.format, ORIEL_FORMAT_ARGB8888);
	assert_int_equal(layer.dst.x, 0);
	assert_int_equal(layer.dst.width, 240);
	assert_memory_equal(shown(0), top.pixels, 240 * 160 * 4);
	for (int i = 0; i < 20; i++) {
		surface_draw(&top, 3 * i, 5 * i, 20, 10);
		surface_attach(&top);
		surface_commit_wait(&top, &core);
	}
	assert_exact();
	assert_memory_equal(shown(0), top.pixels, 240 * 160 * 4);
}

static void test_skipped_buffers(void **state)
{
	(void)state;
	core.claim = false;
	for (int i = 0; i < 200; i++) {
		surface_draw_buffer(&top, i, i / 2, 5, 5);
		surface_attach(&top);
		surface_commit(&top);
		if (i % 20 == 0)
			client_sync(&client, &core);
	}
	client_sync(&client, &core);
	core_run(&core, 30);
	core.claim = true;
	settle();
	assert_exact();
	assert_memory_equal(shown(0), top.pixels, 240 * 160 * 4);
}

static void test_without_damage(void **state)
{
	(void)state;
	surface_attach(&top);
	surface_commit_wait(&top, &core);
	assert_int_equal(layer_of(0).n_damage, 0);
	/* A commit without anything is no new content. */
	unsigned frames = top_window()->frames;
	surface_commit(&top);
	settle();
	assert_int_equal(top_window()->frames, frames);
}

static void test_resize(void **state)
{
	(void)state;
	free(top.pixels);
	top.width = 200;
	top.height = 120;
	top.pixels = calloc(200 * 120, 4);
	surface_draw_buffer(&top, 1, 1, 2, 2);
	surface_attach(&top);
	surface_commit_wait(&top, &core);
	assert_int_equal(layer_of(0).n_damage, -1);
	assert_int_equal(layer_of(0).buffer_width, 200);
	core_reset_damage(&core);
	surface_draw_buffer(&top, 1, 1, 2, 2);
	surface_attach(&top);
	surface_commit_wait(&top, &core);
	assert_exact();
	client_sync(&client, &core);
	core_run(&core, 30);
	assert_int_equal(top_window()->now.content.width, 200);
}

static void test_acknowledgement(void **state)
{
	(void)state;
	core.acknowledge = false;
	wl_surface_damage(top.surface, 0, 0, 1, 1);
	surface_attach(&top);
	int before = top.frames_done;
	surface_request_frame(&top);
	surface_commit(&top);
	settle();
	assert_int_equal(top.frames_done, before);
	struct core_window *window = top_window();
	assert_non_null(window->held);
	oriel_mir_frame_done(window->held);
	oriel_mir_frame_done(window->held);
	settle();
	assert_int_equal(top.frames_done, before + 1);
	core.acknowledge = true;
	surface_attach(&top);
	surface_commit_wait(&top, &core);
}

static void test_hold(void **state)
{
	(void)state;
	settle();
	int before = top.releases;
	surface_draw(&top, 0, 0, 9, 9);
	surface_attach(&top);
	surface_commit_wait(&top, &core);
	settle();
	/* The one before is back, this one is held: it can be shown again at any time. */
	assert_int_equal(top.releases, before + 1);
	struct core_window *window = top_window();
	oriel_mir_frame_settle(window->held);
	settle();
	assert_int_equal(top.releases, before + 1); /* it uses several */
	size_t stride;
	const char *pixels = oriel_mir_frame_pixels(window->held, 0, &stride);
	assert_memory_equal(pixels, top.pixels, 240 * 4);
}

static void test_single_buffer(void **state)
{
	(void)state;
	struct surface single;

	surface_init(&single, &client, 50, 50);
	single.keep_buffer = true;
	surface_toplevel(&single, &core, "single");
	settle();
	struct core_window *window = core_titled(&core, "single");
	assert_int_equal(single.releases, 0);
	oriel_mir_frame_settle(window->held);
	oriel_mir_frame_settle(window->held);
	settle();
	assert_int_equal(single.releases, 1);
	/* The content is kept, whatever the client draws now. */
	uint32_t first = single.pixels[0];
	single.kept_pixels[0] = 0x12345678;
	size_t stride;
	assert_int_equal(
		*(const uint32_t *)oriel_mir_frame_pixels(window->held, 0, &stride), first);
	single.kept_pixels[0] = first;
	surface_draw(&single, 1, 1, 4, 4);
	surface_attach(&single);
	surface_commit_wait(&single, &core);
	assert_memory_equal(
		oriel_mir_frame_pixels(window->held, 0, &stride), single.pixels, 50 * 4);
	surface_finish(&single);
	settle();
}

static bool has_error(struct core *c, void *data)
{
	(void)c;
	(void)data;
	return client.error != 0;
}

static void test_truncated_pool(void **state)
{
	(void)state;
	int fd;

	core.claim = core.acknowledge = false;
	surface_draw(&top, 0, 0, 240, 160);
	surface_attach_fd(&top, &fd);
	surface_commit(&top);
	client_sync(&client, &core);
	assert_int_equal(ftruncate(fd, 0), 0);
	core.claim = true;
	core_run(&core, 40);
	struct core_window *window = top_window();
	size_t stride;
	const uint32_t *pixels = oriel_mir_frame_pixels(window->held, 0, &stride);
	for (int i = 0; i < 240 * 160; i++)
		assert_int_equal(pixels[i], 0);
	close(fd);
	/* Which is a fault of the client: it hears so when the frame was looked at. */
	assert_int_equal(client.error, 0);
	oriel_mir_frame_settle(window->held);
	core_wait(&core, has_error, NULL);
	assert_int_equal(client.error, EPROTO);
}

static void test_truncated_while_held(void **state)
{
	(void)state;
	int fd;
	size_t stride;

	surface_attach_fd(&top, &fd);
	surface_commit_wait(&top, &core);
	struct core_window *window = top_window();
	const uint32_t *pixels = oriel_mir_frame_pixels(window->held, 0, &stride);
	assert_int_equal(ftruncate(fd, 4096), 0);
	assert_int_equal(pixels[0], top.pixels[0]);
	assert_int_equal(pixels[240 * 160 - 1], 0);
	close(fd);
}

static void test_frame_outlives_client(void **state)
{
	(void)state;
	struct client other;
	struct surface s;

	client_connect(&other, &core);
	surface_init(&s, &other, 64, 64);
	surface_toplevel(&s, &core, "outlived");
	client_sync(&other, &core);
	core_run(&core, 30);
	struct core_window *window = core_titled(&core, "outlived");
	struct oriel_mir_frame *frame = window->held;
	size_t stride;
	assert_non_null(frame);
	window->held = NULL;
	core.pump = NULL;
	uint32_t expected = s.pixels[64 * 64 - 1];
	free(s.pixels);
	client_disconnect(&other);
	uint32_t id = window->now.id;
	core_run(&core, 100);
	assert_true(core_window(&core, id)->gone);
	const uint32_t *pixels = oriel_mir_frame_pixels(frame, 0, &stride);
	assert_int_equal(pixels[64 * 64 - 1], expected);
	oriel_mir_frame_settle(frame);
	oriel_mir_frame_done(frame);
	oriel_mir_frame_unref(frame);
	assert_int_equal(oriel_mir_frame_claim(core.mir, id, &frame), -ENOENT);
	core.pump = client_pump;
	core.pump_data = &client;
}

static void test_map_again(void **state)
{
	(void)state;
	uint32_t id = top_id();

	wl_surface_attach(top.surface, NULL, 0, 0);
	surface_commit(&top);
	settle();
	assert_true(core_window(&core, id)->gone);
	surface_attach(&top);
	surface_commit(&top);
	struct core_window *window = core_wait_titled(&core, "top");
	assert_int_not_equal(window->now.id, id);
	settle();
	assert_memory_equal(shown(0), top.pixels, 240 * 160 * 4);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WINDOW_TEST(test_pixels),
		WINDOW_TEST(test_skipped_buffers),
		WINDOW_TEST(test_without_damage),
		WINDOW_TEST(test_resize),
		WINDOW_TEST(test_acknowledgement),
		WINDOW_TEST(test_hold),
		WINDOW_TEST(test_single_buffer),
		WINDOW_TEST(test_truncated_pool),
		WINDOW_TEST(test_truncated_while_held),
		WINDOW_TEST(test_frame_outlives_client),
		WINDOW_TEST(test_map_again),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, start_mir, stop_mir);
}
