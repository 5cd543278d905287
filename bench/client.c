/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/*
 * The benchmark's Wayland client. It draws everything before it measures, so what is left of its
 * own cost is attach, damage, commit.
 *
 *   full     1920x1080, two buffers in turn, everything damaged, as fast as frames are shown
 *   glyph    a 10x20 rectangle, 40 times a second
 *   click    a 64x64 square at 100,100 changes its colour at every button press
 *   idle     one frame, then nothing
 *   memcpy   no window: prints what one memcpy of a 1920x1080 frame takes, see memcpy.h
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>
#include <wayland-client.h>

#include "bench/memcpy.h"
#include "xdg-shell-client-protocol.h"

#define WIDTH 1920
#define HEIGHT 1080
#define STRIDE (WIDTH * 4)
#define FRAME ((size_t)STRIDE * HEIGHT)

static struct wl_compositor *compositor;
static struct wl_shm *shm;
static struct wl_seat *seat;
static struct xdg_wm_base *wm_base;
static struct wl_surface *surface;
static struct wl_buffer *buffers[2];
static uint32_t *pixels[2];
static bool configured;
static int current;
static const char *mode = "full";

static void handle_ping(void *data, struct xdg_wm_base *base, uint32_t serial)
{
	(void)data;
	xdg_wm_base_pong(base, serial);
}

static const struct xdg_wm_base_listener wm_base_listener = {.ping = handle_ping};

static void handle_global(void *data, struct wl_registry *registry, uint32_t name,
	const char *interface, uint32_t version)
{
	(void)data;
	(void)version;
	if (!strcmp(interface, wl_compositor_interface.name))
		compositor = wl_registry_bind(registry, name, &wl_compositor_interface, 4);
	else if (!strcmp(interface, wl_shm_interface.name))
		shm = wl_registry_bind(registry, name, &wl_shm_interface, 1);
	else if (!strcmp(interface, wl_seat_interface.name))
		seat = wl_registry_bind(registry, name, &wl_seat_interface, 1);
	else if (!strcmp(interface, xdg_wm_base_interface.name))
		wm_base = wl_registry_bind(registry, name, &xdg_wm_base_interface, 1);
}

static void handle_global_remove(void *data, struct wl_registry *registry, uint32_t name)
{
	(void)data;
	(void)registry;
	(void)name;
}

static const struct wl_registry_listener registry_listener = {
	.global = handle_global,
	.global_remove = handle_global_remove,
};

static void handle_surface_configure(void *data, struct xdg_surface *xdg, uint32_t serial)
{
	(void)data;
	xdg_surface_ack_configure(xdg, serial);
	configured = true;
}

static const struct xdg_surface_listener xdg_surface_listener = {
	.configure = handle_surface_configure,
};

static void handle_toplevel_configure(void *data, struct xdg_toplevel *toplevel, int32_t width,
	int32_t height, struct wl_array *states)
{
	/* The size of the measurement is fixed, whatever the host would like. */
	(void)data;
	(void)toplevel;
	(void)width;
	(void)height;
	(void)states;
}

static void handle_close(void *data, struct xdg_toplevel *toplevel)
{
	(void)data;
	(void)toplevel;
	exit(0);
}

static const struct xdg_toplevel_listener toplevel_listener = {
	.configure = handle_toplevel_configure,
	.close = handle_close,
};

