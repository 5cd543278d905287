/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/* Text fields, by the protocols that programs use, and the host's input method writing into them.
 */
#include "tests/guest/mir/client.h"
#include "text-input-v1-client.h"
#include "text-input-v3-client.h"
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static struct core core;
static struct client client;
static struct surface top;
static struct zwp_text_input_manager_v1 *manager1;
static struct zwp_text_input_manager_v3 *manager3;
static struct zwp_text_input_v1 *input1;
static struct zwp_text_input_v3 *input3;
static bool entered;
static unsigned commits; /* of input3 */
static bool commits_at_once;
static char log_[8192]; /* what came, as text */

__attribute__((format(printf, 1, 2))) static void note(const char *format, ...)
{
	size_t used = strlen(log_);
	va_list args;

	va_start(args, format);
	vsnprintf(log_ + used, sizeof log_ - used, format, args);
	va_end(args);
}

/* zwp_text_input_v3 -----------------------------------------------------------------------------
 */

static void handle_enter3(void *data, struct zwp_text_input_v3 *input, struct wl_surface *surface)
{
	(void)data, (void)input, (void)surface;
	entered = true;
}

static void handle_leave3(void *data, struct zwp_text_input_v3 *input, struct wl_surface *surface)
{
	(void)data, (void)input, (void)surface;
	entered = false;
}

static void handle_preedit3(
	void *data, struct zwp_text_input_v3 *input, const char *text, int32_t begin, int32_t end)
{
	(void)data, (void)input;
	note("preedit '%.40s' %d %d;", text ? text : "", begin, end);
}

static void handle_commit3(void *data, struct zwp_text_input_v3 *input, const char *text)
{
	(void)data, (void)input;
	note("commit '%.40s' %zu;", text ? text : "", text ? strlen(text) : 0);
}

static void handle_delete3(
	void *data, struct zwp_text_input_v3 *input, uint32_t before, uint32_t after)
{
	(void)data, (void)input;
	note("delete %u %u;", before, after);
}

static void commit3(void)
{
	zwp_text_input_v3_commit(input3);
	commits++;
}

static void handle_done3(void *data, struct zwp_text_input_v3 *input, uint32_t serial)
{
	(void)data, (void)input;
	note("done%s;", serial == commits ? "" : " late");
	if (commits_at_once)
		commit3();
}

static const struct zwp_text_input_v3_listener listener3 = {
	.enter = handle_enter3,
	.leave = handle_leave3,
	.preedit_string = handle_preedit3,
	.commit_string = handle_commit3,
	.delete_surrounding_text = handle_delete3,
	.done = handle_done3,
};

/* zwp_text_input_v1 -----------------------------------------------------------------------------
 */

static void handle_enter1(void *data, struct zwp_text_input_v1 *input, struct wl_surface *surface)
{
	(void)data, (void)input, (void)surface;
	entered = true;
}

static void handle_leave1(void *data, struct zwp_text_input_v1 *input)
{
	(void)data, (void)input;
	entered = false;
}

static void ignore_map(void *data, struct zwp_text_input_v1 *input, struct wl_array *map)
{
	(void)data, (void)input, (void)map;
}

static void ignore_number(void *data, struct zwp_text_input_v1 *input, uint32_t number)
{
	(void)data, (void)input, (void)number;
}

static void handle_preedit1(void *data, struct zwp_text_input_v1 *input, uint32_t serial,
	const char *text, const char *commit)
{
	(void)data, (void)input, (void)serial, (void)commit;
	note("preedit '%s';", text);
}

static void ignore_styling(
	void *data, struct zwp_text_input_v1 *input, uint32_t at, uint32_t length, uint32_t style)
{
	(void)data, (void)input, (void)at, (void)length, (void)style;
}

static void handle_preedit_cursor1(void *data, struct zwp_text_input_v1 *input, int32_t at)
{
	(void)data, (void)input;
	note("cursor %d;", at);
}

static void handle_commit1(
	void *data, struct zwp_text_input_v1 *input, uint32_t serial, const char *text)
{
	(void)data, (void)input, (void)serial;
	note("commit '%s';", text);
}

