/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/*
 * What peer.c needs of peer_memory.c.
 */
#ifndef ORIEL_TESTS_GUEST_PEER_MEMORY_H
#define ORIEL_TESTS_GUEST_PEER_MEMORY_H

#include "tests/guest/world.h"

/* Whether it was a message about memory, or a question. */
bool peer_memory_handle(struct peer *peer, const struct oriel_msg *msg);

/* Sends memory. */
void peer_memory_tell(struct peer *peer, const char *device, uint8_t token);

/* Reads a rectangle of a registered buffer. */
void peer_memory_read(struct peer *peer, const struct oriel_wire_layer *layer,
	const struct oriel_wire_rect *rect, uint8_t *out);

void peer_memory_finish(struct peer *peer);

#endif
