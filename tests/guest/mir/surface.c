/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
#include "tests/guest/mir/client.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmocka.h>

/* Two of the formats of wl_shm have numbers of their own; everywhere else it is the fourcc. */
#define FOURCC_ARGB8888 0x34325241

static uint32_t random_pixel(void)
{
	static uint32_t x = 88172645;

	x ^= x << 13;
	x ^= x >> 17;
	x ^= x << 5;
	return x | 0xff000000;
}

void surface_init(struct surface *s, struct client *client, int width, int height)
{
	memset(s, 0, sizeof *s);
	s->client = client;
	s->surface = wl_compositor_create_surface(client->compositor);
	s->width = width;
	s->height = height;
	s->scale = 1;
	s->pixels = calloc((size_t)width * height, sizeof *s->pixels);
	surface_scribble(s, 0, 0, width, height);
}

void surface_finish(struct surface *s)
{
	if (s->kept)
		wl_buffer_destroy(s->kept);
	if (s->decoration)
		zxdg_toplevel_decoration_v1_destroy(s->decoration);
	if (s->viewport)
		wp_viewport_destroy(s->viewport);
	if (s->subsurface)
		wl_subsurface_destroy(s->subsurface);
	if (s->popup)
		xdg_popup_destroy(s->popup);
	if (s->toplevel)
		xdg_toplevel_destroy(s->toplevel);
	if (s->xdg)
		xdg_surface_destroy(s->xdg);
	wl_surface_destroy(s->surface);
	free(s->pixels);
	memset(s, 0, sizeof *s);
}

static void handle_configure(void *data, struct xdg_surface *xdg, uint32_t serial)
{
	struct surface *s = data;

	s->configures++;
	xdg_surface_ack_configure(xdg, serial);
}

static const struct xdg_surface_listener xdg_listener = {handle_configure};

static void handle_toplevel_configure(void *data, struct xdg_toplevel *toplevel, int32_t width,
	int32_t height, struct wl_array *states)
{
	struct surface *s = data;
	uint32_t *state;

	(void)toplevel;
	s->configured_width = width;
	s->configured_height = height;
	s->maximized = s->fullscreen = s->activated = false;
	wl_array_for_each(state, states)
	{
		s->maximized |= *state == XDG_TOPLEVEL_STATE_MAXIMIZED;
		s->fullscreen |= *state == XDG_TOPLEVEL_STATE_FULLSCREEN;
		s->activated |= *state == XDG_TOPLEVEL_STATE_ACTIVATED;
	}
}

static void handle_close(void *data, struct xdg_toplevel *toplevel)
{
	struct surface *s = data;

	(void)toplevel;
	s->closes++;
}

static const struct xdg_toplevel_listener toplevel_listener = {
	handle_toplevel_configure, handle_close, NULL, NULL};

static void handle_popup_configure(
	void *data, struct xdg_popup *popup, int32_t x, int32_t y, int32_t width, int32_t height)
{
	struct surface *s = data;

	(void)popup;
	s->popup_x = x;
	s->popup_y = y;
	s->configured_width = width;
	s->configured_height = height;
}

static void handle_popup_done(void *data, struct xdg_popup *popup)
{
	struct surface *s = data;

	(void)popup;
	s->popup_done = true;
}

static const struct xdg_popup_listener popup_listener = {
	handle_popup_configure, handle_popup_done, NULL};

static bool is_configured(struct core *core, void *data)
{
	struct surface *s = data;

	(void)core;
	return s->configures > 0;
}

void surface_toplevel(struct surface *s, struct core *core, const char *title)
{
	s->xdg = xdg_wm_base_get_xdg_surface(s->client->wm_base, s->surface);
	xdg_surface_add_listener(s->xdg, &xdg_listener, s);
	s->toplevel = xdg_surface_get_toplevel(s->xdg);
	xdg_toplevel_add_listener(s->toplevel, &toplevel_listener, s);
	xdg_toplevel_set_title(s->toplevel, title);
	xdg_toplevel_set_app_id(s->toplevel, "org.example.test");
	wl_surface_commit(s->surface);
	core_wait(core, is_configured, s);
	surface_attach(s);
	surface_commit(s);
	core_wait_titled(core, title);
}