static void ignore_position(
	void *data, struct zwp_text_input_v1 *input, int32_t index, int32_t anchor)
{
	(void)data, (void)input, (void)index, (void)anchor;
}

static void handle_delete1(
	void *data, struct zwp_text_input_v1 *input, int32_t index, uint32_t length)
{
	(void)data, (void)input;
	note("delete %d %u;", index, length);
}

static void ignore_keysym(void *data, struct zwp_text_input_v1 *input, uint32_t serial,
	uint32_t time, uint32_t sym, uint32_t down, uint32_t modifiers)
{
	(void)data, (void)input, (void)serial, (void)time, (void)sym, (void)down, (void)modifiers;
}

static void ignore_language(
	void *data, struct zwp_text_input_v1 *input, uint32_t serial, const char *language)
{
	(void)data, (void)input, (void)serial, (void)language;
}

static void ignore_direction(
	void *data, struct zwp_text_input_v1 *input, uint32_t serial, uint32_t direction)
{
	(void)data, (void)input, (void)serial, (void)direction;
}

static const struct zwp_text_input_v1_listener listener1 = {handle_enter1, handle_leave1,
	ignore_map, ignore_number, handle_preedit1, ignore_styling, handle_preedit_cursor1,
	handle_commit1, ignore_position, handle_delete1, ignore_keysym, ignore_language,
	ignore_direction};

static void handle_key(void *data, struct wl_keyboard *keyboard, uint32_t serial, uint32_t time,
	uint32_t key, uint32_t down)
{
	(void)data, (void)keyboard, (void)serial, (void)time;
	note("key %u %u;", key, down);
}

static void handle_keymap(
	void *data, struct wl_keyboard *keyboard, uint32_t format, int32_t fd, uint32_t size)
{
	(void)data, (void)keyboard, (void)format, (void)size;
	close(fd);
}

static void handle_focus(void *data, struct wl_keyboard *keyboard, uint32_t serial,
	struct wl_surface *surface, struct wl_array *keys)
{
	(void)data, (void)keyboard, (void)serial, (void)surface, (void)keys;
}

static void handle_focus_lost(
	void *data, struct wl_keyboard *keyboard, uint32_t serial, struct wl_surface *surface)
{
	(void)data, (void)keyboard, (void)serial, (void)surface;
}

static void handle_modifiers(void *data, struct wl_keyboard *keyboard, uint32_t serial,
	uint32_t depressed, uint32_t latched, uint32_t locked, uint32_t group)
{
	(void)data, (void)keyboard, (void)serial;
	(void)depressed, (void)latched, (void)locked, (void)group;
}

static void handle_repeat(void *data, struct wl_keyboard *keyboard, int32_t rate, int32_t delay)
{
	(void)data, (void)keyboard, (void)rate, (void)delay;
}

static const struct wl_keyboard_listener keyboard_listener = {handle_keymap, handle_focus,
	handle_focus_lost, handle_key, handle_modifiers, handle_repeat};

/* Set up ----------------------------------------------------------------------------------------
 */

static void handle_global(void *data, struct wl_registry *registry, uint32_t name,
	const char *interface, uint32_t version)
{
	(void)data, (void)version;
	if (strcmp(interface, "zwp_text_input_manager_v1") == 0)
		manager1 =
			wl_registry_bind(registry, name, &zwp_text_input_manager_v1_interface, 1);
	else if (strcmp(interface, "zwp_text_input_manager_v3") == 0)
		manager3 =
			wl_registry_bind(registry, name, &zwp_text_input_manager_v3_interface, 1);
}

static void handle_global_remove(void *data, struct wl_registry *registry, uint32_t name)
{
	(void)data, (void)registry, (void)name;
}

static const struct wl_registry_listener registry_listener = {handle_global, handle_global_remove};

