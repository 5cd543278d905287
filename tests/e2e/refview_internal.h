/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/*
 * Inside of refview: the link is in refview.c, the pixels are in refview_pixels.c.
 */
#ifndef ORIEL_TESTS_E2E_REFVIEW_INTERNAL_H
#define ORIEL_TESTS_E2E_REFVIEW_INTERNAL_H

#include "src/link/link.h"
#include "src/pixels/codec.h"
#include "src/pixels/ring.h"
#include "tests/e2e/refview.h"

/* The content of a surface, kept under the layer's id. */
struct content {
	struct content *next;
	uint32_t id;
	uint8_t format;
	int width, height;
	uint32_t *pixels;
};

struct refview {
	uv_loop_t loop;
	uv_timer_t timer;
	struct oriel_link *link;
	struct oriel_ring *ring;
	struct oriel_codec *codec;
	struct refview_window *windows;
	struct content *contents;
	bool ready, silent;
	char *closed;
	struct oriel_msg_stats *stats; /* last answer; names are ours */
};

/* Takes over the pixels of a frame message. */
void refview_upload(struct refview *view, const struct oriel_msg_frame *frame);
void refview_forget_pixels(struct refview *view);

#endif
