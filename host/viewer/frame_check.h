/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/*
 * The checks between the fields of a frame message, which the wire can't do. Knows nothing of
 * windows. Any thread.
 */
#ifndef ORIEL_HOST_VIEWER_FRAME_CHECK_H
#define ORIEL_HOST_VIEWER_FRAME_CHECK_H

#include "host/viewer/buffers.h"
#include "src/pixels/ring.h"
#include "src/wire/messages.h"

/* Checks a whole frame message against the ring (NULL: none), the buffers and the features both
 * ends have, before anything of it is used. 0, or -EPROTO with the fault in *ret_reason (static).
 */
int oriel_frame_check(const struct oriel_msg_frame *untrusted_frame, const struct oriel_ring *ring,
	const struct oriel_buffers *buffers, uint64_t features, const char **ret_reason);

#endif
