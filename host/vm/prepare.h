/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/*
 * All that happens before QEMU starts: reads the options, finds out what is there, chooses, and
 * makes the files. Says by warnings what is not as good as it was asked for. Main thread.
 */
#ifndef ORIEL_HOST_VM_PREPARE_H
#define ORIEL_HOST_VM_PREPARE_H

#include "host/vm/config.h"
#include "host/vm/qemu_args.h"
#include "host/vm/share.h"

/* A machine that can be started. Must not be copied: parts point to others. */
struct oriel_vm {
	struct oriel_vm_place place;
	struct oriel_vm_config config;
	struct oriel_image image;
	struct oriel_qemu qemu;
	enum oriel_vm_accel accel;
	char accel_why[160];
	enum oriel_vm_display display;
	struct oriel_share share;
	char cmdline[ORIEL_IMAGE_CMDLINE + 32];
	char disk[ORIEL_VM_PATH], console[ORIEL_VM_PATH];
};

/* Fills all but place, which is set, and saves the options. Holder of the lock only. 0 or -errno
 * with the fault told. */
int oriel_vm_prepare(struct oriel_vm *vm, const struct oriel_vm_options *options, bool fresh,
	struct oriel_vm_fault *fault);

/* Goes on without what QEMU did not start with: shares less. Whether there was anything to leave
 * out. */
bool oriel_vm_share_less(struct oriel_vm *vm, const char *why);

/* What QEMU is told; the sockets are to be filled in. Borrows from the machine. */
struct oriel_vm_plan oriel_vm_plan(const struct oriel_vm *vm);

#endif
