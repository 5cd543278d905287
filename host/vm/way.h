/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/*
 * The way to a machine's orield: joins QEMU's end of the virtio-serial port with link.sock, and
 * asks until an orield answers. Inside of the supervisor; everything is for the loop's thread.
 */
#ifndef ORIEL_HOST_VM_WAY_H
#define ORIEL_HOST_VM_WAY_H

#include <uv.h>

#include "host/vm/fault.h"
#include "host/vm/place.h"

struct oriel_vm_way;

/* Once after each oriel_vm_way_ask(): an orield has answered. Never from inside a call. */
typedef void (*oriel_vm_answered_fn)(void *user);

/* Listens on link.sock at once, and connects to serial.sock, on which QEMU's socket listens. 0 or
 * -errno with the fault told. */
int oriel_vm_way_create(uv_loop_t *loop, const struct oriel_vm_place *place,
	oriel_vm_answered_fn answered, void *user, struct oriel_vm_way **ret_way,
	struct oriel_vm_fault *fault);

/* The guest begins anew: asks it from now on. */
void oriel_vm_way_ask(struct oriel_vm_way *way);

/* Nobody has the port open in the guest any more. */
void oriel_vm_way_left(struct oriel_vm_way *way);

/* NULL is fine; its memory is given back by the loop. */
void oriel_vm_way_destroy(struct oriel_vm_way *way);

#endif
