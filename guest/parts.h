/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/*
 * Sends a plan as one frame message, or as several parts where the ring or a message has not
 * the room for all of it.
 */
#ifndef ORIEL_GUEST_PARTS_H
#define ORIEL_GUEST_PARTS_H

#include "guest/plan.h"

/* Raw bytes of pixels in one part without a ring: some, so that a slow link is filled no further
 * than it is congested anyway. */
#define ORIEL_PARTS_INLINE (512 * 1024)

/* Whether the owner of a window has room for more pixels, of which there are left bytes
 * (UINT64_MAX: not known yet). */
bool oriel_parts_room(const struct oriel_client *client, uint64_t left);

/* Sends what there is room for of window->frames.plan. Returns 1: all of it, 0: some is left,
 * -errno: the link is lost. */
int oriel_parts_send(struct oriel_window *window);

/* Frees the buffers. */
void oriel_parts_finish(struct oriel_core *core);

#endif
