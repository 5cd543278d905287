/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
#ifndef ORIEL_BASE_CLOCK_H
#define ORIEL_BASE_CLOCK_H

#include <stdint.h>

/* CLOCK_MONOTONIC in nanoseconds. Any thread. */
uint64_t oriel_now_ns(void);

#endif
