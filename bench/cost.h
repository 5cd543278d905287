/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/*
 * What running processes have cost so far, from outside. Linux.
 */
#ifndef ORIEL_BENCH_COST_H
#define ORIEL_BENCH_COST_H

#include <stdint.h>
#include <sys/types.h>

/* CPU time of all its threads, user and system, in ns; 0 when it is gone. */
uint64_t cost_cpu_ns(pid_t pid);

/* How often its threads have slept and been woken: voluntary context switches. */
uint64_t cost_wakeups(pid_t pid);

#endif
