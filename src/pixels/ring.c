/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
#include "src/pixels/ring.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "src/pixels/ring_memory.h"
#include "src/wire/messages.h"

struct oriel_ring {
	uint8_t *data;
	size_t size;
	int fd;        /* -1 at the reading end, and for memory of somebody else */
	bool borrowed; /* somebody else unmaps the memory */
	/* acknowledged <= tail <= head <= tail + size. The place of a position in the memory is its
	 * remainder by size. */
	uint64_t head;         /* total reserved */
	uint64_t tail;         /* all before it is free */
	uint64_t acknowledged; /* the peer's newest position */
};

static int map_memory(int fd, size_t size, int protection, struct oriel_ring **ret_ring)
{
	struct oriel_ring *ring = calloc(1, sizeof *ring);
	int r;

	if (!ring)
		return -ENOMEM;
	ring->data = mmap(NULL, size, protection, MAP_SHARED, fd, 0);
	if (ring->data == MAP_FAILED) {
		r = -errno;
		free(ring);
		return r;
	}
	ring->size = size;
	ring->fd = -1;
	*ret_ring = ring;
	return 0;
}

int oriel_ring_create(size_t size, struct oriel_ring **ret_ring, int *ret_fd)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	int fd, r;

	if (size == 0 || size > ORIEL_MAX_RING)
		return -EINVAL;
	size = (size + page - 1) / page * page;
	r = oriel_ring_memory_create(size, &fd);
	if (r)
		return r;
	r = map_memory(fd, size, PROT_READ | PROT_WRITE, ret_ring);
	if (r) {
		close(fd);
		return r;
	}
	(*ret_ring)->fd = fd;
	*ret_fd = fd;
	return 0;
}

int oriel_ring_wrap(void *memory, size_t size, struct oriel_ring **ret_ring)
{
	struct oriel_ring *ring;

	if (size == 0 || size > ORIEL_MAX_RING)
		return -EINVAL;
	ring = calloc(1, sizeof *ring);
	if (!ring)
		return -ENOMEM;
	ring->data = memory;
	ring->size = size;
	ring->fd = -1;
	ring->borrowed = true;
	*ret_ring = ring;
	return 0;
}

static size_t place(const struct oriel_ring *ring, uint64_t position)
{
	return (size_t)(position % ring->size);
}

int oriel_ring_reserve(struct oriel_ring *ring, size_t size, uint32_t *ret_offset, void **ret_data)
{
	size_t need, at = place(ring, ring->head), skip = 0;

	if (size > ring->size)
		return -EMSGSIZE;
	need = (size + ORIEL_RING_ALIGN - 1) / ORIEL_RING_ALIGN * ORIEL_RING_ALIGN;
	/* An empty ring starts again at its first byte: memory that was used a moment ago is in the
	 * caches, and the largest reservations fit. Nobody has to read what is skipped. */
	if (ring->tail == ring->head) {
		if (at > 0)
			ring->head += ring->size - at;
		ring->tail = ring->head;
		at = 0;
	}
	if (need > ring->size - at)
		skip = ring->size - at;
	if (need + skip > ring->size - oriel_ring_used(ring))
		return -EAGAIN;
	ring->head += skip;
	at = place(ring, ring->head);
	ring->head += need;
	*ret_offset = (uint32_t)at;
	*ret_data = ring->data + at;
	return 0;
}

size_t oriel_ring_available(const struct oriel_ring *ring)
{
	size_t at = place(ring, ring->head), unused = ring->size - oriel_ring_used(ring);
	size_t to_end = ring->size - at, best;

	if (unused == ring->size)
		return ring->size;
	best = unused < to_end ? unused : to_end;
	if (unused > to_end && unused - to_end > best)
		best = unused - to_end;
	return best / ORIEL_RING_ALIGN * ORIEL_RING_ALIGN;
}

uint64_t oriel_ring_position(const struct oriel_ring *ring)
{
	return ring->head;
}

int oriel_ring_release(struct oriel_ring *ring, uint64_t untrusted_position)
{
	if (untrusted_position < ring->acknowledged || untrusted_position > ring->head)
		return -EPROTO;
	ring->acknowledged = untrusted_position;
	/* The tail may be further: past what was skipped in an empty ring. */
	if (ring->tail < ring->acknowledged)
		ring->tail = ring->acknowledged;
	return 0;
}

size_t oriel_ring_used(const struct oriel_ring *ring)
{
	return (size_t)(ring->head - ring->tail);
}

int oriel_ring_map(int fd, size_t size, struct oriel_ring **ret_ring)
{
	int r = -EPROTO;

	if (size > 0 && size <= ORIEL_MAX_RING)
		r = oriel_ring_memory_check(fd, size);
	if (r == 0)
		r = map_memory(fd, size, PROT_READ, ret_ring);
	if (fd >= 0)
		close(fd);
	return r;
}

const void *oriel_ring_view(
	const struct oriel_ring *ring, uint32_t untrusted_offset, uint32_t untrusted_length)
{
	if (untrusted_offset > ring->size || untrusted_length > ring->size - untrusted_offset)
		return NULL;
	return ring->data + untrusted_offset;
}

size_t oriel_ring_size(const struct oriel_ring *ring)
{
	return ring->size;
}

void oriel_ring_destroy(struct oriel_ring *ring)
{
	if (!ring)
		return;
	if (!ring->borrowed)
		munmap(ring->data, ring->size);
	if (ring->fd >= 0)
		close(ring->fd);
	free(ring);
}
