/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/*
 * Memory that a machine and its host share: which kind, and its files.
 */
#ifndef ORIEL_HOST_VM_SHARE_H
#define ORIEL_HOST_VM_SHARE_H

#include <stdbool.h>
#include <stdint.h>

#include "host/vm/qemu_args.h"
#include "src/pixels/region.h"

#define ORIEL_SHARE_SIZE_DEFAULT (UINT64_C(256) << 20)
#define ORIEL_SHARE_SIZE_MIN (UINT64_C(8) << 20)
#define ORIEL_SHARE_SIZE_MAX (UINT64_C(4) << 30)

/* What is shared, and why not what is better. */
struct oriel_share {
	enum oriel_vm_share mode;    /* RING, RAM or STREAM */
	enum oriel_vm_device device; /* NONE for STREAM, and RAM where QEMU has no device */
	uint64_t size;               /* of the device */
	char why[160];               /* one line */

	/* What viewers map: a device, RAM, or both. Their paths are in paths. */
	struct oriel_region_source sources[2];
	int n_sources;
	char paths[2][ORIEL_VM_PATH];
};

/* The best that this QEMU has of what is wanted; wanted may be more than it has: then mode is the
 * next best. in_memory: files lie in memory, so that RAM costs no disk. Any thread. */
void oriel_share_choose(const struct oriel_qemu *qemu, enum oriel_vm_share wanted, uint64_t size,
	bool in_memory, struct oriel_share *ret_share);

/* Gives up the best of what was chosen: RAM first, then the device. what: why. */
void oriel_share_lessen(struct oriel_share *share, const char *what);

/* Where the RAM of that many bytes lies in its file. Room for 2 in ret_ranges; returns how many. */
int oriel_share_ranges(const char *machine, uint64_t memory, struct oriel_region_range *ret_ranges);

/* The folder that files of shared memory are made in: /dev/shm where that is memory, else run.
 * Room is ORIEL_VM_PATH. Whether files there lie in memory. */
bool oriel_share_folder(const char *run, char *path);

/* Creates the files (0600) in folder and writes the device's head. Names start as those that
 * oriel_share_clean() removes. 0; -ENOSPC: there is less room than the files may come to hold;
 * other -errno; then none is left. */
int oriel_share_create(struct oriel_share *share, const struct oriel_vm_place *place,
	const char *folder, const char *machine, uint64_t memory);

/* Removes all files of a machine, also those that a killed supervisor left. */
void oriel_share_clean(const struct oriel_vm_place *place);

#endif