static int start(void **state)
{
	(void)state;
	core_start(&core, false);
	client_connect(&client, &core);
	wl_registry_add_listener(wl_display_get_registry(client.display), &registry_listener, NULL);
	client_sync(&client, &core);
	assert_true(manager1 && manager3);
	wl_keyboard_add_listener(wl_seat_get_keyboard(client.seat), &keyboard_listener, NULL);
	surface_init(&top, &client, 200, 100);
	surface_toplevel(&top, &core, "top");
	input3 = zwp_text_input_manager_v3_get_text_input(manager3, client.seat);
	zwp_text_input_v3_add_listener(input3, &listener3, NULL);
	input1 = zwp_text_input_manager_v1_create_text_input(manager1);
	zwp_text_input_v1_add_listener(input1, &listener1, NULL);
	return 0;
}

static int finish(void **state)
{
	(void)state;
	surface_finish(&top);
	client_disconnect(&client);
	core.pump = NULL;
	core_stop(&core);
	return 0;
}

static bool no_field(struct core *c, void *data)
{
	(void)data;
	return !c->field.window;
}

static bool has_entered(struct core *c, void *data)
{
	(void)c, (void)data;
	return entered;
}

static uint32_t top_id(void)
{
	return core_wait_titled(&core, "top")->now.id;
}

static int focus_top(void **state)
{
	(void)state;
	oriel_mir_focus(core.mir, top_id(), NULL, 0, 0);
	core_wait(&core, has_entered, NULL);
	log_[0] = '\0';
	return 0;
}

static int focus_none(void **state)
{
	(void)state;
	oriel_mir_focus(core.mir, 0, NULL, 0, 0);
	core_wait(&core, no_field, NULL);
	client_sync(&client, &core);
	entered = false;
	return 0;
}

static bool has_caret(struct core *c, void *data)
{
	const struct oriel_rect *r = data, *caret = &c->field.caret;

	return c->field.window && caret->x == r->x && caret->y == r->y &&
	       caret->width == r->width && caret->height == r->height;
}

static void expect_caret(int32_t x, int32_t y, int32_t width, int32_t height)
{
	struct oriel_rect caret = {x, y, width, height};

	core_wait(&core, has_caret, &caret);
}

static bool has_surrounding(struct core *c, void *text)
{
	return c->field.window && strcmp(c->surrounding, text) == 0;
}

static bool has_log(struct core *c, void *text)
{
	(void)c;
	return strcmp(log_, text) == 0;
}

static void expect_log(const char *expected)
{
	/* To see in what it differs. */
	client_sync(&client, &core);
	for (int i = 0; i < 100 && strcmp(log_, expected) != 0; i++)
		core_run(&core, 20);
	assert_string_equal(log_, expected);
	core_wait(&core, has_log, (void *)expected);
	log_[0] = '\0';
}

static void enable3(const char *surrounding, int32_t cursor, int32_t anchor)
{
	zwp_text_input_v3_enable(input3);
	zwp_text_input_v3_set_surrounding_text(input3, surrounding, cursor, anchor);
	zwp_text_input_v3_set_content_type(input3, 3, 5);
	zwp_text_input_v3_set_cursor_rectangle(input3, 10, 20, 2, 15);
	commit3();
}

static void write_text(const struct oriel_mir_text *text)
{
	struct oriel_mir_text to = *text;

	to.commit = to.commit ? to.commit : "";
	to.preedit = to.preedit ? to.preedit : "";
	oriel_mir_text(core.mir, &to);
}

/* Tests -----------------------------------------------------------------------------------------
 */

static void test_field(void **state)
{
	unsigned before = core.fields;

	(void)state;
	enable3("h\u00e9llo", 3, 6);
	core_wait(&core, has_surrounding, "h\u00e9llo");
	expect_caret(10, 20, 2, 15);
	assert_int_equal(core.field.window, top_id());
	assert_int_equal(core.field.cursor, 3);
	assert_int_equal(core.field.anchor, 6);
	assert_int_equal(core.field.hints, 3);
	assert_int_equal(core.field.purpose, 5);
	/* The caret moves, and nothing else. */
	zwp_text_input_v3_set_cursor_rectangle(input3, 50, 20, 2, 15);
	commit3();
	expect_caret(50, 20, 2, 15);
	assert_int_equal(core.fields, before + 1);
	/* Another field of the same window. */
	enable3("other", 0, 0);
	core_wait(&core, has_surrounding, "other");
	assert_int_equal(core.fields, before + 2);
	zwp_text_input_v3_disable(input3);
	commit3();
	core_wait(&core, no_field, NULL);
	client_sync(&client, &core);
	/* Nobody is there to get it. */
	write_text(&(struct oriel_mir_text){.commit = "lost"});
	expect_log("");
}

