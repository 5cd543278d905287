/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/* KDE's protocol for who draws a window's frame, in which GTK asks. */
#include "tests/guest/mir/fixture.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

enum { MODE_NONE, MODE_CLIENT, MODE_SERVER, MODE_NOT_TOLD = 100 };

/* The protocol is not among wayland-protocols. */
static const struct wl_interface decoration_interface;
static const struct wl_interface *const no_types[] = {NULL};
static const struct wl_interface *const create_types[] = {
	&decoration_interface, &wl_surface_interface};
static const struct wl_message manager_requests[] = {
	{"create", "no", (const struct wl_interface **)create_types}};
static const struct wl_message manager_events[] = {
	{"default_mode", "u", (const struct wl_interface **)no_types}};
static const struct wl_message requests[] = {
	{"release", "", (const struct wl_interface **)no_types},
	{"request_mode", "u", (const struct wl_interface **)no_types}};
static const struct wl_message events[] = {{"mode", "u", (const struct wl_interface **)no_types}};
enum { CREATE = 0, RELEASE = 0, REQUEST_MODE = 1 };

static const struct wl_interface manager_interface = {
	"org_kde_kwin_server_decoration_manager", 1, 1, manager_requests, 1, manager_events};
static const struct wl_interface decoration_interface = {
	"org_kde_kwin_server_decoration", 1, 2, requests, 1, events};

/* A decoration or the manager, and the mode that was told last. */
struct told {
	struct wl_proxy *proxy;
	uint32_t mode;
};

static struct told manager;

static void handle_mode(void *data, struct wl_proxy *proxy, uint32_t mode)
{
	struct told *told = data;

	(void)proxy;
	told->mode = mode;
}

static void (*mode_listener[])(void) = {(void (*)(void))handle_mode};

static void handle_global(void *data, struct wl_registry *registry, uint32_t name,
	const char *interface, uint32_t version)
{
	(void)data, (void)version;
	if (strcmp(interface, manager_interface.name) != 0)
		return;
	manager = (struct told){
		wl_registry_bind(registry, name, &manager_interface, 1), MODE_NOT_TOLD};
	wl_proxy_add_listener(manager.proxy, mode_listener, &manager);
}

static void handle_global_remove(void *data, struct wl_registry *registry, uint32_t name)
{
	(void)data, (void)registry, (void)name;
}

static const struct wl_registry_listener registry_listener = {handle_global, handle_global_remove};

static int open_manager(void **state)
{
	open_window(state);
	struct wl_registry *registry = wl_display_get_registry(client.display);

	wl_registry_add_listener(registry, &registry_listener, NULL);
	client_sync(&client, &core);
	client_sync(&client, &core);
	assert_non_null(manager.proxy);
	return 0;
}

static void decorate(struct told *ret_decoration, struct wl_surface *surface)
{
	ret_decoration->mode = MODE_NOT_TOLD;
	ret_decoration->proxy = wl_proxy_marshal_flags(
		manager.proxy, CREATE, &decoration_interface, 1, 0, NULL, surface);
	wl_proxy_add_listener(ret_decoration->proxy, mode_listener, ret_decoration);
}

static void request_mode(struct told *decoration, uint32_t mode)
{
	decoration->mode = MODE_NOT_TOLD;
	wl_proxy_marshal_flags(decoration->proxy, REQUEST_MODE, NULL, 1, 0, mode);
}

static void release_decoration(struct told *decoration)
{
	wl_proxy_marshal_flags(decoration->proxy, RELEASE, NULL, 1, WL_MARSHAL_FLAG_DESTROY);
}

static bool framed(const char *title)
{
	struct core_window *window = core_titled(&core, title);

	assert_non_null(window);
	return window->now.flags & ORIEL_WINDOW_DECORATED;
}

static bool is_framed(struct core *c, void *data)
{
	(void)c, (void)data;
	return framed("top");
}

