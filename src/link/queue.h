/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/*
 * Messages that wait to be written, already encoded. Messages are encoded once, into chunks: small
 * ones share a chunk and so leave in one write, a large one has a chunk of its size. A message
 * with a file descriptor starts a chunk, because the descriptor travels with a write's first byte.
 *
 * Not thread-safe.
 */
#ifndef ORIEL_LINK_QUEUE_H
#define ORIEL_LINK_QUEUE_H

#include <stddef.h>
#include <stdint.h>

#include "src/wire/wire.h"

/* Bytes of a chunk that small messages share. */
#define ORIEL_QUEUE_CHUNK (16 * 1024)

struct oriel_chunk {
	struct oriel_chunk *next;
	size_t size, capacity; /* bytes: used, allocated */
	uint32_t messages;
	int fd; /* sent with the first byte; -1: none; ours */
	unsigned char data[];
};

struct oriel_queue {
	struct oriel_chunk *first, *last;
	size_t bytes;
	/* The first chunk is being written: nothing is added to it. */
	bool first_sealed;
};

/* Encodes msg behind the others; fd (borrowed, duplicated; -1: none).
 * 0, -EINVAL a field is out of range, -ENOBUFS it would be more than max bytes, -ENOMEM, -EMFILE.
 */
int oriel_queue_push(struct oriel_queue *queue, const struct oriel_msg *msg, int fd, size_t max);

/* The chunk to write now: it stays as it is until popped. NULL: the queue is empty. */
const struct oriel_chunk *oriel_queue_seal(struct oriel_queue *queue);

/* Frees the first chunk. */
void oriel_queue_pop(struct oriel_queue *queue);

/* Frees all. */
void oriel_queue_clear(struct oriel_queue *queue);

#endif