/* What is around the content is not the window. */
static void test_shadow(void **state)
{
	(void)state;
	xdg_surface_set_window_geometry(top.xdg, 7, 9, 180, 80);
	surface_draw(&top, 0, 0, 200, 100);
	surface_commit_wait(&top, &core);
	enable3("", 0, 0);
	expect_caret(3, 11, 2, 15);
	xdg_surface_set_window_geometry(top.xdg, 0, 0, 200, 100);
	surface_draw(&top, 0, 0, 200, 100);
	surface_commit_wait(&top, &core);
	zwp_text_input_v3_disable(input3);
	commit3();
}

static void test_focus_lost(void **state)
{
	(void)state;
	enable3("a", 1, 1);
	core_wait(&core, has_surrounding, "a");
	oriel_mir_focus(core.mir, 0, NULL, 0, 0);
	core_wait(&core, no_field, NULL);
}

static void test_write(void **state)
{
	(void)state;
	enable3("ab", 2, 2);
	core_wait(&core, has_surrounding, "ab");
	write_text(
		&(struct oriel_mir_text){.preedit = "n\u0129", .cursor_begin = 1, .cursor_end = 3});
	expect_log("preedit 'n\u0129' 1 3;done;");
	write_text(&(struct oriel_mir_text){.preedit = "x", .cursor_begin = -1, .cursor_end = -1});
	expect_log("preedit 'x' -1 -1;done;");
	write_text(&(struct oriel_mir_text){.commit = "\u4f60\u597d"});
	expect_log("commit '\u4f60\u597d' 6;done;");
	write_text(&(struct oriel_mir_text){.delete_before = 1, .commit = "c", .preedit = "d"});
	expect_log("preedit 'd' 0 0;delete 1 0;commit 'c' 1;done;");
	write_text(&(struct oriel_mir_text){.cursor_begin = 0});
	expect_log("preedit '' 0 0;done;");
}

/* Keys and text arrive in the order in which they were sent. */
static void test_order(void **state)
{
	char expected[2048] = "";

	(void)state;
	enable3("", 0, 0);
	expect_caret(10, 20, 2, 15);
	for (uint32_t i = 0; i < 20; i++) {
		oriel_mir_key(core.mir, 1, 2 + i, true);
		write_text(&(struct oriel_mir_text){.commit = "x"});
		write_text(&(struct oriel_mir_text){.commit = "y"});
		oriel_mir_key(core.mir, 1, 2 + i, false);
		snprintf(expected + strlen(expected), sizeof expected - strlen(expected),
			"key %u 1;commit 'x' 1;done;commit 'y' 1;done;key %u 0;", 2 + i, 2 + i);
	}
	expect_log(expected);
}

/* The client has committed before it reads the text: it may put that aside until it is written to
 * again, and the keys behind it wait. */
static void test_late(void **state)
{
	struct pollfd fd = {.fd = wl_display_get_fd(client.display), .events = POLLIN};

	(void)state;
	enable3("late", 0, 0);
	core_wait(&core, has_surrounding, "late");
	client_sync(&client, &core);
	write_text(&(struct oriel_mir_text){.commit = "x"});
	oriel_mir_key(core.mir, 1, 2, true);
	assert_int_equal(poll(&fd, 1, 10000), 1);
	commit3();
	expect_log("commit 'x' 1;done late;preedit '' 0 0;done;key 2 1;");
	oriel_mir_key(core.mir, 1, 2, false);
	expect_log("key 2 0;");
}

