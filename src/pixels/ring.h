/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/*
 * The ring: pixels of damaged rectangles, packed, in shared memory. The guest writes, the host
 * reads. The memory holds pixels and nothing else: offsets and sizes travel in frame messages,
 * and what has been read comes back as a position, in presented and consumed.
 *
 * A position is the total of bytes ever reserved, so it only grows. A reservation never wraps:
 * what is left at the end of the memory is skipped and counts as reserved. An empty ring starts
 * again at its first byte.
 */
#ifndef ORIEL_PIXELS_RING_H
#define ORIEL_PIXELS_RING_H

#include <stddef.h>
#include <stdint.h>

struct oriel_ring;

#define ORIEL_RING_ALIGN 64 /* bytes; of every reservation */

/* Guest ------------------------------------------------------------------------------------ */

/* A memfd of size bytes (1 to ORIEL_MAX_RING, rounded up to pages), sealed against resizing;
 * *ret_fd is for the peer, belongs to the ring. 0 or -errno. On macOS: POSIX shared memory without
 * a name, whose size can be set once only. */
int oriel_ring_create(size_t size, struct oriel_ring **ret_ring, int *ret_fd);

/* Reserves size bytes in one piece. 0; -EAGAIN not now; -EMSGSIZE never, split it. */
int oriel_ring_reserve(struct oriel_ring *ring, size_t size, uint32_t *ret_offset, void **ret_data);
/* The largest reservation that would work now. */
size_t oriel_ring_available(const struct oriel_ring *ring);
/* Total reserved so far. */
uint64_t oriel_ring_position(const struct oriel_ring *ring);
/* The peer has read up to this position. -EPROTO: it goes back, or past what was reserved. */
int oriel_ring_release(struct oriel_ring *ring, uint64_t untrusted_position);
/* Bytes reserved and not released. */
size_t oriel_ring_used(const struct oriel_ring *ring);

/* Host ------------------------------------------------------------------------------------- */

/* Maps a peer's memfd read only; takes fd, on failure too. Refuses (-EPROTO) one that is not
 * size bytes or could shrink under us. */
int oriel_ring_map(int fd, size_t size, struct oriel_ring **ret_ring);
/* The bytes at an untrusted place; NULL when they are not inside the ring. */
const void *oriel_ring_view(
	const struct oriel_ring *ring, uint32_t untrusted_offset, uint32_t untrusted_length);

/* Both ------------------------------------------------------------------------------------- */

/* An empty ring in memory that is mapped already and stays so for the ring's life: a part of a
 * virtual machine's device. The host's end only reads it. 0, -EINVAL for another size than 1 to
 * ORIEL_MAX_RING, or -ENOMEM. */
int oriel_ring_wrap(void *memory, size_t size, struct oriel_ring **ret_ring);
size_t oriel_ring_size(const struct oriel_ring *ring);
void oriel_ring_destroy(struct oriel_ring *ring); /* NULL is fine */

#endif
