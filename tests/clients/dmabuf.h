/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/*
 * DMA-BUFs that a test client draws into by plain stores: of /dev/udmabuf (pages of a memfd), or
 * dumb buffers of a DRM device (/dev/dri/card0).
 */
#ifndef ORIEL_TESTS_CLIENTS_DMABUF_H
#define ORIEL_TESTS_CLIENTS_DMABUF_H

#include <stddef.h>
#include <stdint.h>

struct dmabuf {
	int fd;
	void *map; /* rows packed */
	size_t size;
	int node; /* of the DRM device; -1: none */
	uint32_t handle;
};

/* Ends the program when it can't be had. */
void dmabuf_create(const char *device, int width, int height, struct dmabuf *ret_dmabuf);
void dmabuf_destroy(struct dmabuf *dmabuf);

/* As a GPU would draw: the content is garbage until `ms` from now, and then `pixels` (of the size
 * of the DMA-BUF; takes, malloc); a fence says so. Only with the device vgem. */
void dmabuf_draw_later(struct dmabuf *dmabuf, void *pixels, int ms);

#endif
