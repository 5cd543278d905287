/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/*
 * The guest's ring as shared memory of the X server (MIT-SHM 1.2): the server copies pixels from it
 * into windows by itself, so the viewer does not touch them. Remote servers, and old ones, can't.
 *
 * XCB on SDL's own connection, because Xlib knows shared memory by System V ids only.
 */
#include "host/platform/x11.h"

#include <stdlib.h>
#include <unistd.h>
#include <X11/Xlib-xcb.h>
#include <xcb/shm.h>

static struct {
	xcb_connection_t *xcb;
	xcb_shm_seg_t segment; /* 0: nothing attached */
	const char *start;
	size_t size;
	bool waiting; /* the server may still have to read */
} ring;

static bool server_can_attach(xcb_connection_t *xcb)
{
	const xcb_query_extension_reply_t *extension = xcb_get_extension_data(xcb, &xcb_shm_id);
	xcb_shm_query_version_reply_t *version;
	bool can;

	if (!extension || !extension->present)
		return false;
	version = xcb_shm_query_version_reply(xcb, xcb_shm_query_version(xcb), NULL);
	can = version && (version->major_version > 1 || version->minor_version >= 2);
	free(version);
	return can;
}

bool oriel_platform_ring_attach(int fd, const void *start, size_t size)
{
	xcb_connection_t *xcb = oriel_x11.display ? XGetXCBConnection(oriel_x11.display) : NULL;
	xcb_generic_error_t *error;
	xcb_shm_seg_t segment;

	oriel_platform_ring_detach();
	/* Places in it are numbers of 32 bits. */
	if (!xcb || size > UINT32_MAX || !server_can_attach(xcb)) {
		close(fd);
		return false;
	}
	segment = xcb_generate_id(xcb);
	/* Read only; the descriptor is XCB's from here on. */
	error = xcb_request_check(xcb, xcb_shm_attach_fd_checked(xcb, segment, fd, 1));
	if (error) {
		free(error);
		return false;
	}
	ring.xcb = xcb;
	ring.segment = segment;
	ring.start = start;
	ring.size = size;
	return true;
}

void oriel_platform_ring_detach(void)
{
	if (!ring.segment)
		return;
	oriel_platform_ring_wait();
	xcb_shm_detach(ring.xcb, ring.segment);
	ring.segment = 0;
}

bool oriel_platform_ring_put(SDL_Window *window, const struct oriel_rect *rect,
	const struct oriel_rect *part, const void *pixels)
{
	const char *at = pixels;
	xcb_drawable_t drawable;
	xcb_gcontext_t gc;

	if (!ring.segment || at < ring.start || at >= ring.start + ring.size)
		return false;
	if (!part->width || !part->height)
		return true;
	drawable = (xcb_drawable_t)oriel_platform_native(window);
	gc = xcb_generate_id(ring.xcb);
	xcb_create_gc(ring.xcb, gc, drawable, 0, NULL);
	xcb_shm_put_image(ring.xcb, drawable, gc, (uint16_t)rect->width, (uint16_t)rect->height,
		(uint16_t)(part->x - rect->x), (uint16_t)(part->y - rect->y), (uint16_t)part->width,
		(uint16_t)part->height, (int16_t)part->x, (int16_t)part->y, 24,
		XCB_IMAGE_FORMAT_Z_PIXMAP, 0, ring.segment, (uint32_t)(at - ring.start));
	xcb_free_gc(ring.xcb, gc);
	ring.waiting = true;
	return true;
}

void oriel_platform_ring_wait(void)
{
	if (!ring.waiting)
		return;
	ring.waiting = false;
	/* Requests are done in order: the answer to any later one says that it has read. */
	free(xcb_get_input_focus_reply(ring.xcb, xcb_get_input_focus(ring.xcb), NULL));
}
