/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/*
 * Shared-memory devices of this virtual machine (/dev/oriel0 ...), mapped whole, and which part of
 * each is whose ring. Viewers share a device; it is closed when the last one leaves. Core thread.
 */
#ifndef ORIEL_GUEST_DEVICE_H
#define ORIEL_GUEST_DEVICE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/queue.h>

#include "src/pixels/region.h"

struct oriel_core;

/* A part of a device that is in use. */
struct oriel_range {
	TAILQ_ENTRY(oriel_range) by_offset;
	uint64_t offset, size; /* multiples of ORIEL_RANGE_ALIGN */
};

#define ORIEL_RANGE_ALIGN 4096

struct oriel_device {
	LIST_ENTRY(oriel_device) all;
	char path[300];
	uint8_t token[ORIEL_REGION_TOKEN];
	int fd;
	uint8_t *memory;
	uint64_t mapped, size; /* bytes: of the mapping; of them for use, the first page included */
	int users;
	bool lost; /* it has gone away: what is written to it now is seen by nobody */
	TAILQ_HEAD(, oriel_range) ranges;
};

LIST_HEAD(oriel_device_list, oriel_device);

/* The device whose first page holds token: one that is open already, or one of the nodes. Returns
 * a reference, to be given back by oriel_device_leave(); or -errno and one line that says what is
 * wrong and what to do. */
int oriel_device_find(struct oriel_core *core, const uint8_t *token,
	struct oriel_device **ret_device, char *error, size_t error_size);

/* All ranges of who leaves have been given back. NULL is fine. */
void oriel_device_leave(struct oriel_device *device);

/* Takes a part of that size, rounded up, which lies before limit; NULL: there is none in one piece,
 * or no memory. The size may not be 0. */
struct oriel_range *oriel_device_take(struct oriel_device *device, uint64_t size, uint64_t limit);
/* The largest size that could be taken. */
uint64_t oriel_device_largest(const struct oriel_device *device, uint64_t limit);
void oriel_device_give_back(struct oriel_device *device, struct oriel_range *range);

#endif
