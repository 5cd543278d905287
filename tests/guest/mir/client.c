/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
#include "tests/guest/mir/client.h"
#include <errno.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmocka.h>

static void handle_ping(void *data, struct xdg_wm_base *base, uint32_t serial)
{
	const struct client *c = data;

	if (!c->ignores_pings)
		xdg_wm_base_pong(base, serial);
}

static const struct xdg_wm_base_listener wm_base_listener = {handle_ping};

static void handle_geometry(void *data, struct wl_output *output, int32_t x, int32_t y,
	int32_t width_mm, int32_t height_mm, int32_t subpixel, const char *make, const char *model,
	int32_t transform)
{
	struct client_output *o = data;

	(void)output, (void)width_mm, (void)height_mm, (void)subpixel;
	(void)make, (void)model, (void)transform;
	o->x = x;
	o->y = y;
}

static void handle_mode(void *data, struct wl_output *output, uint32_t flags, int32_t width,
	int32_t height, int32_t refresh)
{
	struct client_output *o = data;

	(void)output;
	if (!(flags & WL_OUTPUT_MODE_CURRENT))
		return;
	o->width = width;
	o->height = height;
	o->refresh = refresh;
}

static void handle_output_done(void *data, struct wl_output *output)
{
	(void)data, (void)output;
}

static void handle_scale(void *data, struct wl_output *output, int32_t scale)
{
	struct client_output *o = data;

	(void)output;
	o->scale = scale;
}

static const struct wl_output_listener output_listener = {
	handle_geometry, handle_mode, handle_output_done, handle_scale, NULL, NULL};

static void bind_output(struct client *c, struct wl_registry *registry, uint32_t name)
{
	struct client_output *o = &c->outputs[c->n_outputs++];

	assert_true(c->n_outputs <= 8);
	o->name = name;
	o->output = wl_registry_bind(registry, name, &wl_output_interface, 2);
	wl_output_add_listener(o->output, &output_listener, o);
}

static void handle_global(void *data, struct wl_registry *registry, uint32_t name,
	const char *interface, uint32_t version)
{
	struct client *c = data;

	(void)version;
	if (strcmp(interface, "wl_compositor") == 0)
		c->compositor = wl_registry_bind(registry, name, &wl_compositor_interface, 4);
	else if (strcmp(interface, "wl_subcompositor") == 0)
		c->subcompositor = wl_registry_bind(registry, name, &wl_subcompositor_interface, 1);
	else if (strcmp(interface, "wl_shm") == 0)
		c->shm = wl_registry_bind(registry, name, &wl_shm_interface, 1);
	else if (strcmp(interface, "wl_seat") == 0)
		c->seat = wl_registry_bind(registry, name, &wl_seat_interface, 8);
	else if (strcmp(interface, "xdg_wm_base") == 0) {
		c->wm_base = wl_registry_bind(registry, name, &xdg_wm_base_interface, 3);
		xdg_wm_base_add_listener(c->wm_base, &wm_base_listener, c);
	} else if (strcmp(interface, "wp_viewporter") == 0)
		c->viewporter = wl_registry_bind(registry, name, &wp_viewporter_interface, 1);
	else if (strcmp(interface, "zxdg_decoration_manager_v1") == 0)
		c->decoration =
			wl_registry_bind(registry, name, &zxdg_decoration_manager_v1_interface, 1);
	else if (strcmp(interface, "wl_data_device_manager") == 0)
		c->data_devices =
			wl_registry_bind(registry, name, &wl_data_device_manager_interface, 3);
	else if (strcmp(interface, "zwp_linux_dmabuf_v1") == 0)
		c->dmabuf = wl_registry_bind(registry, name, &zwp_linux_dmabuf_v1_interface, 4);
	else if (strcmp(interface, "zwp_keyboard_shortcuts_inhibit_manager_v1") == 0)
		c->inhibit = wl_registry_bind(
			registry, name, &zwp_keyboard_shortcuts_inhibit_manager_v1_interface, 1);
	else if (strcmp(interface, "wl_output") == 0)
		bind_output(c, registry, name);
}

static void handle_global_remove(void *data, struct wl_registry *registry, uint32_t name)
{
	struct client *c = data;

	(void)registry;
	for (int i = 0; i < c->n_outputs; i++)
		if (c->outputs[i].name == name)
			c->outputs[i].gone = true;
}

static const struct wl_registry_listener registry_listener = {handle_global, handle_global_remove};

void client_pump(void *data)
{
	struct client *c = data;
	struct pollfd fd = {.fd = wl_display_get_fd(c->display), .events = POLLIN};

	while (wl_display_prepare_read(c->display) != 0)
		if (wl_display_dispatch_pending(c->display) < 0) {
			c->error = wl_display_get_error(c->display);
			return;
		}
	wl_display_flush(c->display);
	if (poll(&fd, 1, 0) > 0)
		wl_display_read_events(c->display);
	else
		wl_display_cancel_read(c->display);
	wl_display_dispatch_pending(c->display);
	c->error = wl_display_get_error(c->display);
}

static void handle_synced(void *data, struct wl_callback *callback, uint32_t serial)
{
	(void)serial;
	*(bool *)data = true;
	wl_callback_destroy(callback);
}

static const struct wl_callback_listener sync_listener = {handle_synced};

static bool is_true(struct core *core, void *data)
{
	(void)core;
	return *(bool *)data;
}

void client_sync(struct client *c, struct core *core)
{
	bool done = false;
	struct wl_callback *callback = wl_display_sync(c->display);

	wl_callback_add_listener(callback, &sync_listener, &done);
	core_wait(core, is_true, &done);
}

void client_connect(struct client *c, struct core *core)
{
	memset(c, 0, sizeof *c);
	c->display = wl_display_connect(core->wayland_display);
	assert_non_null(c->display);
	core->pump = client_pump;
	core->pump_data = c;
	struct wl_registry *registry = wl_display_get_registry(c->display);
	wl_registry_add_listener(registry, &registry_listener, c);
	client_sync(c, core);
	client_sync(c, core);
	assert_true(c->compositor && c->subcompositor && c->shm && c->wm_base && c->viewporter);
}

void client_disconnect(struct client *c)
{
	free(c->keymap);
	wl_display_disconnect(c->display);
	c->display = NULL;
}
