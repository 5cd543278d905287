/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/* Windows: what the host is told of them, and what it tells them. */
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

static void test_description(void **state)
{
	(void)state;
	struct core_window *window = top_window();

	assert_int_equal(window->now.kind, ORIEL_KIND_TOPLEVEL);
	assert_int_equal(window->now.state, ORIEL_STATE_NORMAL);
	assert_int_equal(window->now.parent, 0);
	assert_int_equal(window->now.content.width, TOP_WIDTH);
	assert_int_equal(window->now.content.height, TOP_HEIGHT);
	assert_int_equal(window->now.content.x, 100);
	assert_int_equal(window->now.pid, getpid());
	assert_string_equal(window->app_id, "org.example.test");
	assert_int_equal(window->now.flags,
		ORIEL_WINDOW_RESIZABLE | ORIEL_WINDOW_FOCUSABLE | ORIEL_WINDOW_FOCUSED);
	xdg_toplevel_set_title(top.toplevel, "gr\xc3\xbc\xc3\x9f");
	surface_commit(&top);
	core_wait_titled(&core, "gr\xc3\xbc\xc3\x9f");
	assert_int_equal(window->now.id, core_titled(&core, "gr\xc3\xbc\xc3\x9f")->now.id);
}

static void test_limits(void **state)
{
	(void)state;
	struct core_window *window = top_window();

	xdg_toplevel_set_min_size(top.toplevel, 30, 40);
	xdg_toplevel_set_max_size(top.toplevel, 500, 600);
	surface_commit(&top);
	settle();
	assert_int_equal(window->now.min_width, 30);
	assert_int_equal(window->now.min_height, 40);
	assert_int_equal(window->now.max_width, 500);
	assert_int_equal(window->now.max_height, 600);
	assert_true(window->now.flags & ORIEL_WINDOW_RESIZABLE);
	xdg_toplevel_set_min_size(top.toplevel, TOP_WIDTH, TOP_HEIGHT);
	xdg_toplevel_set_max_size(top.toplevel, TOP_WIDTH, TOP_HEIGHT);
	surface_commit(&top);
	settle();
	assert_false(window->now.flags & ORIEL_WINDOW_RESIZABLE);
	xdg_toplevel_set_min_size(top.toplevel, 0, 0);
	xdg_toplevel_set_max_size(top.toplevel, 0, 0);
	surface_commit(&top);
	settle();
	assert_int_equal(window->now.max_width, 0);
}

static void test_decorations(void **state)
{
	(void)state;
	struct surface plain;
	struct core_window *window;

	surface_init(&plain, &client, 120, 80);
	plain.xdg = NULL;
	surface_toplevel(&plain, &core, "plain");
	window = core_titled(&core, "plain");
	assert_false(window->now.flags & ORIEL_WINDOW_DECORATED);
	/* Asked for when it is there already. */
	plain.decoration = zxdg_decoration_manager_v1_get_toplevel_decoration(
		client.decoration, plain.toplevel);
	zxdg_toplevel_decoration_v1_set_mode(
		plain.decoration, ZXDG_TOPLEVEL_DECORATION_V1_MODE_SERVER_SIDE);
	surface_commit(&plain);
	settle();
	assert_true(window->now.flags & ORIEL_WINDOW_DECORATED);
	assert_int_equal(window->now.content.width, 120);
	assert_int_equal(window->now.content.height, 80);
	zxdg_toplevel_decoration_v1_set_mode(
		plain.decoration, ZXDG_TOPLEVEL_DECORATION_V1_MODE_CLIENT_SIDE);
	surface_commit(&plain);
	settle();
	assert_false(window->now.flags & ORIEL_WINDOW_DECORATED);
	surface_finish(&plain);
	settle();
}

