/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/* Popups, tooltips and drag icons: where they are, and how they end. */
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

static struct xdg_positioner *positioner(int x, int y, int width, int height, uint32_t adjustment)
{
	struct xdg_positioner *p = xdg_wm_base_create_positioner(client.wm_base);

	xdg_positioner_set_size(p, width, height);
	xdg_positioner_set_anchor_rect(p, x, y, 40, 20);
	xdg_positioner_set_anchor(p, XDG_POSITIONER_ANCHOR_BOTTOM_LEFT);
	xdg_positioner_set_gravity(p, XDG_POSITIONER_GRAVITY_BOTTOM_RIGHT);
	xdg_positioner_set_constraint_adjustment(p, adjustment);
	return p;
}

static struct core_window *newest_of_kind(uint8_t kind)
{
	for (int i = core.n_windows - 1; i >= 0; i--)
		if (!core.windows[i].gone && core.windows[i].now.kind == kind)
			return &core.windows[i];
	return NULL;
}

static bool has_popup(struct core *c, void *kind)
{
	(void)c;
	return newest_of_kind(*(uint8_t *)kind);
}

static struct core_window *open_popup(struct surface *s, struct surface *parent, int x, int y,
	int width, int height, uint32_t adjustment, uint32_t grab)
{
	uint8_t kind = ORIEL_KIND_POPUP;
	struct xdg_positioner *p = positioner(x, y, width, height, adjustment);

	surface_init(s, &client, width, height);
	surface_popup(s, parent, p, grab);
	xdg_positioner_destroy(p);
	settle();
	assert_true(s->configures > 0);
	surface_attach(s);
	surface_commit(s);
	core_wait(&core, has_popup, &kind);
	settle();
	return newest_of_kind(kind);
}

static void test_popup(void **state)
{
	(void)state;
	struct surface menu, submenu;

	press(20, 20);
	struct core_window *window = open_popup(&menu, &top, 10, 10, 80, 120, 0, client.serial);
	release();
	assert_int_equal(window->now.parent, top_id());
	assert_true(window->now.flags & ORIEL_WINDOW_GRAB);
	assert_int_equal(window->now.offset_x, 10);
	assert_int_equal(window->now.offset_y, 30);
	assert_int_equal(menu.popup_x, 10);
	assert_int_equal(menu.popup_y, 30);
	uint32_t menu_id = window->now.id;
	/* Input goes to the popup, in its own coordinates. */
	oriel_mir_motion(core.mir, 0, menu_id, 5, 6, 0, 0);
	settle();
	assert_ptr_equal(client.pointer_focus, menu.surface);
	assert_int_equal((int)client.x, 5);
	struct core_window *sub = open_popup(&submenu, &menu, 40, 0, 50, 50, 0, 0);
	assert_int_equal(sub->now.parent, menu_id);
	assert_int_equal(sub->now.offset_x, 40);
	surface_finish(&submenu);
	settle();
	assert_true(sub->gone);
	/* It is the host that sees the click outside. */
	oriel_mir_close(core.mir, menu_id);
	settle();
	assert_true(menu.popup_done);
	surface_finish(&menu);
	settle();
	assert_true(core_window(&core, menu_id)->gone);
}

static void test_popup_dismissed_by_focus(void **state)
{
	(void)state;
	struct surface menu;

	press(20, 20);
	open_popup(&menu, &top, 10, 10, 80, 120, 0, client.serial);
	release();
	assert_false(menu.popup_done);
	/* Said again by the host: nothing happens. */
	oriel_mir_focus(core.mir, top_id(), NULL, 0, 0);
	settle();
	assert_false(menu.popup_done);
	oriel_mir_focus(core.mir, 0, NULL, 0, 0);
	settle();
	assert_true(menu.popup_done);
	surface_finish(&menu);
	settle();
}

