/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/* The content of DMA-BUFs, with files that pass for them. Real ones are in test_gpu.c. */
#include "tests/guest/mir/fixture.h"
#include "tests/guest/mir/gpu.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static int open_dmabuf_window(void **state)
{
	open_window(state);
	top.dmabuf = true;
	surface_attach(&top);
	surface_commit_wait(&top, &core);
	core_reset_damage(&core);
	core.n_gone = 0;
	return 0;
}

static bool is_gone(struct core *c, void *data)
{
	for (int i = 0; i < c->n_gone; i++)
		if (c->gone[i] == *(uint64_t *)data)
			return true;
	return false;
}

static void test_content(void **state)
{
	(void)state;
	assert_int_equal(layer_of(0).format, ORIEL_FORMAT_ARGB8888);
	assert_int_equal(layer_of(0).buffer_width, TOP_WIDTH);
	assert_memory_equal(shown(0), top.pixels, TOP_WIDTH * TOP_HEIGHT * 4);
	for (int i = 0; i < 30; i++) {
		surface_draw(&top, 3 * i, 5 * i, 20, 10);
		surface_attach(&top);
		surface_commit_wait(&top, &core);
	}
	assert_exact();
	assert_memory_equal(shown(0), top.pixels, TOP_WIDTH * TOP_HEIGHT * 4);
	/* All but the one that is shown are back. */
	settle();
	assert_int_equal(top.releases, 30 + 2);
}

static void test_transformed(void **state)
{
	(void)state;
	for (int transform = 0; transform < 8; transform++) {
		surface_geometry(&top, &core, 2, transform, NULL, NULL);
		core_reset_damage(&core);
		surface_draw(&top, 10, 20, 30, 14);
		surface_attach(&top);
		surface_commit_wait(&top, &core);
		assert_exact();
	}
}

static void test_described(void **state)
{
	(void)state;
	struct oriel_mir_memory memory, other;
	struct oriel_rect all = {0, 0, TOP_WIDTH, TOP_HEIGHT};
	struct oriel_rect outside = {-5, INT32_MAX - 3, INT32_MAX, INT32_MAX};
	struct oriel_mir_frame *frame = top_window()->held;
	uint32_t pixel;

	assert_int_equal(oriel_mir_frame_memory(frame, 0, &memory), 0);
	assert_null(memory.map);
	assert_true(memory.key > 0 && memory.dmabuf >= 0);
	assert_int_equal(memory.stride, 4 * TOP_WIDTH + 64);
	assert_int_equal(pread(memory.dmabuf, &pixel, 4, (off_t)memory.start), 4);
	assert_int_equal(pixel, top.pixels[0]);
	assert_int_equal(oriel_mir_frame_fetch(frame, 0, &all), 0);
	assert_int_equal(oriel_mir_frame_fetch(frame, 0, &outside), 0);
	/* It is held whatever happens: whoever draws by a GPU has several. */
	oriel_mir_frame_settle(frame);
	assert_int_equal(oriel_mir_frame_memory(frame, 0, &other), 0);
	assert_int_equal(other.key, memory.key);
	surface_attach(&top);
	surface_commit_wait(&top, &core);
	assert_int_equal(oriel_mir_frame_memory(top_window()->held, 0, &other), 0);
	assert_int_not_equal(other.key, memory.key);
	core_wait(&core, is_gone, &memory.key);
	assert_int_equal(core.fetched, 0);
}

/* The same wl_buffer again and again, as all real clients do. */
static void test_kept_key(void **state)
{
	(void)state;
	struct oriel_mir_memory first, now;
	struct surface kept;

	surface_init(&kept, &client, 50, 50);
	kept.keep_buffer = kept.dmabuf = true;
	surface_toplevel(&kept, &core, "kept");
	settle();
	struct core_window *window = core_titled(&core, "kept");
	assert_int_equal(oriel_mir_frame_memory(window->held, 0, &first), 0);
	for (int i = 0; i < 10; i++) {
		surface_draw(&kept, i, i, 4, 4);
		surface_attach(&kept);
		surface_commit_wait(&kept, &core);
		assert_int_equal(oriel_mir_frame_memory(window->held, 0, &now), 0);
		assert_int_equal(now.key, first.key);
	}
	surface_finish(&kept);
	core_wait(&core, is_gone, &first.key);
}

