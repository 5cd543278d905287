/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/*
 * One supervisor per machine: a record lock of fcntl() on the file "lock". The kernel drops it with
 * the process, however that ends, forked children do not have it, and it tells who holds it.
 * Any thread; but a process that holds a lock asks no more about it: closing any descriptor of
 * the file would drop it.
 */
#ifndef ORIEL_HOST_VM_LOCK_H
#define ORIEL_HOST_VM_LOCK_H

#include <sys/types.h>

#include "host/vm/place.h"

/* Takes the lock for this process, till it ends. 0; -EAGAIN: another has it; other -errno. */
int oriel_vm_lock(const struct oriel_vm_place *place);

/* The process that holds it, or 0. */
pid_t oriel_vm_lock_holder(const struct oriel_vm_place *place);

#endif
