/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/*
 * copier N: copies "change 1" to "change N" one after the other, without any window, says "done"
 * and has the last one copied until it is killed.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <wayland-client.h>

static struct wl_seat *seat;
static struct wl_data_device_manager *manager;
static char text[64];

static void handle_global(
	void *data, struct wl_registry *registry, uint32_t name, const char *interface, uint32_t v)
{
	(void)data;
	(void)v;
	if (!strcmp(interface, wl_seat_interface.name))
		seat = wl_registry_bind(registry, name, &wl_seat_interface, 1);
	else if (!strcmp(interface, wl_data_device_manager_interface.name))
		manager = wl_registry_bind(registry, name, &wl_data_device_manager_interface, 1);
}

static void handle_removed(void *data, struct wl_registry *registry, uint32_t name)
{
	(void)data;
	(void)registry;
	(void)name;
}

static const struct wl_registry_listener registry_listener = {handle_global, handle_removed};

static void handle_target(void *data, struct wl_data_source *source, const char *type)
{
	(void)data;
	(void)source;
	(void)type;
}

static void handle_send(void *data, struct wl_data_source *source, const char *type, int fd)
{
	(void)data;
	(void)source;
	(void)type;
	if (write(fd, text, strlen(text)) < 0)
		perror("copier");
	close(fd);
}

static void handle_cancelled(void *data, struct wl_data_source *source)
{
	(void)data;
	wl_data_source_destroy(source);
}

static const struct wl_data_source_listener source_listener = {
	.target = handle_target, .send = handle_send, .cancelled = handle_cancelled};

int main(int argc, char *argv[])
{
	struct wl_display *display = wl_display_connect(NULL);
	struct wl_data_device *device;
	int n = argc > 1 ? atoi(argv[1]) : 1;

	if (!display)
		return 1;
	wl_registry_add_listener(wl_display_get_registry(display), &registry_listener, NULL);
	wl_display_roundtrip(display);
	if (!seat || !manager)
		return 1;
	device = wl_data_device_manager_get_data_device(manager, seat);
	for (int i = 1; i <= n; i++) {
		struct wl_data_source *source = wl_data_device_manager_create_data_source(manager);

		snprintf(text, sizeof(text), "change %d", i);
		wl_data_source_add_listener(source, &source_listener, NULL);
		wl_data_source_offer(source, "text/plain;charset=utf-8");
		wl_data_device_set_selection(device, source, 0);
		wl_display_roundtrip(display);
	}
	puts("done");
	fflush(stdout);
	while (wl_display_dispatch(display) >= 0)
		;
	return 1;
}
