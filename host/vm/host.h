/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/*
 * What this computer has for virtual machines. Any thread.
 */
#ifndef ORIEL_HOST_VM_HOST_H
#define ORIEL_HOST_VM_HOST_H

#include <stdint.h>

#include "host/vm/config.h"
#include "host/vm/qemu_args.h"

/* The fastest way to run that QEMU's guests here, or the one that is wanted. why: room for 160,
 * one line that says why it is not a faster one. 0; -ENOTSUP with the fault told: what is
 * wanted does not work here. */
int oriel_host_accel(const struct oriel_qemu *qemu, enum oriel_vm_accel wanted,
	enum oriel_vm_accel *ret_accel, char *why, struct oriel_vm_fault *fault);

/* What a GPU of the guest is drawn by. 0; -ENOTSUP with the fault told. */
int oriel_host_display(const struct oriel_qemu *qemu, enum oriel_vm_gpu gpu,
	enum oriel_vm_display *ret_display, struct oriel_vm_fault *fault);

/* Whether /dev/vhost-vsock can be used. */
bool oriel_host_vsock(const struct oriel_qemu *qemu);

/* -ENOMEM with the fault told: this computer can't have that much. */
int oriel_host_memory(uint64_t memory, struct oriel_vm_fault *fault);

#endif
