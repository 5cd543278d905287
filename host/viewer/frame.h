/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/*
 * Frame messages: the pixels on their way from ring or message to the presenter.
 */
#ifndef ORIEL_HOST_VIEWER_FRAME_H
#define ORIEL_HOST_VIEWER_FRAME_H

#include "host/viewer/frame_check.h"
#include "host/viewer/state.h"

/* Takes in one frame message; faults go to the session. */
void oriel_frame_handle(struct oriel_viewer *viewer, const struct oriel_msg_frame *untrusted_frame);

/* The viewer's memory for one rectangle on its way, at least size bytes: whoever asks next has it.
 * NULL: no memory. */
void *oriel_frame_scratch(struct oriel_viewer *viewer, size_t size);

#endif