static void test_configure(void **state)
{
	(void)state;
	struct core_window *window = top_window();

	configure(200, 150, 400, 250, ORIEL_STATE_NORMAL);
	assert_int_equal(top.configured_width, 400);
	assert_int_equal(top.configured_height, 250);
	assert_int_equal(window->now.content.x, 200);
	configure(0, 0, 1280, 800, ORIEL_STATE_MAXIMIZED);
	assert_true(top.maximized);
	assert_int_equal(top.configured_width, 1280);
	assert_int_equal(window->now.state, ORIEL_STATE_MAXIMIZED);
	obey(&top);
	configure(0, 0, 1280, 800, ORIEL_STATE_FULLSCREEN);
	assert_true(top.fullscreen);
	configure(10, 20, 0, 0, ORIEL_STATE_MINIMIZED);
	assert_false(window->gone);
	assert_int_equal(window->now.state, ORIEL_STATE_MINIMIZED);
	configure(200, 150, TOP_WIDTH, TOP_HEIGHT, ORIEL_STATE_NORMAL);
	assert_false(top.maximized || top.fullscreen);
	assert_int_equal(top.configured_width, TOP_WIDTH);
	assert_int_equal(window->now.state, ORIEL_STATE_NORMAL);
	assert_int_equal(core.n_requests, 0);
}

static void assert_request(uint8_t kind, uint32_t arg)
{
	settle();
	assert_int_equal(core.n_requests, 1);
	assert_int_equal(core.requests[0].window, top_id());
	assert_int_equal(core.requests[0].kind, kind);
	assert_int_equal(core.requests[0].arg, arg);
	core.n_requests = 0;
}

static void test_state_requests(void **state)
{
	(void)state;
	struct core_window *window = top_window();

	xdg_toplevel_set_maximized(top.toplevel);
	assert_request(ORIEL_REQUEST_STATE, ORIEL_STATE_MAXIMIZED);
	assert_int_equal(window->now.state, ORIEL_STATE_NORMAL);
	assert_int_equal(window->now.content.width, TOP_WIDTH);
	assert_false(top.maximized);
	configure(0, 0, 1280, 800, ORIEL_STATE_MAXIMIZED);
	assert_true(top.maximized);
	xdg_toplevel_unset_maximized(top.toplevel);
	assert_request(ORIEL_REQUEST_STATE, ORIEL_STATE_NORMAL);
	assert_true(top.maximized);
	xdg_toplevel_set_fullscreen(top.toplevel, NULL);
	assert_request(ORIEL_REQUEST_STATE, ORIEL_STATE_FULLSCREEN);
	xdg_toplevel_set_minimized(top.toplevel);
	assert_request(ORIEL_REQUEST_STATE, ORIEL_STATE_MINIMIZED);
	assert_false(window->gone);
}

static void test_start_maximized(void **state)
{
	(void)state;
	struct surface s;

	surface_init(&s, &client, 64, 64);
	s.xdg = xdg_wm_base_get_xdg_surface(client.wm_base, s.surface);
	s.toplevel = xdg_surface_get_toplevel(s.xdg);
	xdg_toplevel_set_title(s.toplevel, "large");
	xdg_toplevel_set_maximized(s.toplevel);
	wl_surface_commit(s.surface);
	settle();
	surface_attach(&s);
	surface_commit(&s);
	struct core_window *window = core_wait_titled(&core, "large");
	settle();
	assert_int_equal(window->now.state, ORIEL_STATE_MAXIMIZED);
	assert_int_equal(core.n_requests, 1);
	assert_int_equal(core.requests[0].window, window->now.id);
	assert_int_equal(core.requests[0].arg, ORIEL_STATE_MAXIMIZED);
	surface_finish(&s);
	settle();
}

static void test_move_and_resize(void **state)
{
	(void)state;
	press(50, 50);
	xdg_toplevel_move(top.toplevel, client.seat, client.serial);
	assert_request(ORIEL_REQUEST_MOVE, 0);
	release();
	press(239, 159);
	xdg_toplevel_resize(
		top.toplevel, client.seat, client.serial, XDG_TOPLEVEL_RESIZE_EDGE_BOTTOM_RIGHT);
	assert_request(ORIEL_REQUEST_RESIZE, ORIEL_EDGE_BOTTOM | ORIEL_EDGE_RIGHT);
	release();
	press(0, 50);
	xdg_toplevel_resize(
		top.toplevel, client.seat, client.serial, XDG_TOPLEVEL_RESIZE_EDGE_TOP_LEFT);
	assert_request(ORIEL_REQUEST_RESIZE, ORIEL_EDGE_TOP | ORIEL_EDGE_LEFT);
	xdg_toplevel_show_window_menu(top.toplevel, client.seat, client.serial, 3, 4);
	assert_request(ORIEL_REQUEST_MENU, 0);
	release();
}

