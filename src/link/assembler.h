/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/*
 * Frames out of a byte stream that comes in pieces of any size, and the file descriptors that come
 * with it matched to their frames. Nothing is kept before a header has been checked, and never
 * more than that header announces; memory grows with the bytes that really come. A frame that lies
 * in one piece is not copied.
 *
 * Not thread-safe.
 */
#ifndef ORIEL_LINK_ASSEMBLER_H
#define ORIEL_LINK_ASSEMBLER_H

#include <stddef.h>
#include <stdint.h>

#include "src/wire/wire.h"

/* Bytes of payload buffer that oriel_assembler_trim() leaves. */
#define ORIEL_ASSEMBLER_KEEP (16 * 1024)

struct oriel_assembler {
	enum oriel_wire_side reader;
	/* Before the handshake only hello and bye are let in: a stranger's frame is small. */
	bool greeted;

	unsigned char head[ORIEL_WIRE_HEADER];
	size_t head_size;
	bool in_frame; /* head is complete and checked */
	struct oriel_wire_header header;
	unsigned char *payload;
	size_t used, capacity;

	/* A descriptor came with a piece; the first ring frame that starts in that piece owns it.
	 */
	int fd;         /* -1: none; ours */
	bool may_take;  /* the frame under way started in that piece */
	bool must_take; /* ... and is the last that did */
};

struct oriel_frame {
	struct oriel_wire_header header;
	/* Valid until the assembler's next call, and only as long as the piece it came from. */
	const void *untrusted_payload;
	int fd; /* the callee's; -1: none */
};

void oriel_assembler_init(struct oriel_assembler *assembler, enum oriel_wire_side reader);
/* Nothing will be read any more: closes a descriptor that waits for its frame. The last payload
 * stays valid. */
void oriel_assembler_stop(struct oriel_assembler *assembler);
void oriel_assembler_finish(struct oriel_assembler *assembler);

/* A piece begins; takes its descriptor (-1: none), on failure too. 0 or -EPROTO. */
int oriel_assembler_begin(struct oriel_assembler *assembler, int fd, const char **ret_reason);

/* Takes the next frame out of the piece and moves on. 1: there is one; 0: the piece is used up,
 * call begin() for the next; -EPROTO with a reason, valid until the thread's next call of
 * src/wire/; -ENOMEM. */
int oriel_assembler_next(struct oriel_assembler *assembler, const unsigned char **untrusted_data,
	size_t *size, struct oriel_frame *ret_frame, const char **ret_reason);

/* Whether the buffer is larger than an idle link should hold. */
bool oriel_assembler_is_large(const struct oriel_assembler *assembler);

/* Gives a large buffer back, unless a frame is under way. */
void oriel_assembler_trim(struct oriel_assembler *assembler);

#endif
