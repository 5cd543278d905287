/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/*
 * The clients' buffers that frames may name: where each one's rows lie in the guest's RAM, as the
 * host has mapped it. Knows nothing of windows. One thread at a time.
 *
 * A buffer's content is the guest's to change at any time; its places have been checked once, and
 * do not depend on anything that the guest can write.
 */
#ifndef ORIEL_HOST_VIEWER_BUFFERS_H
#define ORIEL_HOST_VIEWER_BUFFERS_H

#include "src/pixels/pieces.h"
#include "src/pixels/region.h"
#include "src/wire/messages.h"

struct oriel_buffer {
	uint32_t id, width, height;
	struct oriel_rows rows;      /* in pieces */
	struct oriel_piece pieces[]; /* neighbours are joined */
};

/* All zero: empty. */
struct oriel_buffers {
	struct oriel_buffer *items[ORIEL_MAX_BUFFERS]; /* by id */
	int n;
	uint64_t n_pieces; /* of all */
	/* Of the buffer that comes next. */
	struct oriel_wire_extent *early;
	uint32_t n_early;
};

/* Keeps pieces of the buffer that comes next. As oriel_buffers_add(). */
int oriel_buffers_extents(struct oriel_buffers *buffers, const struct oriel_msg_extents *untrusted,
	const char **ret_reason);

/* Registers a buffer that lies in ram. 0; -EPROTO with the fault in *ret_reason (static);
 * -ENOMEM. */
int oriel_buffers_add(struct oriel_buffers *buffers, const struct oriel_msg_buffer *untrusted,
	const struct oriel_region *ram, const char **ret_reason);

/* NULL: it is not there. Borrowed until it is removed. */
const struct oriel_buffer *oriel_buffers_find(
	const struct oriel_buffers *buffers, uint32_t untrusted_id);

/* 0; -EPROTO with the fault in *ret_reason (static). */
int oriel_buffers_remove(
	struct oriel_buffers *buffers, uint32_t untrusted_id, const char **ret_reason);

/* Frees; empty afterwards. */
void oriel_buffers_finish(struct oriel_buffers *buffers);

#endif