static bool is_bare(struct core *c, void *data)
{
	(void)c, (void)data;
	return !framed("top");
}

/* From its next commit on. */
static void expect_frame(bool frame)
{
	surface_commit(&top);
	settle();
	core_wait(&core, frame ? is_framed : is_bare, NULL);
}

static void expect_mode(struct told *decoration, uint32_t mode, bool frame)
{
	settle();
	assert_int_equal(decoration->mode, mode);
	expect_frame(frame);
}

static void test_before_the_window(void **state)
{
	static const uint32_t modes[] = {MODE_NOT_TOLD, MODE_SERVER, MODE_CLIENT, MODE_NONE};
	struct told decoration;
	struct surface s;

	(void)state;
	assert_int_equal(manager.mode, MODE_SERVER);
	for (size_t i = 0; i < sizeof modes / sizeof *modes; i++) {
		bool frame = modes[i] == MODE_NOT_TOLD || modes[i] == MODE_SERVER;

		surface_init(&s, &client, 120, 80);
		decorate(&decoration, s.surface);
		if (modes[i] != MODE_NOT_TOLD)
			request_mode(&decoration, modes[i]);
		surface_toplevel(&s, &core, "early");
		assert_int_equal(decoration.mode, frame ? MODE_SERVER : modes[i]);
		assert_int_equal(framed("early"), frame);
		release_decoration(&decoration);
		surface_finish(&s);
		settle();
	}
}

/* Mir makes the window as soon as it hears of a state, before the first commit. */
static void test_maximized_from_the_start(void **state)
{
	struct told decoration;
	struct surface s;

	(void)state;
	surface_init(&s, &client, 120, 80);
	s.xdg = xdg_wm_base_get_xdg_surface(client.wm_base, s.surface);
	s.toplevel = xdg_surface_get_toplevel(s.xdg);
	xdg_toplevel_set_title(s.toplevel, "large");
	xdg_toplevel_set_maximized(s.toplevel);
	decorate(&decoration, s.surface);
	surface_commit(&s);
	settle();
	surface_attach(&s);
	surface_commit(&s);
	core_wait_titled(&core, "large");
	assert_true(framed("large"));
	surface_finish(&s);
	settle();
}

static void test_changes(void **state)
{
	struct told decoration;
	struct core_window *window = top_window();

	(void)state;
	assert_false(framed("top"));
	decorate(&decoration, top.surface);
	expect_mode(&decoration, MODE_SERVER, true);
	assert_int_equal(window->now.content.width, TOP_WIDTH);
	assert_int_equal(window->now.content.height, TOP_HEIGHT);
	request_mode(&decoration, MODE_NONE);
	expect_mode(&decoration, MODE_NONE, false);
	request_mode(&decoration, MODE_SERVER);
	expect_mode(&decoration, MODE_SERVER, true);
	request_mode(&decoration, MODE_CLIENT);
	expect_mode(&decoration, MODE_CLIENT, false);
	request_mode(&decoration, MODE_SERVER);
	expect_mode(&decoration, MODE_SERVER, true);
	request_mode(&decoration, 3);
	expect_mode(&decoration, MODE_SERVER, true);
	request_mode(&decoration, UINT32_MAX);
	expect_mode(&decoration, MODE_SERVER, true);
	release_decoration(&decoration);
	expect_frame(false);
	assert_int_equal(client.error, 0);
}

/* GTK 4 makes them and forgets those it had. */
static void test_second_decoration(void **state)
{
	struct told first, second;

	(void)state;
	decorate(&first, top.surface);
	expect_mode(&first, MODE_SERVER, true);
	decorate(&second, top.surface);
	request_mode(&second, MODE_CLIENT);
	expect_mode(&second, MODE_CLIENT, false);
	/* The first one counts no more. */
	request_mode(&first, MODE_SERVER);
	expect_mode(&first, MODE_NOT_TOLD, false);
	request_mode(&second, MODE_SERVER);
	expect_mode(&second, MODE_SERVER, true);
	release_decoration(&first);
	expect_frame(true);
	release_decoration(&second);
	expect_frame(false);
	assert_int_equal(client.error, 0);
}

