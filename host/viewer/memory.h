/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/*
 * What a link reads of its virtual machine's memory: the regions that this host has mapped, rings
 * in devices, and buffers in RAM. Knows nothing of windows. One thread at a time.
 *
 * Regions come from who started the machine, never from the guest; what the guest says of places in
 * them is checked here, once. A region is mapped for one link: after a restart the machine has
 * other files.
 */
#ifndef ORIEL_HOST_VIEWER_MEMORY_H
#define ORIEL_HOST_VIEWER_MEMORY_H

#include <stdbool.h>

#include "host/viewer/buffers.h"
#include "src/pixels/region.h"
#include "src/pixels/ring.h"

/* All zero: none. A region's id on the wire is its place in the list, from 1 on. */
struct oriel_memory {
	struct oriel_memory_region {
		struct oriel_region *mapped; /* NULL: not used on this link */
		uint8_t kind;
		uint8_t token[ORIEL_REGION_TOKEN];
		bool probed;
	} regions[ORIEL_MAX_REGIONS];
	int n;
	struct oriel_buffers buffers;
};

/* Maps one more. 0; -ENOSPC: there are ORIEL_MAX_REGIONS; else as oriel_region_map(). */
int oriel_memory_add(struct oriel_memory *memory, const struct oriel_region_source *source);

/* The features that the regions are good for. */
uint64_t oriel_memory_features(const struct oriel_memory *memory);

/* Lets go of regions that no feature of the link uses. */
void oriel_memory_keep(struct oriel_memory *memory, uint64_t features);

/* What is kept, for the guest; borrows the tokens. */
void oriel_memory_describe(const struct oriel_memory *memory, struct oriel_msg_memory *ret_msg);

/* The guest's messages. Each: 0; -EPROTO with the fault in *ret_reason (static); -ENOMEM. */

/* The region is borrowed; the ring must go before it. */
int oriel_memory_ring(const struct oriel_memory *memory, const struct oriel_msg_ring_at *untrusted,
	struct oriel_ring **ret_ring, const struct oriel_region **ret_region,
	const char **ret_reason);
int oriel_memory_probe(struct oriel_memory *memory, const struct oriel_msg_ram_probe *untrusted,
	bool *ret_found, const char **ret_reason);
int oriel_memory_extents(struct oriel_memory *memory, const struct oriel_msg_extents *untrusted,
	const char **ret_reason);
int oriel_memory_buffer(struct oriel_memory *memory, const struct oriel_msg_buffer *untrusted,
	const char **ret_reason);

/* Forgets buffers and unmaps. */
void oriel_memory_finish(struct oriel_memory *memory);

#endif
