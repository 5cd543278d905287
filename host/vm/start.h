/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/*
 * Starting and stopping machines, for the command line. Main thread.
 */
#ifndef ORIEL_HOST_VM_START_H
#define ORIEL_HOST_VM_START_H

#include <stdbool.h>

#include "host/vm/config.h"

/* Starts a machine: this process is forked, and the child becomes its supervisor, detached from the
 * terminal. Call it before anything has made an event loop or a thread. Blocks until QEMU runs the
 * machine; that the guest is there is told by status.json. fresh: with a new disk. Warnings, of
 * what is not as good as it was asked for, go to standard error. 0; -EALREADY: it is up; other
 * -errno with the fault told. */
int oriel_vm_start(const struct oriel_vm_place *place, const struct oriel_vm_options *options,
	bool fresh, struct oriel_vm_fault *fault);

/* Ends a machine: by its power button, and when that does not help within limit_ms by ending QEMU;
 * 0: at once. Blocks. 0; -ENOENT: it was not up; -ETIMEDOUT with the fault told. *ret_forced:
 * the power button did not help. */
int oriel_vm_stop(const struct oriel_vm_place *place, unsigned limit_ms, bool *ret_forced,
	struct oriel_vm_fault *fault);

#endif
