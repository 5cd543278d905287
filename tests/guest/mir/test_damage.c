/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/* Exact damage, whatever the client does to its surfaces, and where their layers are. */
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

static void test_damage(void **state)
{
	(void)state;
	surface_draw(&top, 10, 20, 30, 40);
	surface_draw(&top, 100, 20, 3, 4);
	surface_attach(&top);
	surface_commit_wait(&top, &core);
	assert_exact();
	surface_draw_buffer(&top, 11, 12, 33, 14);
	surface_attach(&top);
	surface_commit_wait(&top, &core);
	assert_exact();
	surface_draw_buffer(&top, 11, 12, 33, 14);
	surface_draw(&top, 80, 80, 8, 8);
	surface_attach(&top);
	surface_commit_wait(&top, &core);
	assert_exact();
}

static void test_damage_out_of_range(void **state)
{
	(void)state;
	surface_draw(&top, -5, -5, 15, 15);
	surface_scribble(&top, 200, 100, 40, 60);
	wl_surface_damage(top.surface, 200, 100, INT32_MAX, INT32_MAX);
	wl_surface_damage(top.surface, -10, -10, -5, -5);
	surface_attach(&top);
	surface_commit_wait(&top, &core);
	assert_exact();
}

static void test_scale(void **state)
{
	(void)state;
	surface_geometry(&top, &core, 2, 0, NULL, NULL);
	assert_int_equal(core.damage.missed, 0);
	core_reset_damage(&core);
	assert_int_equal(layer_of(0).dst.width, 120);
	assert_int_equal(layer_of(0).buffer_width, 240);
	surface_draw(&top, 10, 20, 30, 40);
	surface_attach(&top);
	surface_commit_wait(&top, &core);
	assert_exact();
	surface_draw_buffer(&top, 10, 20, 31, 41);
	surface_attach(&top);
	surface_commit_wait(&top, &core);
	assert_exact();
}

static void test_transforms(void **state)
{
	(void)state;
	for (int scale = 1; scale <= 2; scale++)
		for (int transform = 0; transform < 8; transform++) {
			surface_geometry(&top, &core, scale, transform, NULL, NULL);
			assert_int_equal(core.damage.missed, 0);
			core_reset_damage(&core);
			surface_draw(&top, 10, 20, 30, 14);
			surface_attach(&top);
			surface_commit_wait(&top, &core);
			assert_exact();
			struct oriel_mir_layer layer = layer_of(0);
			assert_int_equal(layer.transform, transform);
			assert_int_equal(layer.dst.width, 240 / scale);
			assert_int_equal(layer.dst.height, 160 / scale);
		}
}

static void test_viewport(void **state)
{
	(void)state;
	const int src[4] = {10, 8, 50, 40}, dst[2] = {77, 91};

	for (int scale = 1; scale <= 2; scale++)
		for (int transform = 0; transform < 8; transform += 3) {
			surface_geometry(&top, &core, scale, transform, src, dst);
			core_reset_damage(&core);
			surface_draw(&top, 10, 20, 30, 14);
			surface_attach(&top);
			surface_commit_wait(&top, &core);
			assert_exact();
			struct oriel_mir_layer layer = layer_of(0);
			assert_int_equal(layer.dst.width, 77);
			assert_int_equal(layer.dst.height, 91);
			double across = transform & 1 ? layer.src_height : layer.src_width;
			assert_true(fabs(across - 50 * scale) < 0.01);
			if (transform)
				continue;
			assert_true(fabs(layer.src_x - 10 * scale) < 0.01);
			assert_true(fabs(layer.src_y - 8 * scale) < 0.01);
		}
	surface_geometry(&top, &core, 1, 0, NULL, NULL);
}

static struct surface child, grandchild;

static void add_child(void)
{
	surface_init(&child, &client, 60, 40);
	surface_child(&child, &top, 20, 25);
	surface_attach(&child);
	surface_commit(&child);
	surface_attach(&top);
	surface_commit_wait(&top, &core);
	settle();
	core_reset_damage(&core);
}

static void draw_child(struct surface *s, int x, int y, int width, int height)
{
	surface_draw_buffer(s, x, y, width, height);
	surface_attach(s);
	surface_commit(s);
}

static void test_layers(void **state)
{
	(void)state;
	add_child();
	struct oriel_mir_layer layer = layer_of(1);
	assert_int_equal(layer.dst.x, 20);
	assert_int_equal(layer.dst.y, 25);
	assert_int_equal(layer.dst.width, 60);
	assert_memory_equal(shown(1), child.pixels, 60 * 40 * 4);
	/* Moving it brings a frame without new content. */
	wl_subsurface_set_position(child.subsurface, 33, 44);
	surface_commit(&child); /* which Mir wants, against the protocol */
	surface_commit(&top);
	settle();
	assert_int_equal(layer_of(1).dst.x, 33);
	assert_int_equal(layer_of(1).id, layer.id);
	assert_false(layer_of(1).changed);
	surface_finish(&child);
	surface_commit(&top);
	settle();
	assert_int_equal(oriel_mir_frame_info(top_window()->held)->n_layers, 1);
}

