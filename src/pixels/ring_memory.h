/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/*
 * The shared memory under a ring: only the file, no mapping. Inside src/pixels/. Any thread.
 */
#ifndef ORIEL_PIXELS_RING_MEMORY_H
#define ORIEL_PIXELS_RING_MEMORY_H

#include <stddef.h>

/* Nameless shared memory of size bytes whose size can't change any more. 0 or -errno. */
int oriel_ring_memory_create(size_t size, int *ret_fd);

/* Whether a mapping of a peer's fd is safe to read for ever: it is memory (not a file on a disk
 * or a network), size bytes long, and can't shrink. 0 or -EPROTO. */
int oriel_ring_memory_check(int untrusted_fd, size_t size);

#endif
