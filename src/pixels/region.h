/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/*
 * Memory that a virtual machine shares with its host: the file of a shared-memory device, or of the
 * machine's RAM. The host maps it once, read only. Any thread.
 */
#ifndef ORIEL_PIXELS_REGION_H
#define ORIEL_PIXELS_REGION_H

#include <stddef.h>
#include <stdint.h>

#include "src/wire/messages.h"

/* The first page of a device: the host writes it before the machine starts; the guest finds the
 * device by its token, which the viewer tells it. What comes behind the page is for rings. Little
 * endian. */
#define ORIEL_REGION_MAGIC "ORIELSHM"
#define ORIEL_REGION_VERSION 1
#define ORIEL_REGION_TOKEN ORIEL_MAX_REGION_TOKEN
#define ORIEL_REGION_HEAD 4096 /* bytes that no ring uses */

struct oriel_region_head {
	char magic[8];
	uint32_t version, zero;
	uint64_t size; /* of the device */
	uint8_t token[ORIEL_REGION_TOKEN];
};

/* Where a piece of the guest's RAM lies in its file. */
struct oriel_region_range {
	uint64_t address; /* guest-physical */
	uint64_t offset, size;
};

#define ORIEL_REGION_RANGES 4

/* What a target says of a region. */
struct oriel_region_source {
	uint8_t kind;     /* enum oriel_memory_kind */
	const char *path; /* of the file */
	uint64_t size;
	uint8_t token[ORIEL_REGION_TOKEN]; /* devices */
	int n_ranges;                      /* RAM */
	struct oriel_region_range ranges[ORIEL_REGION_RANGES];
};

struct oriel_region;

/* Opens and maps. -EACCES: the file belongs to somebody else than this user, or others may write
 * to it; -EINVAL: it is no file, or smaller than size, or a range lies outside; other -errno. */
int oriel_region_map(const struct oriel_region_source *source, struct oriel_region **ret_region);
void oriel_region_unmap(struct oriel_region *region); /* NULL is fine */

uint64_t oriel_region_size(const struct oriel_region *region);
/* The file, borrowed: for somebody else to map. */
int oriel_region_fd(const struct oriel_region *region);

/* Bytes of a device at an untrusted place; NULL: not inside. */
const void *oriel_region_view(
	const struct oriel_region *region, uint64_t untrusted_offset, uint64_t untrusted_size);
/* Bytes of RAM at an untrusted guest-physical place that lies in one range; NULL: it does not. */
const void *oriel_region_ram(
	const struct oriel_region *region, uint64_t untrusted_address, uint64_t untrusted_size);

#endif
