/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
#include "tests/clients/client.h"

#include <errno.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "tests/clients/outputs.h"

void client_die(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	fprintf(stderr, "%s: ", program_invocation_short_name);
	vfprintf(stderr, format, args);
	fputc('\n', stderr);
	va_end(args);
	exit(1);
}

static void handle_ping(void *data, struct xdg_wm_base *shell, uint32_t serial)
{
	(void)data;
	xdg_wm_base_pong(shell, serial);
}

static const struct xdg_wm_base_listener shell_listener = {.ping = handle_ping};

static void handle_global(void *data, struct wl_registry *registry, uint32_t id,
	const char *interface, uint32_t version)
{
	struct client *client = data;
	const struct {
		const struct wl_interface *interface;
		uint32_t version; /* the newest that is known here */
		void *slot;
	} wanted[] = {
		{&wl_compositor_interface, 4, &client->compositor},
		{&wl_subcompositor_interface, 1, &client->subcompositor},
		{&wl_shm_interface, 1, &client->shm},
		{&wl_seat_interface, 8, &client->seat},
		{&xdg_wm_base_interface, 5, &client->shell},
		{&wp_viewporter_interface, 1, &client->viewporter},
		{&zxdg_decoration_manager_v1_interface, 1, &client->decorations},
		{&zwp_linux_dmabuf_v1_interface, 4, &client->dmabufs},
		{&wp_fractional_scale_manager_v1_interface, 1, &client->fractions},
		{&zwp_pointer_constraints_v1_interface, 1, &client->constraints},
		{&zwp_relative_pointer_manager_v1_interface, 1, &client->relative},
		{&zwp_keyboard_shortcuts_inhibit_manager_v1_interface, 1, &client->inhibit},
	};
	size_t i;

	if (!strcmp(interface, wl_output_interface.name) && version >= 4)
		output_add(client, registry, id);
	for (i = 0; i < sizeof(wanted) / sizeof(*wanted); i++) {
		if (strcmp(interface, wanted[i].interface->name))
			continue;
		if (version > wanted[i].version)
			version = wanted[i].version;
		*(void **)wanted[i].slot =
			wl_registry_bind(registry, id, wanted[i].interface, version);
	}
}

static void handle_global_remove(void *data, struct wl_registry *registry, uint32_t id)
{
	(void)registry;
	output_remove(data, id);
}

static const struct wl_registry_listener registry_listener = {
	.global = handle_global,
	.global_remove = handle_global_remove,
};

void client_connect(struct client *client)
{
	struct wl_registry *registry;

	client->display = wl_display_connect(NULL);
	if (!client->display)
		client_die("no Wayland compositor at WAYLAND_DISPLAY");
	registry = wl_display_get_registry(client->display);
	wl_registry_add_listener(registry, &registry_listener, client);
	wl_display_roundtrip(client->display);
	if (!client->compositor || !client->shm || !client->shell)
		client_die("the compositor lacks wl_compositor, wl_shm or xdg_wm_base");
	xdg_wm_base_add_listener(client->shell, &shell_listener, NULL);
}

static _Noreturn void die_of_connection(struct client *client)
{
	const struct wl_interface *interface = NULL;
	int error = wl_display_get_error(client->display);
	uint32_t code = 0;

	if (error == EPROTO)
		code = wl_display_get_protocol_error(client->display, &interface, NULL);
	client_die("the connection is gone: %s (%s error %u)", strerror(error),
		interface ? interface->name : "no protocol", code);
}

bool client_wait(struct client *client, int fd)
{
	struct pollfd fds[2] = {
		{.fd = wl_display_get_fd(client->display), .events = POLLIN},
		{.fd = fd, .events = POLLIN},
	};

	if (wl_display_prepare_read(client->display)) {
		if (wl_display_dispatch_pending(client->display) < 0)
			die_of_connection(client);
		return false;
	}
	if (wl_display_flush(client->display) < 0 && errno == EAGAIN)
		fds[0].events |= POLLOUT;
	if (poll(fds, 2, -1) < 0 && errno != EINTR)
		client_die("poll: %s", strerror(errno));
	if (fds[0].revents & (POLLIN | POLLHUP | POLLERR)) {
		if (wl_display_read_events(client->display))
			die_of_connection(client);
	} else {
		wl_display_cancel_read(client->display);
	}
	if (wl_display_dispatch_pending(client->display) < 0)
		die_of_connection(client);
	return fds[1].revents != 0;
}

static void handle_release(void *data, struct wl_buffer *wl_buffer)
{
	struct buffer *buffer = data;

	(void)wl_buffer;
	buffer->busy = false;
	if (buffer->retired)
		buffer_retire(buffer);
}

static const struct wl_buffer_listener buffer_listener = {.release = handle_release};

static void make_shm(struct client *client, struct buffer *buffer)
{
	struct wl_shm_pool *pool;
	int fd = memfd_create("pattern", MFD_CLOEXEC);

	if (fd < 0 || ftruncate(fd, (off_t)buffer->size))
		client_die("no memory for a buffer of %dx%d", buffer->width, buffer->height);
	buffer->pixels = mmap(NULL, buffer->size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (buffer->pixels == MAP_FAILED)
		client_die("mmap: %s", strerror(errno));
	pool = wl_shm_create_pool(client->shm, fd, (int32_t)buffer->size);
	buffer->buffer = wl_shm_pool_create_buffer(pool, 0, buffer->width, buffer->height,
		buffer->width * 4, buffer->alpha ? WL_SHM_FORMAT_ARGB8888 : WL_SHM_FORMAT_XRGB8888);
	wl_shm_pool_destroy(pool);
	close(fd);
}

static void make_dmabuf(struct client *client, struct buffer *buffer, const char *device)
{
	const uint32_t xrgb = 0x34325258, argb = 0x34325241; /* "XR24", "AR24" */
	struct zwp_linux_buffer_params_v1 *params;

	if (!client->dmabufs)
		client_die("the compositor lacks zwp_linux_dmabuf_v1");
	dmabuf_create(device, buffer->width, buffer->height, &buffer->dmabuf);
	buffer->is_dmabuf = true;
	buffer->pixels = buffer->dmabuf.map;
	params = zwp_linux_dmabuf_v1_create_params(client->dmabufs);
	zwp_linux_buffer_params_v1_add(
		params, buffer->dmabuf.fd, 0, 0, (uint32_t)buffer->width * 4, 0, 0);
	buffer->buffer = zwp_linux_buffer_params_v1_create_immed(
		params, buffer->width, buffer->height, buffer->alpha ? argb : xrgb, 0);
	zwp_linux_buffer_params_v1_destroy(params);
}

struct buffer *buffer_create(
	struct client *client, int width, int height, bool alpha, const char *device)
{
	struct buffer *buffer = calloc(1, sizeof(*buffer));

	if (!buffer)
		client_die("no memory for a buffer");
	buffer->size = (size_t)width * (size_t)height * 4;
	buffer->width = width;
	buffer->height = height;
	buffer->alpha = alpha;
	if (*device)
		make_dmabuf(client, buffer, device);
	else
		make_shm(client, buffer);
	wl_buffer_add_listener(buffer->buffer, &buffer_listener, buffer);
	return buffer;
}

void buffer_retire(struct buffer *buffer)
{
	if (!buffer)
		return;
	buffer->retired = true;
	if (buffer->busy)
		return;
	wl_buffer_destroy(buffer->buffer);
	if (buffer->is_dmabuf)
		dmabuf_destroy(&buffer->dmabuf);
	else
		munmap(buffer->pixels, buffer->size);
	free(buffer);
}
