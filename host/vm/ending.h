/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/*
 * Why a machine has ended, in words. Any thread.
 */
#ifndef ORIEL_HOST_VM_ENDING_H
#define ORIEL_HOST_VM_ENDING_H

#include "host/vm/prepare.h"
#include "host/vm/status.h"

/* What the supervisor has seen of it. */
struct oriel_vm_ending {
	int exit_status;   /* of QEMU, as of wait() */
	char shutdown[40]; /* QEMU's reason of SHUTDOWN; "" */
	bool asked;        /* somebody wanted it */
	bool panicked;     /* the guest's kernel */
	bool stuck;        /* QEMU could not run the guest any more */
};

/* Sets state, reason and console, and that there is no QEMU. */
void oriel_vm_ending_tell(const struct oriel_vm *vm, const struct oriel_vm_ending *ending,
	struct oriel_vm_status *status);

#endif
