/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/* Programs that want the host's shortcuts for a window: keyboard-shortcuts-inhibit. */
#include "keyboard-shortcuts-inhibit-client.h"
#include "tests/guest/mir/fixture.h"
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

struct inhibitor {
	struct zwp_keyboard_shortcuts_inhibitor_v1 *proxy;
	int active, inactive; /* events */
};

static void handle_active(void *data, struct zwp_keyboard_shortcuts_inhibitor_v1 *proxy)
{
	struct inhibitor *inhibitor = data;

	(void)proxy;
	inhibitor->active++;
}

static void handle_inactive(void *data, struct zwp_keyboard_shortcuts_inhibitor_v1 *proxy)
{
	struct inhibitor *inhibitor = data;

	(void)proxy;
	inhibitor->inactive++;
}

static const struct zwp_keyboard_shortcuts_inhibitor_v1_listener listener = {
	handle_active, handle_inactive};

static void inhibit(struct inhibitor *inhibitor, struct surface *surface)
{
	*inhibitor = (struct inhibitor){0};
	inhibitor->proxy = zwp_keyboard_shortcuts_inhibit_manager_v1_inhibit_shortcuts(
		client.inhibit, surface->surface, client.seat);
	zwp_keyboard_shortcuts_inhibitor_v1_add_listener(inhibitor->proxy, &listener, inhibitor);
}

static bool wants(struct core *c, void *data)
{
	(void)c;
	(void)data;
	return top_window()->now.shortcuts != 0;
}

static bool wants_not(struct core *c, void *data)
{
	return !wants(c, data);
}

static void give(bool given)
{
	oriel_mir_shortcuts(core.mir, top_id(), given);
	settle();
}

/* Nothing is said to the program but what the host says. */
static void test_wish(void **state)
{
	struct inhibitor inhibitor;

	(void)state;
	assert_int_equal(top_window()->now.shortcuts, 0);
	inhibit(&inhibitor, &top);
	core_wait(&core, wants, NULL);
	settle();
	assert_int_equal(inhibitor.active + inhibitor.inactive, 0);
	give(false);
	assert_int_equal(inhibitor.active + inhibitor.inactive, 0);
	give(true);
	assert_int_equal(inhibitor.active, 1);
	assert_int_equal(inhibitor.inactive, 0);
	give(false);
	give(false);
	assert_int_equal(inhibitor.inactive, 1);
	give(true);
	assert_int_equal(inhibitor.active, 2);
	zwp_keyboard_shortcuts_inhibitor_v1_destroy(inhibitor.proxy);
	core_wait(&core, wants_not, NULL);
	give(true);
}

/* The host is asked for each, even when one comes at once behind the other. */
static void test_again(void **state)
{
	struct inhibitor first, second;
	uint32_t wish;

	(void)state;
	inhibit(&first, &top);
	core_wait(&core, wants, NULL);
	give(true);
	wish = top_window()->now.shortcuts;
	zwp_keyboard_shortcuts_inhibitor_v1_destroy(first.proxy);
	inhibit(&second, &top);
	settle();
	assert_true(wants(&core, NULL));
	assert_int_not_equal(top_window()->now.shortcuts, wish);
	assert_int_equal(second.active, 0);
	give(true);
	assert_int_equal(second.active, 1);
	zwp_keyboard_shortcuts_inhibitor_v1_destroy(second.proxy);
}

static void test_before_the_window(void **state)
{
	struct inhibitor inhibitor;
	struct surface late;

	(void)state;
	surface_init(&late, &client, 60, 40);
	inhibit(&inhibitor, &late);
	settle();
	surface_toplevel(&late, &core, "late");
	surface_attach(&late);
	surface_commit_wait(&late, &core);
	settle();
	assert_true(core_wait_titled(&core, "late")->now.shortcuts != 0);
	assert_int_equal(top_window()->now.shortcuts, 0);
	oriel_mir_shortcuts(core.mir, core_titled(&core, "late")->now.id, true);
	settle();
	assert_int_equal(inhibitor.active, 1);
	surface_finish(&late);
	settle();
	zwp_keyboard_shortcuts_inhibitor_v1_destroy(inhibitor.proxy);
	settle();
	assert_int_equal(client.error, 0);
}

/* The manager first, then the inhibitor of one surface and the surface of the other. */
static void test_any_order(void **state)
{
	struct surface surfaces[2];
	struct inhibitor inhibitors[2];

	(void)state;
	for (int i = 0; i < 2; i++) {
		surface_init(&surfaces[i], &client, 10, 10);
		inhibit(&inhibitors[i], &surfaces[i]);
	}
	zwp_keyboard_shortcuts_inhibit_manager_v1_destroy(client.inhibit);
	settle();
	zwp_keyboard_shortcuts_inhibitor_v1_destroy(inhibitors[0].proxy);
	surface_finish(&surfaces[1]);
	settle();
	surface_finish(&surfaces[0]);
	/* A new surface with the id of the one that has gone is none of the inhibitor's. */
	surface_init(&surfaces[1], &client, 60, 40);
	surface_toplevel(&surfaces[1], &core, "new");
	surface_attach(&surfaces[1]);
	surface_commit_wait(&surfaces[1], &core);
	settle();
	assert_int_equal(core_wait_titled(&core, "new")->now.shortcuts, 0);
	zwp_keyboard_shortcuts_inhibitor_v1_destroy(inhibitors[1].proxy);
	surface_finish(&surfaces[1]);
	settle();
	assert_int_equal(client.error, 0);
}

/* All that the client has goes with it, in the order of the ids, which is another each time. */
static void test_client_gone(void **state)
{
	struct inhibitor inhibitors[2];
	struct surface early, late;

	(void)state;
	surface_init(&early, &client, 10, 10);
	inhibit(&inhibitors[0], &early);
	inhibit(&inhibitors[1], &top);
	settle();
	wl_surface_destroy(early.surface);
	settle();
	/* Takes the id of the first, below those of the inhibitors. */
	surface_init(&late, &client, 10, 10);
	zwp_keyboard_shortcuts_inhibitor_v1_destroy(inhibitors[0].proxy);
	inhibit(&inhibitors[0], &late);
	settle();
	assert_int_equal(client.error, 0);
	free(early.pixels);
	free(late.pixels);
}

static void test_twice(void **state)
{
	const struct wl_interface *interface = NULL;
	struct inhibitor inhibitors[2];

	(void)state;
	inhibit(&inhibitors[0], &top);
	inhibit(&inhibitors[1], &top);
	wl_display_flush(client.display);
	for (int i = 0; i < 1000 && !client.error; i++)
		core_run(&core, 10);
	assert_int_equal(client.error, EPROTO);
	assert_int_equal(wl_display_get_protocol_error(client.display, &interface, NULL),
		ZWP_KEYBOARD_SHORTCUTS_INHIBIT_MANAGER_V1_ERROR_ALREADY_INHIBITED);
	assert_string_equal(interface->name, "zwp_keyboard_shortcuts_inhibit_manager_v1");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WINDOW_TEST(test_wish),
		WINDOW_TEST(test_again),
		WINDOW_TEST(test_before_the_window),
		WINDOW_TEST(test_any_order),
		WINDOW_TEST(test_client_gone),
		WINDOW_TEST(test_twice),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, start_mir, stop_mir);
}