static void make_buffers(void)
{
	int fd = memfd_create("bench", MFD_CLOEXEC);
	uint8_t *map;

	if (fd < 0 || ftruncate(fd, (off_t)FRAME * 2) < 0)
		exit(1);
	map = mmap(NULL, FRAME * 2, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (map == MAP_FAILED)
		exit(1);
	struct wl_shm_pool *pool = wl_shm_create_pool(shm, fd, (int)FRAME * 2);
	for (int i = 0; i < 2; i++) {
		pixels[i] = (uint32_t *)(map + FRAME * (size_t)i);
		for (size_t p = 0; p < FRAME / 4; p++)
			pixels[i][p] = (uint32_t)(p * 2654435761u) >> (8 + i);
		buffers[i] = wl_shm_pool_create_buffer(
			pool, (int)FRAME * i, WIDTH, HEIGHT, STRIDE, WL_SHM_FORMAT_XRGB8888);
	}
	wl_shm_pool_destroy(pool);
	close(fd);
}

static void draw_full(void);

static void handle_frame(void *data, struct wl_callback *callback, uint32_t time)
{
	(void)data;
	(void)time;
	wl_callback_destroy(callback);
	draw_full();
}

static const struct wl_callback_listener frame_listener = {.done = handle_frame};

static void draw_full(void)
{
	wl_callback_add_listener(wl_surface_frame(surface), &frame_listener, NULL);
	wl_surface_attach(surface, buffers[current], 0, 0);
	wl_surface_damage_buffer(surface, 0, 0, WIDTH, HEIGHT);
	wl_surface_commit(surface);
	current = !current;
}

/* Both buffers get the change, so that either holds the whole picture. */
static void draw_rect(int x, int y, int width, int height, uint32_t colour)
{
	current = !current;
	for (int b = 0; b < 2; b++)
		for (int j = y; j < y + height; j++)
			for (int i = x; i < x + width; i++)
				pixels[b][j * WIDTH + i] = colour;
	wl_surface_attach(surface, buffers[current], 0, 0);
	wl_surface_damage_buffer(surface, x, y, width, height);
	wl_surface_commit(surface);
}

static void handle_enter(void *data, struct wl_pointer *pointer, uint32_t serial,
	struct wl_surface *entered, wl_fixed_t x, wl_fixed_t y)
{
	(void)data;
	(void)pointer;
	(void)serial;
	(void)entered;
	(void)x;
	(void)y;
}

static void handle_leave(
	void *data, struct wl_pointer *pointer, uint32_t serial, struct wl_surface *left)
{
	(void)data;
	(void)pointer;
	(void)serial;
	(void)left;
}

static void handle_motion(
	void *data, struct wl_pointer *pointer, uint32_t time, wl_fixed_t x, wl_fixed_t y)
{
	(void)data;
	(void)pointer;
	(void)time;
	(void)x;
	(void)y;
}

static void handle_button(void *data, struct wl_pointer *pointer, uint32_t serial, uint32_t time,
	uint32_t button, uint32_t state)
{
	static bool on;

	(void)data;
	(void)pointer;
	(void)serial;
	(void)time;
	(void)button;
	if (state != WL_POINTER_BUTTON_STATE_PRESSED)
		return;
	on = !on;
	draw_rect(100, 100, 64, 64, on ? 0xff0000 : 0x0000ff);
}

static void handle_axis(
	void *data, struct wl_pointer *pointer, uint32_t time, uint32_t axis, wl_fixed_t value)
{
	(void)data;
	(void)pointer;
	(void)time;
	(void)axis;
	(void)value;
}

static const struct wl_pointer_listener pointer_listener = {
	.enter = handle_enter,
	.leave = handle_leave,
	.motion = handle_motion,
	.button = handle_button,
	.axis = handle_axis,
};

static void run_glyphs(struct wl_display *display)
{
	const struct timespec pause = {.tv_nsec = 25 * 1000 * 1000};

	for (int i = 0;; i++) {
		draw_rect(16 + i % 180 * 10, 16 + i / 180 % 50 * 20, 10, 20, (uint32_t)i * 4099);
		if (wl_display_roundtrip(display) < 0)
			return;
		nanosleep(&pause, NULL);
	}
}

int main(int argc, char **argv)
{
	struct wl_display *display;

	if (argc > 1)
		mode = argv[1];
	if (!strcmp(mode, "memcpy"))
		return bench_memcpy(FRAME);
	display = wl_display_connect(NULL);
	if (!display) {
		fprintf(stderr, "bench-client: no Wayland display\n");
		return 1;
	}
	wl_registry_add_listener(wl_display_get_registry(display), &registry_listener, NULL);
	wl_display_roundtrip(display);
	if (!compositor || !shm || !wm_base || !seat)
		return 1;
	xdg_wm_base_add_listener(wm_base, &wm_base_listener, NULL);
	wl_pointer_add_listener(wl_seat_get_pointer(seat), &pointer_listener, NULL);
	make_buffers();
	surface = wl_compositor_create_surface(compositor);
	struct xdg_surface *xdg = xdg_wm_base_get_xdg_surface(wm_base, surface);
	xdg_surface_add_listener(xdg, &xdg_surface_listener, NULL);
	struct xdg_toplevel *toplevel = xdg_surface_get_toplevel(xdg);
	xdg_toplevel_add_listener(toplevel, &toplevel_listener, NULL);
	xdg_toplevel_set_title(toplevel, "bench");
	xdg_toplevel_set_app_id(toplevel, "bench");
	wl_surface_commit(surface);
	while (!configured && wl_display_dispatch(display) >= 0)
		;
	draw_rect(100, 100, 64, 64, 0x0000ff);
	if (!strcmp(mode, "full"))
		draw_full();
	else if (!strcmp(mode, "glyph"))
		run_glyphs(display);
	while (wl_display_dispatch(display) >= 0)
		;
	return 0;
}
