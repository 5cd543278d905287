/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/*
 * QEMU as a child of the supervisor, and the sockets between the two. Main thread.
 */
#ifndef ORIEL_HOST_VM_CHILD_H
#define ORIEL_HOST_VM_CHILD_H

#include <sys/types.h>

#include "host/vm/prepare.h"

struct oriel_vm_child {
	pid_t pid;
	int qmp_fd; /* our end of the pair */
};

/* Starts it: it ends when this process does (Linux), writes to qemu.log, listens on serial.sock.
 * 0 or -errno with the fault told. */
int oriel_vm_child_start(
	const struct oriel_vm *vm, struct oriel_vm_child *ret_child, struct oriel_vm_fault *fault);

#endif
