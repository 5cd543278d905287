/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
#include "src/link/queue.h"

#include <errno.h>
#include <stdlib.h>

#include "src/carrier/fd.h"

static bool fits(const struct oriel_queue *queue, size_t size)
{
	const struct oriel_chunk *last = queue->last;

	if (!last || (last == queue->first && queue->first_sealed))
		return false;
	return size <= last->capacity - last->size;
}

static struct oriel_chunk *new_chunk(size_t size)
{
	size_t capacity = size > ORIEL_QUEUE_CHUNK ? size : ORIEL_QUEUE_CHUNK;
	struct oriel_chunk *chunk = malloc(sizeof(*chunk) + capacity);

	if (!chunk)
		return NULL;
	*chunk = (struct oriel_chunk){.capacity = capacity, .fd = -1};
	return chunk;
}

static void free_chunk(struct oriel_chunk *chunk)
{
	oriel_fd_close(&chunk->fd);
	free(chunk);
}

static void append(struct oriel_queue *queue, struct oriel_chunk *chunk)
{
	if (queue->last)
		queue->last->next = chunk;
	else
		queue->first = chunk;
	queue->last = chunk;
}

static int encode(struct oriel_chunk *chunk, const struct oriel_msg *msg)
{
	size_t size;
	int r = oriel_wire_encode(
		msg, chunk->data + chunk->size, chunk->capacity - chunk->size, &size);

	if (r < 0)
		return r;
	chunk->size += size;
	chunk->messages++;
	return 0;
}

static int push_new(struct oriel_queue *queue, const struct oriel_msg *msg, size_t size, int fd)
{
	struct oriel_chunk *chunk = new_chunk(size);
	int r = 0;

	if (!chunk)
		return -ENOMEM;
	if (fd >= 0) {
		int copy = oriel_fd_dup(fd);
		if (copy < 0)
			r = copy;
		else
			chunk->fd = copy;
	}
	if (r == 0)
		r = encode(chunk, msg);
	if (r < 0) {
		free_chunk(chunk);
		return r;
	}
	append(queue, chunk);
	return 0;
}

int oriel_queue_push(struct oriel_queue *queue, const struct oriel_msg *msg, int fd, size_t max)
{
	size_t size = oriel_wire_size(msg);
	int r;

	if (size == 0)
		return -EINVAL;
	if (queue->bytes > max || size > max - queue->bytes)
		return -ENOBUFS;
	if (fd < 0 && fits(queue, size))
		r = encode(queue->last, msg);
	else
		r = push_new(queue, msg, size, fd);
	if (r == 0)
		queue->bytes += size;
	return r;
}

const struct oriel_chunk *oriel_queue_seal(struct oriel_queue *queue)
{
	queue->first_sealed = queue->first != NULL;
	return queue->first;
}

void oriel_queue_pop(struct oriel_queue *queue)
{
	struct oriel_chunk *chunk = queue->first;

	queue->first = chunk->next;
	if (!queue->first)
		queue->last = NULL;
	queue->first_sealed = false;
	queue->bytes -= chunk->size;
	free_chunk(chunk);
}

void oriel_queue_clear(struct oriel_queue *queue)
{
	while (queue->first)
		oriel_queue_pop(queue);
}