void surface_popup(struct surface *s, struct surface *parent, struct xdg_positioner *positioner,
	uint32_t grab_serial)
{
	s->xdg = xdg_wm_base_get_xdg_surface(s->client->wm_base, s->surface);
	xdg_surface_add_listener(s->xdg, &xdg_listener, s);
	s->popup = xdg_surface_get_popup(s->xdg, parent->xdg, positioner);
	xdg_popup_add_listener(s->popup, &popup_listener, s);
	if (grab_serial)
		xdg_popup_grab(s->popup, s->client->seat, grab_serial);
	wl_surface_commit(s->surface);
}

void surface_child(struct surface *s, struct surface *parent, int x, int y)
{
	s->subsurface = wl_subcompositor_get_subsurface(
		s->client->subcompositor, s->surface, parent->surface);
	wl_subsurface_set_position(s->subsurface, x, y);
}

void surface_scribble(struct surface *s, int x, int y, int width, int height)
{
	for (int j = y; j < y + height; j++)
		for (int i = x; i < x + width; i++)
			if (i >= 0 && j >= 0 && i < s->width && j < s->height)
				s->pixels[j * s->width + i] = random_pixel();
}

static int round_up(double d)
{
	return d > (int)d ? (int)d + 1 : (int)d;
}

void surface_draw(struct surface *s, int x, int y, int width, int height)
{
	bool cut = s->dst[0];
	double left = cut ? s->src[0] : 0, top = cut ? s->src[1] : 0;
	double fx = cut ? (double)s->src[2] / s->dst[0] : 1,
	       fy = cut ? (double)s->src[3] / s->dst[1] : 1;
	int x0 = (int)((left + x * fx) * s->scale), y0 = (int)((top + y * fy) * s->scale);
	int x1 = round_up((left + (x + width) * fx) * s->scale);
	int y1 = round_up((top + (y + height) * fy) * s->scale);

	surface_scribble(s, x0, y0, x1 - x0, y1 - y0);
	wl_surface_damage(s->surface, x, y, width, height);
}

void surface_draw_buffer(struct surface *s, int x, int y, int width, int height)
{
	surface_scribble(s, x, y, width, height);
	wl_surface_damage_buffer(s->surface, x, y, width, height);
}

/* Flips, then turns counter-clockwise by quarters, one by one. */
static void put_pixels(const struct surface *s, uint32_t *to, int buffer_width)
{
	for (int y = 0; y < s->height; y++)
		for (int x = 0; x < s->width; x++) {
			int bx = s->transform & 4 ? s->width - 1 - x : x, by = y;
			int w = s->width, h = s->height;

			for (int quarters = s->transform & 3; quarters; quarters--) {
				int t = bx;

				bx = by;
				by = w - 1 - t;
				t = w;
				w = h;
				h = t;
			}
			to[by * buffer_width + bx] = s->pixels[y * s->width + x];
		}
}

static void handle_release(void *data, struct wl_buffer *buffer)
{
	struct surface *s = data;

	s->releases++;
	if (buffer != s->kept)
		wl_buffer_destroy(buffer);
}

static const struct wl_buffer_listener buffer_listener = {handle_release};

/* A DMA-BUF has more in it than the pixels, as those of GPUs may. */
enum { DMABUF_OFFSET = 256, DMABUF_PADDING = 64 };

static struct wl_buffer *make_dmabuf(struct surface *s, int fd, int width, int height, int stride)
{
	struct zwp_linux_buffer_params_v1 *params =
		zwp_linux_dmabuf_v1_create_params(s->client->dmabuf);
	struct wl_buffer *buffer;

	zwp_linux_buffer_params_v1_add(params, fd, 0, DMABUF_OFFSET, stride, 0, 0);
	buffer = zwp_linux_buffer_params_v1_create_immed(params, width, height, FOURCC_ARGB8888, 0);
	zwp_linux_buffer_params_v1_destroy(params);
	return buffer;
}