static void test_popup_at_edge(void **state)
{
	(void)state;
	struct surface menu;

	/* Close to the lower right corner of the screen: it flips, in either direction. */
	configure(1040, 600, TOP_WIDTH, TOP_HEIGHT, ORIEL_STATE_NORMAL);
	struct core_window *window = open_popup(
		&menu, &top, 10, 150, 80, 100, XDG_POSITIONER_CONSTRAINT_ADJUSTMENT_FLIP_Y, 0);
	assert_false(window->now.flags & ORIEL_WINDOW_GRAB);
	assert_int_equal(window->now.offset_x, 10);
	assert_int_equal(window->now.offset_y, 50);
	surface_finish(&menu);
	settle();
	window = open_popup(
		&menu, &top, 200, 10, 80, 100, XDG_POSITIONER_CONSTRAINT_ADJUSTMENT_FLIP_X, 0);
	assert_int_equal(window->now.offset_x, 160);
	assert_int_equal(window->now.offset_y, 30);
	surface_finish(&menu);
	settle();
	window = open_popup(&menu, &top, 200, 150, 80, 100,
		XDG_POSITIONER_CONSTRAINT_ADJUSTMENT_SLIDE_X |
			XDG_POSITIONER_CONSTRAINT_ADJUSTMENT_SLIDE_Y,
		0);
	assert_int_equal(window->now.offset_x, 160);
	assert_int_equal(window->now.offset_y, 100);
	surface_finish(&menu);
	settle();
	/* On a larger screen there is room. */
	struct oriel_mir_output large = {.id = 1, .area = {0, 0, 2560, 1600}, .scale = 1};
	oriel_mir_set_outputs(core.mir, &large, 1);
	core_run(&core, 100);
	settle();
	window = open_popup(
		&menu, &top, 10, 150, 80, 100, XDG_POSITIONER_CONSTRAINT_ADJUSTMENT_FLIP_Y, 0);
	assert_int_equal(window->now.offset_y, 170);
	surface_finish(&menu);
	large.area = (struct oriel_rect){0, 0, 1280, 800};
	oriel_mir_set_outputs(core.mir, &large, 1);
	core_run(&core, 100);
	settle();
}

static void test_tooltip(void **state)
{
	(void)state;
	struct surface tip;
	uint8_t kind = ORIEL_KIND_TOOLTIP;
	struct xdg_positioner *p = positioner(0, 0, 50, 20, 0);

	surface_init(&tip, &client, 50, 20);
	struct wl_region *nothing = wl_compositor_create_region(client.compositor);
	wl_surface_set_input_region(tip.surface, nothing);
	surface_popup(&tip, &top, p, 0);
	settle();
	surface_attach(&tip);
	surface_commit(&tip);
	core_wait(&core, has_popup, &kind);
	assert_int_equal(newest_of_kind(kind)->now.parent, top_id());
	wl_region_destroy(nothing);
	xdg_positioner_destroy(p);
	surface_finish(&tip);
	settle();
}

static void test_popup_moves_with_parent(void **state)
{
	(void)state;
	struct surface menu;
	struct core_window *window = open_popup(&menu, &top, 10, 10, 80, 120, 0, 0);

	configure(300, 200, TOP_WIDTH, TOP_HEIGHT, ORIEL_STATE_NORMAL);
	assert_int_equal(window->now.offset_x, 10);
	assert_int_equal(window->now.offset_y, 30);
	assert_int_equal(window->now.content.x, 310);
	/* The host had to put it elsewhere. */
	struct oriel_rect there = {330, 240, 80, 120};
	oriel_mir_configure(core.mir, window->now.id, &there, ORIEL_STATE_NORMAL, false);
	settle();
	assert_int_equal(window->now.offset_x, 30);
	assert_int_equal(window->now.offset_y, 40);
	surface_finish(&menu);
	settle();
}

static void test_drag_icon(void **state)
{
	(void)state;
	struct surface icon;
	uint8_t kind = ORIEL_KIND_DRAG_ICON;
	struct wl_data_device *device =
		wl_data_device_manager_get_data_device(client.data_devices, client.seat);
	struct wl_data_source *source =
		wl_data_device_manager_create_data_source(client.data_devices);

	press(20, 20);
	surface_init(&icon, &client, 24, 24);
	wl_data_source_offer(source, "text/plain");
	wl_data_source_set_actions(source, WL_DATA_DEVICE_MANAGER_DND_ACTION_COPY);
	wl_data_device_start_drag(device, source, top.surface, icon.surface, client.serial);
	surface_attach(&icon);
	surface_commit(&icon);
	core_wait(&core, has_popup, &kind);
	uint32_t id = newest_of_kind(kind)->now.id;
	oriel_mir_motion(core.mir, 0, top_id(), 60, 70, 0, 0);
	settle();
	assert_int_equal(newest_of_kind(kind)->now.content.x, 160);
	release();
	settle();
	wl_data_source_destroy(source);
	surface_finish(&icon);
	settle();
	assert_true(core_window(&core, id)->gone);
	wl_data_device_destroy(device);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WINDOW_TEST(test_popup),
		WINDOW_TEST(test_popup_dismissed_by_focus),
		WINDOW_TEST(test_popup_at_edge),
		WINDOW_TEST(test_tooltip),
		WINDOW_TEST(test_popup_moves_with_parent),
		WINDOW_TEST(test_drag_icon),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, start_mir, stop_mir);
}
