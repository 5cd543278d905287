/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/*
 * The disk of a machine: a qcow2 overlay, which holds what differs from the image's. Any thread.
 */
#ifndef ORIEL_HOST_VM_DISK_H
#define ORIEL_HOST_VM_DISK_H

#include <stdbool.h>

#include "host/vm/config.h"

/* Creates disk.qcow2 where there is none or, with fresh, anew; notes in config what it was made
 * on. Blocks while it runs qemu-img. 0 or -errno with the fault told: -ESTALE: the image has
 * changed since; -ENOSPC; -EBADMSG: the image's disk is broken. */
int oriel_vm_disk_prepare(const struct oriel_vm_place *place, const struct oriel_image *image,
	bool fresh, struct oriel_vm_config *config, struct oriel_vm_fault *fault);

#endif