static struct wl_buffer *make_shm(struct surface *s, int fd, int width, int height, int stride)
{
	struct wl_shm_pool *pool = wl_shm_create_pool(s->client->shm, fd, stride * height);
	struct wl_buffer *buffer =
		wl_shm_pool_create_buffer(pool, 0, width, height, stride, WL_SHM_FORMAT_ARGB8888);

	wl_shm_pool_destroy(pool);
	return buffer;
}

void surface_attach_fd(struct surface *s, int *ret_fd)
{
	int width = s->transform & 1 ? s->height : s->width;
	int height = s->transform & 1 ? s->width : s->height;
	int stride = 4 * width + (s->dmabuf ? DMABUF_PADDING : 0);
	int offset = s->dmabuf ? DMABUF_OFFSET : 0;
	int size = offset + stride * height;

	if (s->kept) {
		put_pixels(s, s->kept_pixels, stride / 4);
		wl_surface_attach(s->surface, s->kept, 0, 0);
		return;
	}
	int fd = memfd_create("oriel-test", MFD_CLOEXEC);
	assert_true(fd >= 0 && ftruncate(fd, size) == 0);
	char *map = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	assert_ptr_not_equal(map, MAP_FAILED);
	put_pixels(s, (uint32_t *)(map + offset), stride / 4);
	struct wl_buffer *buffer =
		(s->dmabuf ? make_dmabuf : make_shm)(s, fd, width, height, stride);
	wl_buffer_add_listener(buffer, &buffer_listener, s);
	wl_surface_attach(s->surface, buffer, 0, 0);
	if (s->keep_buffer) {
		s->kept = buffer;
		s->kept_pixels = (uint32_t *)(map + offset);
	} else {
		munmap(map, size);
	}
	if (ret_fd) {
		wl_display_flush(s->client->display);
		*ret_fd = fd;
	} else {
		close(fd);
	}
}

void surface_attach(struct surface *s)
{
	surface_attach_fd(s, NULL);
}

void surface_commit(struct surface *s)
{
	wl_surface_commit(s->surface);
}

static void handle_frame(void *data, struct wl_callback *callback, uint32_t time)
{
	struct surface *s = data;

	(void)time;
	s->frames_done++;
	wl_callback_destroy(callback);
}

static const struct wl_callback_listener frame_listener = {handle_frame};

struct frame_wait {
	struct surface *surface;
	int frames;
};

static bool frame_came(struct core *core, void *data)
{
	struct frame_wait *wait = data;

	(void)core;
	return wait->surface->frames_done >= wait->frames;
}

void surface_request_frame(struct surface *s)
{
	wl_callback_add_listener(wl_surface_frame(s->surface), &frame_listener, s);
}

void surface_commit_wait(struct surface *s, struct core *core)
{
	struct frame_wait wait = {s, s->frames_done + 1};

	surface_request_frame(s);
	wl_surface_commit(s->surface);
	core_wait(core, frame_came, &wait);
}

void surface_geometry(struct surface *s, struct core *core, int scale, int transform,
	const int src[4], const int dst[2])
{
	static const int none[4] = {0};

	s->scale = scale;
	s->transform = transform;
	memcpy(s->src, src ? src : none, sizeof s->src);
	memcpy(s->dst, dst ? dst : none, sizeof s->dst);
	wl_surface_set_buffer_scale(s->surface, scale);
	wl_surface_set_buffer_transform(s->surface, transform);
	if (dst && !s->viewport)
		s->viewport = wp_viewporter_get_viewport(s->client->viewporter, s->surface);
	if (!dst && s->viewport) {
		wp_viewport_destroy(s->viewport);
		s->viewport = NULL;
	}
	if (s->viewport) {
		wp_viewport_set_source(s->viewport, wl_fixed_from_int(src[0]),
			wl_fixed_from_int(src[1]), wl_fixed_from_int(src[2]),
			wl_fixed_from_int(src[3]));
		wp_viewport_set_destination(s->viewport, dst[0], dst[1]);
	}
	surface_attach(s);
	surface_commit_wait(s, core);
}
