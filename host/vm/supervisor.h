/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/*
 * The process that owns a running QEMU: starts it, keeps status.json, joins its serial port with
 * link.sock, and cleans up when it has ended.
 *
 * Signals to it: SIGTERM presses the machine's power button (again every few seconds); a second
 * one, or SIGQUIT, ends QEMU at once.
 */
#ifndef ORIEL_HOST_VM_SUPERVISOR_H
#define ORIEL_HOST_VM_SUPERVISOR_H

#include "host/vm/prepare.h"

/* Called once, when QEMU runs the machine. */
typedef void (*oriel_vm_started_fn)(void *user);

/* Blocks until QEMU has ended; the caller holds the lock and has prepared the machine. 0; or, when
 * QEMU did not start, -errno with the fault told. */
int oriel_vm_supervise(
	struct oriel_vm *vm, oriel_vm_started_fn started, void *user, struct oriel_vm_fault *fault);

/* Ends and removes what a supervisor that was killed has left: QEMU, sockets, shared memory. Holder
 * of the lock only. */
void oriel_vm_clean(const struct oriel_vm_place *place);

#endif
