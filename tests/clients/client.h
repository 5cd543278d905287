/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/*
 * What the Wayland test clients share: a connection with its globals, and shared-memory buffers.
 * A fault of the connection ends the program with a line on standard error: these are tests.
 */
#ifndef ORIEL_TESTS_CLIENTS_CLIENT_H
#define ORIEL_TESTS_CLIENTS_CLIENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <wayland-client.h>

#include "fractional-scale-v1-client-protocol.h"
#include "keyboard-shortcuts-inhibit-unstable-v1-client-protocol.h"
#include "linux-dmabuf-v1-client-protocol.h"
#include "pointer-constraints-unstable-v1-client-protocol.h"
#include "relative-pointer-unstable-v1-client-protocol.h"
#include "tests/clients/dmabuf.h"
#include "viewporter-client-protocol.h"
#include "xdg-decoration-unstable-v1-client-protocol.h"
#include "xdg-shell-client-protocol.h"

/* Globals that the compositor has not are NULL. */
struct output;

struct client {
	struct wl_display *display;
	struct output *outputs; /* see outputs.h */
	struct wl_compositor *compositor;
	struct wl_subcompositor *subcompositor;
	struct wl_shm *shm;
	struct wl_seat *seat;
	struct xdg_wm_base *shell;
	struct wp_viewporter *viewporter;
	struct zxdg_decoration_manager_v1 *decorations;
	struct zwp_linux_dmabuf_v1 *dmabufs;
	struct wp_fractional_scale_manager_v1 *fractions;
	struct zwp_pointer_constraints_v1 *constraints;
	struct zwp_relative_pointer_manager_v1 *relative;
	struct zwp_keyboard_shortcuts_inhibit_manager_v1 *inhibit;
};

/* Connects to $WAYLAND_DISPLAY and binds everything. */
void client_connect(struct client *client);

/* Writes what is queued, waits for events of the compositor, or until fd (-1: none) can be read,
 * and dispatches them. Returns whether fd can be read. May return without any event: use it in a
 * loop that asks for what is waited for. */
bool client_wait(struct client *client, int fd);

struct buffer {
	struct wl_buffer *buffer;
	uint32_t *pixels; /* argb8888 or xrgb8888, rows packed */
	size_t size;
	int width, height;
	bool alpha;
	bool is_dmabuf;
	struct dmabuf dmabuf;
	bool busy; /* the compositor reads it */
	bool retired;
};

/* A buffer in memory of its own; device: what makes the DMA-BUF ("": it is shared memory). */
struct buffer *buffer_create(
	struct client *client, int width, int height, bool alpha, const char *device);

/* Takes; destroys it as soon as the compositor has released it. NULL is fine. */
void buffer_retire(struct buffer *buffer);

/* Ends the program, with a line on standard error. */
_Noreturn void client_die(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
