/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/*
 * The buffers of the fake Mir's clients. Inside fake_mir.c.
 */
#ifndef ORIEL_TESTS_GUEST_FAKE_BUFFERS_H
#define ORIEL_TESTS_GUEST_FAKE_BUFFERS_H

#include "tests/guest/fake_mir.h"

/* Row 0 is not where the memory begins, and rows have a gap between them. */
#define FAKE_START 64
#define FAKE_GAP 32
size_t fake_stride(const struct fake_layer *layer);

/* The client draws the layer's content into a buffer; NULL: it has none. */
struct fake_buffer *fake_buffer_draw(struct oriel_mir *fake, struct fake_layer *layer);
void fake_buffer_give_back(struct oriel_mir *fake, struct fake_buffer *buffer);

void fake_finish_layer(struct oriel_mir *fake, struct fake_layer *layer);

#endif
