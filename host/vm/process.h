/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/*
 * Other processes of this user, known by number and start time: numbers are used again. Any thread.
 */
#ifndef ORIEL_HOST_VM_PROCESS_H
#define ORIEL_HOST_VM_PROCESS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/* When it started, in a unit of the system's own; 0: there is no such process, or it has ended
 * and only waits for its parent. */
uint64_t oriel_process_start_time(pid_t pid);

/* Ends a process that is still the one that started then: SIGTERM, and SIGKILL after limit_ms.
 * Blocks until it is gone. Whether it was there. */
bool oriel_process_end(pid_t pid, uint64_t start_time, unsigned limit_ms);

#endif