static void test_close(void **state)
{
	(void)state;
	oriel_mir_close(core.mir, top_id());
	settle();
	assert_int_equal(top.closes, 1);
	oriel_mir_close(core.mir, 0xffffffff);
	settle();
}

static void test_dialog(void **state)
{
	(void)state;
	struct surface dialog;

	surface_init(&dialog, &client, 100, 60);
	surface_toplevel(&dialog, &core, "dialog");
	struct core_window *window = core_titled(&core, "dialog");
	assert_int_equal(window->now.parent, 0);
	xdg_toplevel_set_parent(dialog.toplevel, top.toplevel);
	surface_commit(&dialog);
	settle();
	assert_int_equal(window->now.parent, top_id());
	assert_int_equal(window->now.kind, ORIEL_KIND_TOPLEVEL);
	surface_finish(&dialog);
	settle();
	assert_true(window->gone);
}

static void test_window_geometry(void **state)
{
	(void)state;
	struct core_window *window = top_window();

	/* Shadows around the window proper. */
	xdg_surface_set_window_geometry(top.xdg, 20, 30, 200, 100);
	surface_attach(&top);
	surface_commit_wait(&top, &core);
	settle();
	assert_int_equal(window->now.content.width, 200);
	assert_int_equal(window->now.content.height, 100);
	const struct oriel_mir_frame_info *info = oriel_mir_frame_info(window->held);
	assert_int_equal(info->width, 200);
	assert_int_equal(info->layers[0].dst.x, -20);
	assert_int_equal(info->layers[0].dst.y, -30);
	assert_int_equal(info->layers[0].dst.width, TOP_WIDTH);
}

static struct client_output *output_at(int x)
{
	for (int i = 0; i < client.n_outputs; i++)
		if (!client.outputs[i].gone && client.outputs[i].x == x)
			return &client.outputs[i];
	return NULL;
}

static void test_outputs(void **state)
{
	(void)state;
	struct core_window *window = top_window();
	struct oriel_mir_output outputs[] = {
		{1, {0, 0, 1280, 800}, 2, 60000, TOP_WIDTH, TOP_HEIGHT, "first"},
		{7, {1280, 100, 1024, 768}, 1.5, 75000, 0, 0, "second"},
	};

	oriel_mir_set_outputs(core.mir, outputs, 2);
	core_run(&core, 200);
	settle();
	assert_int_equal(output_at(0)->scale, 2);
	assert_int_equal(output_at(0)->width, 2560);
	assert_int_equal(output_at(1280)->y, 100);
	assert_int_equal(output_at(1280)->width, 1536);
	assert_int_equal(output_at(1280)->refresh, 75000);
	/* Windows stay where they are, maximised ones too. */
	assert_int_equal(window->now.content.x, 100);
	configure(1280, 100, 1024, 768, ORIEL_STATE_MAXIMIZED);
	outputs[0].scale = 1;
	oriel_mir_set_outputs(core.mir, outputs, 1);
	core_run(&core, 200);
	settle();
	assert_null(output_at(1280));
	assert_int_equal(output_at(0)->scale, 1);
	assert_int_equal(window->now.content.x, 1280);
	assert_int_equal(window->now.content.width, 1024);
	assert_int_equal(top.configured_width, 1024);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WINDOW_TEST(test_description),
		WINDOW_TEST(test_limits),
		WINDOW_TEST(test_decorations),
		WINDOW_TEST(test_configure),
		WINDOW_TEST(test_state_requests),
		WINDOW_TEST(test_start_maximized),
		WINDOW_TEST(test_move_and_resize),
		WINDOW_TEST(test_close),
		WINDOW_TEST(test_dialog),
		WINDOW_TEST(test_window_geometry),
		WINDOW_TEST(test_outputs),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, start_mir, stop_mir);
}
