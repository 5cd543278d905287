/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/*
 * Clients that wait for their only buffer: when no next frame has come for a moment after one that
 * was presented, its content is copied and the buffer given back.
 */
#ifndef ORIEL_GUEST_SETTLE_H
#define ORIEL_GUEST_SETTLE_H

#include "guest/core.h"

void oriel_settle_init(struct oriel_core *core);
void oriel_settle_close(struct oriel_core *core);

/* The client may draw again, but perhaps it can't. To take it back: frames.settle_ms = 0. */
void oriel_settle_later(struct oriel_window *window);

#endif