static void test_destroyed_while_shown(void **state)
{
	(void)state;
	struct oriel_mir_memory memory;
	size_t stride;
	struct surface s;

	surface_init(&s, &client, 50, 50);
	s.keep_buffer = s.dmabuf = true;
	surface_toplevel(&s, &core, "destroyed");
	settle();
	struct core_window *window = core_titled(&core, "destroyed");
	assert_int_equal(oriel_mir_frame_memory(window->held, 0, &memory), 0);
	wl_buffer_destroy(s.kept);
	s.kept = NULL;
	s.keep_buffer = false;
	settle();
	assert_false(is_gone(&core, &memory.key));
	const uint32_t *pixels = oriel_mir_frame_pixels(window->held, 0, &stride);
	assert_memory_equal(pixels, s.pixels, 50 * 4);
	oriel_mir_frame_pixels_done(window->held, 0);
	surface_attach(&s);
	surface_commit_wait(&s, &core);
	core_wait(&core, is_gone, &memory.key);
	surface_finish(&s);
}

static void test_client_dies(void **state)
{
	(void)state;
	struct core_window *window = top_window();
	struct oriel_mir_frame *frame = window->held;
	struct oriel_mir_memory memory;
	uint32_t expected = top.pixels[TOP_WIDTH], id = window->now.id;
	size_t stride;

	window->held = NULL;
	core.pump = NULL;
	wl_display_disconnect(client.display);
	while (!core_window(&core, id)->gone)
		core_run(&core, 5);
	assert_int_equal(oriel_mir_frame_memory(frame, 0, &memory), 0);
	const uint32_t *pixels = oriel_mir_frame_pixels(frame, 0, &stride);
	assert_int_equal(pixels[stride / 4], expected);
	oriel_mir_frame_done(frame);
	oriel_mir_frame_unref(frame);
	core_wait(&core, is_gone, &memory.key);
	client.display = wl_display_connect(core.wayland_display); /* for the end of the test */
}

/* Whoever exports a DMA-BUF can take the memory away, as a file can be cut short. */
static void test_revoked(void **state)
{
	(void)state;
	int fd;
	size_t stride;

	surface_attach_fd(&top, &fd);
	surface_commit_wait(&top, &core);
	assert_int_equal(ftruncate(fd, 4096), 0);
	const char *pixels = oriel_mir_frame_pixels(top_window()->held, 0, &stride);
	assert_int_equal(*(const uint32_t *)pixels, top.pixels[0]);
	assert_int_equal(*(const uint32_t *)(pixels + (TOP_HEIGHT - 1) * stride), 0);
	oriel_mir_frame_pixels_done(top_window()->held, 0);
	close(fd);
	/* That is nobody's fault. */
	surface_attach(&top);
	surface_commit_wait(&top, &core);
	assert_int_equal(client.error, 0);
	assert_memory_equal(shown(0), top.pixels, TOP_WIDTH * TOP_HEIGHT * 4);
}

static void test_cursor(void **state)
{
	(void)state;
	struct surface image;

	oriel_mir_motion(core.mir, 0, top_id(), 10, 10, 0, 0);
	settle();
	surface_init(&image, &client, 24, 24);
	image.dmabuf = true;
	wl_pointer_set_cursor(client.pointer, client.serial, image.surface, 3, 4);
	surface_attach(&image);
	surface_commit(&image);
	settle();
	assert_int_equal(core.cursor.width, 24);
	assert_int_equal(core.cursor_pixel, image.pixels[0]);
	surface_finish(&image);
}

#define DMABUF_TEST(name) cmocka_unit_test_setup_teardown(name, open_dmabuf_window, close_window)

int main(void)
{
	const struct CMUnitTest tests[] = {
		DMABUF_TEST(test_content),
		DMABUF_TEST(test_transformed),
		DMABUF_TEST(test_described),
		DMABUF_TEST(test_kept_key),
		DMABUF_TEST(test_destroyed_while_shown),
		DMABUF_TEST(test_client_dies),
		DMABUF_TEST(test_revoked),
		DMABUF_TEST(test_cursor),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, start_with_gpu, stop_with_gpu);
}
