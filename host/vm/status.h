/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/*
 * How a machine is: what its supervisor writes into status.json at every change, and others read.
 * Any thread.
 */
#ifndef ORIEL_HOST_VM_STATUS_H
#define ORIEL_HOST_VM_STATUS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "host/vm/kinds.h"
#include "host/vm/place.h"
#include "src/pixels/region.h"

enum oriel_vm_state {
	ORIEL_VM_STOPPED,
	ORIEL_VM_BOOTING, /* QEMU runs, and no orield has answered */
	ORIEL_VM_RUNNING, /* orield answers */
	ORIEL_VM_CRASHED, /* ended, and nobody wanted it to */
	ORIEL_VM_STATES
};

extern const char *const oriel_vm_state_names[ORIEL_VM_STATES];

struct oriel_vm_status {
	enum oriel_vm_state state;
	char reason[512];   /* why it ended, or what it waits for; "" */
	char console[2048]; /* the last lines, when it crashed */
	pid_t supervisor;   /* 0: none runs */
	pid_t qemu;
	uint64_t qemu_start;       /* see process.h */
	int64_t started, answered; /* seconds since 1970, 0: not yet */

	char image[ORIEL_VM_PATH];
	uint64_t memory; /* bytes */
	unsigned cpus;
	char gpu[16], share[16], device[16], accel[16], qemu_version[16];
	char share_why[160];

	/* What viewers can map; path points into paths. */
	struct oriel_region_source sources[2];
	int n_sources;
	char paths[2][ORIEL_VM_PATH];
};

/* Reads the file, and looks whether its supervisor lives: without one, what was booting or running
 * has crashed. 0; -ENOENT: the machine was never started; other -errno. ret_status must not
 * be copied: it points into itself. Not for the holder of the lock, see lock.h. */
int oriel_vm_status_read(const struct oriel_vm_place *place, struct oriel_vm_status *ret_status);

/* The same without that look: what the file says. For the holder of the lock. */
int oriel_vm_status_load(const struct oriel_vm_place *place, struct oriel_vm_status *ret_status);

/* 0 or -errno. */
int oriel_vm_status_write(const struct oriel_vm_place *place, const struct oriel_vm_status *status);

/* Adds a source with a copy of its path. At most 2. */
void oriel_vm_status_add_source(
	struct oriel_vm_status *status, const struct oriel_region_source *source);

#endif
