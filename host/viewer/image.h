/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/* Small pictures of the guest, premultiplied, as SDL's surfaces. */
#ifndef ORIEL_HOST_VIEWER_IMAGE_H
#define ORIEL_HOST_VIEWER_IMAGE_H

#include <SDL3/SDL.h>
#include <stdint.h>

/* What for: the host's icons, and macOS's cursors, are not premultiplied. */
enum oriel_image_use {
	ORIEL_IMAGE_CURSOR,
	ORIEL_IMAGE_ICON,
};

/* A copy of width * height pixels; NULL without memory. */
SDL_Surface *oriel_image_surface(
	const void *pixels, uint32_t width, uint32_t height, enum oriel_image_use use);

#endif