static void test_synchronised(void **state)
{
	(void)state;
	add_child();
	/* Nothing is shown before the parent commits. */
	draw_child(&child, 5, 6, 7, 8);
	settle();
	assert_int_equal(core.damage.exact, 0);
	surface_commit(&top);
	settle();
	assert_exact();
	/* Two commits of the child become one. */
	draw_child(&child, 1, 1, 5, 5);
	surface_draw(&child, 30, 20, 6, 6);
	surface_attach(&child);
	surface_commit(&child);
	surface_commit(&top);
	settle();
	assert_exact();
	/* Both at once. */
	draw_child(&child, 2, 3, 4, 5);
	surface_draw(&top, 90, 90, 20, 10);
	surface_attach(&top);
	surface_commit_wait(&top, &core);
	settle();
	assert_exact();
	/* Damage of the parent, committed without a buffer, must not go to the child. */
	surface_scribble(&top, 150, 100, 9, 9);
	wl_surface_damage(top.surface, 150, 100, 9, 9);
	surface_commit(&top);
	draw_child(&child, 9, 9, 3, 3);
	surface_commit(&top);
	settle();
	surface_attach(&top);
	surface_commit_wait(&top, &core);
	assert_exact();
	surface_finish(&child);
}

static void test_desynchronised(void **state)
{
	(void)state;
	add_child();
	wl_subsurface_set_desync(child.subsurface);
	surface_draw_buffer(&child, 12, 3, 14, 5);
	surface_attach(&child);
	surface_commit_wait(&child, &core);
	assert_exact();
	/* Cached, then set free, then committed. */
	wl_subsurface_set_sync(child.subsurface);
	draw_child(&child, 0, 0, 4, 5);
	wl_subsurface_set_desync(child.subsurface);
	surface_draw_buffer(&child, 40, 30, 4, 5);
	surface_attach(&child);
	surface_commit_wait(&child, &core);
	assert_exact();
	surface_finish(&child);
}

static void test_three_levels(void **state)
{
	(void)state;
	add_child();
	wl_subsurface_set_desync(child.subsurface);
	surface_init(&grandchild, &client, 30, 20);
	surface_child(&grandchild, &child, 5, 5);
	surface_attach(&grandchild);
	surface_commit(&grandchild);
	surface_attach(&child);
	surface_commit_wait(&child, &core);
	settle();
	core_reset_damage(&core);
	draw_child(&grandchild, 5, 6, 7, 8);
	surface_commit(&child);
	settle();
	assert_exact();
	/* A free one below a bound one is bound. */
	wl_subsurface_set_sync(child.subsurface);
	wl_subsurface_set_desync(grandchild.subsurface);
	draw_child(&grandchild, 15, 6, 7, 8);
	settle();
	draw_child(&child, 50, 6, 7, 8);
	settle();
	assert_int_equal(core.damage.exact, 0);
	surface_commit(&top);
	settle();
	assert_exact();
	wl_subsurface_set_sync(grandchild.subsurface);
	draw_child(&grandchild, 1, 2, 3, 4);
	draw_child(&child, 50, 6, 7, 8);
	surface_draw_buffer(&top, 0, 0, 9, 9);
	surface_attach(&top);
	surface_commit_wait(&top, &core);
	settle();
	assert_exact();
	assert_int_equal(layer_of(2).dst.x, 25);
	surface_finish(&grandchild);
	surface_finish(&child);
}

static void test_unmapped_child(void **state)
{
	(void)state;
	add_child();
	wl_surface_attach(child.surface, NULL, 0, 0);
	surface_commit(&child);
	surface_attach(&top);
	surface_commit_wait(&top, &core);
	settle();
	assert_int_equal(oriel_mir_frame_info(top_window()->held)->n_layers, 1);
	core_reset_damage(&core);
	draw_child(&child, 2, 2, 2, 2);
	surface_commit(&top);
	settle();
	assert_int_equal(core.damage.missed, 0);
	assert_memory_equal(shown(1), child.pixels, 60 * 40 * 4);
	surface_finish(&child);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WINDOW_TEST(test_damage),
		WINDOW_TEST(test_damage_out_of_range),
		WINDOW_TEST(test_scale),
		WINDOW_TEST(test_transforms),
		WINDOW_TEST(test_viewport),
		WINDOW_TEST(test_layers),
		WINDOW_TEST(test_synchronised),
		WINDOW_TEST(test_desynchronised),
		WINDOW_TEST(test_three_levels),
		WINDOW_TEST(test_unmapped_child),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, start_mir, stop_mir);
}