/* A surface that is no window any more, and then one again, keeps its decoration. */
static void test_window_again(void **state)
{
	struct told decoration;
	struct surface s;

	(void)state;
	surface_init(&s, &client, 120, 80);
	decorate(&decoration, s.surface);
	for (int i = 0; i < 2; i++) {
		surface_toplevel(&s, &core, "again");
		assert_true(framed("again"));
		xdg_toplevel_destroy(s.toplevel);
		xdg_surface_destroy(s.xdg);
		s.toplevel = NULL;
		s.xdg = NULL;
		s.configures = 0;
		wl_surface_attach(s.surface, NULL, 0, 0);
		surface_commit(&s);
		settle();
		assert_null(core_titled(&core, "again"));
	}
	surface_finish(&s);
	release_decoration(&decoration);
	settle();
	assert_int_equal(client.error, 0);
}

static void test_outlived_surface(void **state)
{
	struct told decorations[2];
	struct wl_surface *surface = wl_compositor_create_surface(client.compositor);

	(void)state;
	decorate(&decorations[0], surface);
	decorate(&decorations[1], surface);
	wl_surface_destroy(surface);
	for (int i = 0; i < 2; i++)
		request_mode(&decorations[i], MODE_CLIENT);
	settle();
	for (int i = 0; i < 2; i++)
		release_decoration(&decorations[i]);
	/* Left to the end of the connection. */
	surface = wl_compositor_create_surface(client.compositor);
	decorate(&decorations[0], surface);
	decorate(&decorations[1], top.surface);
	settle();
	assert_int_equal(client.error, 0);
}

/* The frame is the window's business, not that of its parts. */
static void test_subsurface(void **state)
{
	struct told decoration, part;
	struct surface child;

	(void)state;
	decorate(&decoration, top.surface);
	expect_mode(&decoration, MODE_SERVER, true);
	surface_init(&child, &client, 40, 30);
	surface_child(&child, &top, 10, 10);
	wl_subsurface_set_desync(child.subsurface);
	decorate(&part, child.surface);
	request_mode(&part, MODE_CLIENT);
	surface_attach(&child);
	surface_commit(&child);
	expect_mode(&part, MODE_CLIENT, true);
	release_decoration(&part);
	surface_commit(&child);
	expect_mode(&decoration, MODE_SERVER, true);
	surface_finish(&child);
}

/* By both protocols: the last change counts. */
static void test_with_xdg_decoration(void **state)
{
	struct told decoration;

	(void)state;
	decorate(&decoration, top.surface);
	request_mode(&decoration, MODE_CLIENT);
	expect_mode(&decoration, MODE_CLIENT, false);
	top.decoration =
		zxdg_decoration_manager_v1_get_toplevel_decoration(client.decoration, top.toplevel);
	zxdg_toplevel_decoration_v1_set_mode(
		top.decoration, ZXDG_TOPLEVEL_DECORATION_V1_MODE_SERVER_SIDE);
	expect_mode(&decoration, MODE_CLIENT, true);
	request_mode(&decoration, MODE_NONE);
	expect_mode(&decoration, MODE_NONE, false);
}

#define DECORATION_TEST(name) cmocka_unit_test_setup_teardown(name, open_manager, close_window)

int main(void)
{
	const struct CMUnitTest tests[] = {
		DECORATION_TEST(test_before_the_window),
		DECORATION_TEST(test_maximized_from_the_start),
		DECORATION_TEST(test_changes),
		DECORATION_TEST(test_second_decoration),
		DECORATION_TEST(test_window_again),
		DECORATION_TEST(test_outlived_surface),
		DECORATION_TEST(test_subsurface),
		DECORATION_TEST(test_with_xdg_decoration),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, start_mir, stop_mir);
}
