/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/*
 * Touching a device's memory, which goes away with the device: a SIGBUS would end orield and with
 * it every app. While a guard is up, zero pages take the place of what has gone, and stay there
 * until the memory is unmapped. Core thread; one guard at a time.
 *
 * The clients' own memory has guards in guest/mir/; their handler is called for faults that are
 * not ours.
 */
#ifndef ORIEL_GUEST_FAULT_H
#define ORIEL_GUEST_FAULT_H

#include <stdbool.h>
#include <stddef.h>

/* memory is a whole mapping, from page to page. */
void oriel_fault_guard(void *memory, size_t size);

/* Ends the guard. Whether it was needed: the device is gone. */
bool oriel_fault_unguard(void);

#endif
