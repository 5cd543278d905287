/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/*
 * A Wayland client for tests, in the test's own process. It never blocks: core_wait() serves it
 * (set core.pump to client_pump). Contents are random pixels, so that damage can be judged.
 */
#ifndef ORIEL_TESTS_CLIENT_H
#define ORIEL_TESTS_CLIENT_H

#include "keyboard-shortcuts-inhibit-client.h"
#include "linux-dmabuf-client.h"
#include "tests/guest/mir/fake_core.h"
#include "viewporter-client.h"
#include "xdg-decoration-client.h"
#include "xdg-shell-client.h"
#include <stdbool.h>
#include <stdint.h>
#include <wayland-client.h>

#define MAX_KEYS 16

struct client {
	struct wl_display *display;
	struct wl_compositor *compositor;
	struct wl_subcompositor *subcompositor;
	struct wl_shm *shm;
	struct wl_seat *seat;
	struct xdg_wm_base *wm_base;
	struct wp_viewporter *viewporter;
	struct zxdg_decoration_manager_v1 *decoration;
	struct wl_data_device_manager *data_devices;
	struct zwp_linux_dmabuf_v1 *dmabuf; /* NULL: not offered */
	struct zwp_keyboard_shortcuts_inhibit_manager_v1 *inhibit;
	int error; /* of the connection */
	bool ignores_pings;

	struct wl_keyboard *keyboard;
	struct wl_surface *keyboard_focus;
	uint32_t entered_keys[MAX_KEYS], n_entered; /* with the last enter */
	uint32_t keys[MAX_KEYS], n_keys;            /* pressed or let go since, code * 2 + down */
	uint32_t mods_depressed, mods_locked;
	char *keymap;
	int32_t repeat_rate, repeat_delay;

	struct wl_pointer *pointer;
	struct wl_surface *pointer_focus;
	double x, y;
	uint32_t button, button_state, serial;
	unsigned frames;
	double axis[2];
	int32_t axis_120[2], discrete[2];
	uint32_t axis_source;
	unsigned axis_stops;

	struct wl_touch *touch;
	struct wl_surface *touch_focus;
	double touch_x, touch_y;
	int32_t touch_id;
	unsigned touch_downs, touch_ups;

	int n_outputs;
	struct client_output {
		struct wl_output *output;
		uint32_t name;
		int32_t x, y, width, height, scale, refresh;
		bool gone;
	} outputs[8];
};

/* A surface with its upright content and how it is put into buffers. */
struct surface {
	struct client *client;
	struct wl_surface *surface;
	struct xdg_surface *xdg;
	struct xdg_toplevel *toplevel;
	struct xdg_popup *popup;
	struct wl_subsurface *subsurface;
	struct wp_viewport *viewport;
	struct zxdg_toplevel_decoration_v1 *decoration;
	int width, height; /* of the content, upright pixels */
	int scale, transform;
	int src[4], dst[2]; /* viewport; dst 0: none */
	uint32_t *pixels;
	int configures, closes, frames_done, releases;
	int configured_width, configured_height;
	int popup_x, popup_y;
	bool maximized, fullscreen, activated, popup_done;
	bool dmabuf;      /* its buffers are files that pass for DMA-BUFs */
	bool keep_buffer; /* one wl_buffer for ever, redrawn when it was released */
	struct wl_buffer *kept;
	uint32_t *kept_pixels;
};

/* Connects and waits for the globals. */
void client_connect(struct client *client, struct core *core);
void client_disconnect(struct client *client);
/* Flushes, reads what is there, dispatches. */
void client_pump(void *client);
/* Until the server has dealt with everything sent so far. */
void client_sync(struct client *client, struct core *core);

void surface_init(struct surface *s, struct client *client, int width, int height);
void surface_finish(struct surface *s);
/* Roles. A toplevel is configured, drawn and committed; the others are left to the test. */
void surface_toplevel(struct surface *s, struct core *core, const char *title);
void surface_popup(struct surface *s, struct surface *parent, struct xdg_positioner *positioner,
	uint32_t grab_serial);
void surface_child(struct surface *s, struct surface *parent, int x, int y);

/* Changes the content inside a rectangle of upright pixels. */
void surface_scribble(struct surface *s, int x, int y, int width, int height);
/* Changes the content and says so, in units of the surface or in pixels of the buffer (only for
 * upright content). */
void surface_draw(struct surface *s, int x, int y, int width, int height);
void surface_draw_buffer(struct surface *s, int x, int y, int width, int height);
/* Attaches a new buffer with the whole content. Returns its pixels' pool for tests that harm it:
 * a file descriptor, owned by the caller when asked for. */
void surface_attach(struct surface *s);
void surface_attach_fd(struct surface *s, int *ret_fd);
void surface_commit(struct surface *s);
/* The next commit asks for a frame callback, counted in frames_done. */
void surface_request_frame(struct surface *s);
/* Commits with a frame callback and waits for it. */
void surface_commit_wait(struct surface *s, struct core *core);
/* Scale, transform and viewport (dst_width 0: none), with a new buffer. */
void surface_geometry(struct surface *s, struct core *core, int scale, int transform,
	const int src[4], const int dst[2]);

#endif
