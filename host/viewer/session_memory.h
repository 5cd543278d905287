/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/*
 * The memory that a link's pixels come through: the ring, wherever it is, and what the guest's
 * machine shares with this host (memory.h).
 */
#ifndef ORIEL_HOST_VIEWER_SESSION_MEMORY_H
#define ORIEL_HOST_VIEWER_SESSION_MEMORY_H

#include "host/viewer/state.h"

/* Maps what the options say there is; what can't be used is left out, and the user told. */
void oriel_memory_map(struct oriel_viewer *viewer);

/* After the handshake: says which regions there are. Those that this guest does not use are not
 * kept. */
void oriel_memory_tell(struct oriel_viewer *viewer);

/* The guest's messages. 0; -EPROTO with the fault in *ret_reason (static); -ENOMEM. */
/* Takes fd, -1: none. */
int oriel_memory_handle_ring(struct oriel_viewer *viewer, const struct oriel_msg_ring *msg, int fd,
	const char **ret_reason);
/* ring_at, ram_probe, buffer, buffer_gone. */
int oriel_memory_handle(
	struct oriel_viewer *viewer, const struct oriel_msg *msg, const char **ret_reason);

/* Pixels came inside a message: the user is told once where a machine's device would be faster. */
void oriel_memory_note_inline(struct oriel_viewer *viewer);

/* The link is lost, and all of this with it. */
void oriel_memory_lose(struct oriel_viewer *viewer);

#endif
