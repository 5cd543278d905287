/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
#include "host/viewer/memory.h"

#include <errno.h>
#include <string.h>

#define PAGE 4096u
#define PROBE 32u /* bytes */

static const uint64_t feature_of[] = {
	[ORIEL_MEMORY_DEVICE] = ORIEL_FEATURE_MEMORY,
	[ORIEL_MEMORY_RAM] = ORIEL_FEATURE_BUFFERS,
};

static int fault(const char **ret_reason, const char *reason)
{
	*ret_reason = reason;
	return -EPROTO;
}

int oriel_memory_add(struct oriel_memory *memory, const struct oriel_region_source *source)
{
	struct oriel_memory_region *region = &memory->regions[memory->n];
	int r;

	if (memory->n == ORIEL_MAX_REGIONS)
		return -ENOSPC;
	r = oriel_region_map(source, &region->mapped);
	if (r < 0)
		return r;
	region->kind = source->kind;
	memcpy(region->token, source->token, sizeof region->token);
	region->probed = false;
	memory->n++;
	return 0;
}

uint64_t oriel_memory_features(const struct oriel_memory *memory)
{
	uint64_t features = 0;

	for (int i = 0; i < memory->n; i++)
		if (memory->regions[i].mapped)
			features |= feature_of[memory->regions[i].kind];
	return features;
}

void oriel_memory_keep(struct oriel_memory *memory, uint64_t features)
{
	for (int i = 0; i < memory->n; i++) {
		struct oriel_memory_region *region = &memory->regions[i];

		if (features & feature_of[region->kind])
			continue;
		oriel_region_unmap(region->mapped);
		region->mapped = NULL;
	}
}

void oriel_memory_describe(const struct oriel_memory *memory, struct oriel_msg_memory *ret_msg)
{
	ret_msg->n_regions = 0;
	for (int i = 0; i < memory->n; i++) {
		const struct oriel_memory_region *region = &memory->regions[i];
		struct oriel_wire_region *wire = &ret_msg->regions[ret_msg->n_regions];

		if (!region->mapped)
			continue;
		*wire = (struct oriel_wire_region){.id = (uint32_t)i + 1,
			.kind = region->kind,
			.size = oriel_region_size(region->mapped)};
		if (region->kind == ORIEL_MEMORY_DEVICE)
			wire->token = (struct oriel_bytes){region->token, sizeof region->token};
		ret_msg->n_regions++;
	}
}

static int find(const struct oriel_memory *memory, uint32_t untrusted_id, uint8_t kind)
{
	int i = (int)(untrusted_id - 1);

	if (untrusted_id < 1 || untrusted_id > (uint32_t)memory->n || !memory->regions[i].mapped ||
		memory->regions[i].kind != kind)
		return -1;
	return i;
}

int oriel_memory_ring(const struct oriel_memory *memory, const struct oriel_msg_ring_at *untrusted,
	struct oriel_ring **ret_ring, const struct oriel_region **ret_region,
	const char **ret_reason)
{
	int i = find(memory, untrusted->region, ORIEL_MEMORY_DEVICE), r;
	const void *start;

	if (i < 0)
		return fault(ret_reason, "the device is not there");
	if (untrusted->offset < ORIEL_REGION_HEAD || untrusted->offset % PAGE)
		return fault(ret_reason, "a place that is not for rings");
	start = oriel_region_view(memory->regions[i].mapped, untrusted->offset, untrusted->size);
	if (!start)
		return fault(ret_reason, "a place outside of the device");
	/* The mapping is read only, and so is this end of a ring. */
	r = oriel_ring_wrap((void *)(uintptr_t)start, untrusted->size, ret_ring);
	if (r == 0)
		*ret_region = memory->regions[i].mapped;
	return r;
}

int oriel_memory_probe(struct oriel_memory *memory, const struct oriel_msg_ram_probe *untrusted,
	bool *ret_found, const char **ret_reason)
{
	int i = find(memory, untrusted->region, ORIEL_MEMORY_RAM);
	const void *there;

	if (i < 0)
		return fault(ret_reason, "the RAM is not there");
	if (untrusted->bytes.size != PROBE)
		return fault(ret_reason, "too few bytes to be sure");
	/* A place that the host knows nothing of is the very thing that the guest asks about. */
	there = oriel_region_ram(memory->regions[i].mapped, untrusted->address, PROBE);
	memory->regions[i].probed = there && memcmp(there, untrusted->bytes.data, PROBE) == 0;
	*ret_found = memory->regions[i].probed;
	return 0;
}

int oriel_memory_extents(struct oriel_memory *memory, const struct oriel_msg_extents *untrusted,
	const char **ret_reason)
{
	for (int i = 0; i < memory->n; i++)
		if (memory->regions[i].mapped && memory->regions[i].probed)
			return oriel_buffers_extents(&memory->buffers, untrusted, ret_reason);
	return fault(ret_reason, "no RAM was probed and found");
}

int oriel_memory_buffer(struct oriel_memory *memory, const struct oriel_msg_buffer *untrusted,
	const char **ret_reason)
{
	int i = find(memory, untrusted->region, ORIEL_MEMORY_RAM);

	if (i < 0)
		return fault(ret_reason, "the RAM is not there");
	if (!memory->regions[i].probed)
		return fault(ret_reason, "the RAM was not probed, or not found");
	return oriel_buffers_add(
		&memory->buffers, untrusted, memory->regions[i].mapped, ret_reason);
}

void oriel_memory_finish(struct oriel_memory *memory)
{
	oriel_buffers_finish(&memory->buffers);
	for (int i = 0; i < memory->n; i++)
		oriel_region_unmap(memory->regions[i].mapped);
	memory->n = 0;
}