/* A client that commits at each text is not written to for ever. */
static void test_late_always(void **state)
{
	(void)state;
	enable3("always", 0, 0);
	core_wait(&core, has_surrounding, "always");
	commits_at_once = true;
	write_text(&(struct oriel_mir_text){.commit = "x"});
	oriel_mir_key(core.mir, 1, 2, true);
	expect_log("commit 'x' 1;done;preedit '' 0 0;done;preedit '' 0 0;done;preedit '' 0 0;done;"
		   "key 2 1;");
	commits_at_once = false;
	oriel_mir_key(core.mir, 1, 2, false);
	expect_log("key 2 0;");
}

/* Nothing waits for a client that has lost focus. */
static void test_late_left(void **state)
{
	(void)state;
	enable3("left", 0, 0);
	core_wait(&core, has_surrounding, "left");
	client_sync(&client, &core);
	client.ignores_pings = true;
	write_text(&(struct oriel_mir_text){.commit = "x"});
	oriel_mir_key(core.mir, 1, 2, true);
	expect_log("commit 'x' 1;done;");
	focus_none(NULL);
	log_[0] = '\0';
	client.ignores_pings = false;
	focus_top(NULL);
	oriel_mir_key(core.mir, 1, 2, true);
	oriel_mir_key(core.mir, 1, 2, false);
	expect_log("key 2 1;key 2 0;");
}

/* More than a Wayland message has room for: in pieces of whole characters. */
static void test_long(void **state)
{
	char text[4097] = "", expected[512];

	(void)state;
	for (int i = 0; i < 1365; i++)
		strcat(text, "\u4f60");
	enable3("", 0, 0);
	expect_caret(10, 20, 2, 15);
	write_text(&(struct oriel_mir_text){.commit = text});
	snprintf(expected, sizeof expected, "commit '%.40s' 3999;done;commit '%.40s' 96;done;",
		text, text);
	expect_log(expected);
	write_text(
		&(struct oriel_mir_text){.preedit = text, .cursor_begin = 4095, .cursor_end = 9});
	snprintf(expected, sizeof expected, "preedit '%.40s' 3999 9;done;", text);
	expect_log(expected);
}

static void test_version_1(void **state)
{
	(void)state;
	entered = false;
	zwp_text_input_v1_activate(input1, client.seat, top.surface);
	core_wait(&core, has_entered, NULL);
	zwp_text_input_v1_activate(input1, client.seat, top.surface);
	zwp_text_input_v1_set_surrounding_text(input1, "v1", 2, 2);
	zwp_text_input_v1_set_content_type(input1, 0x40 | 0x80, 8);
	zwp_text_input_v1_set_cursor_rectangle(input1, 30, 40, 1, 12);
	zwp_text_input_v1_commit_state(input1, 1);
	core_wait(&core, has_surrounding, "v1");
	expect_caret(30, 40, 1, 12);
	assert_int_equal(core.field.purpose, 8);         /* password */
	assert_int_equal(core.field.hints, 0x40 | 0x80); /* hidden, sensitive */
	zwp_text_input_v1_set_cursor_rectangle(input1, 31, 40, 1, 12);
	expect_caret(31, 40, 1, 12);
	write_text(&(struct oriel_mir_text){.preedit = "ni", .cursor_begin = 2, .cursor_end = 2});
	expect_log("cursor 2;preedit 'ni';");
	write_text(&(struct oriel_mir_text){.commit = "\u4f60"});
	expect_log("commit '\u4f60';");
	zwp_text_input_v1_deactivate(input1, client.seat);
	core_wait(&core, no_field, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_field, focus_top, focus_none),
		cmocka_unit_test_setup_teardown(test_shadow, focus_top, focus_none),
		cmocka_unit_test_setup_teardown(test_focus_lost, focus_top, focus_none),
		cmocka_unit_test_setup_teardown(test_write, focus_top, focus_none),
		cmocka_unit_test_setup_teardown(test_order, focus_top, focus_none),
		cmocka_unit_test_setup_teardown(test_late, focus_top, focus_none),
		cmocka_unit_test_setup_teardown(test_late_always, focus_top, focus_none),
		cmocka_unit_test_setup_teardown(test_late_left, focus_top, focus_none),
		cmocka_unit_test_setup_teardown(test_long, focus_top, focus_none),
		cmocka_unit_test_setup_teardown(test_version_1, focus_top, focus_none),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, start, finish);
}
