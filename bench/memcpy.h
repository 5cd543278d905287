/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/*
 * What one memcpy takes here, in CPU time.
 */
#ifndef ORIEL_BENCH_MEMCPY_H
#define ORIEL_BENCH_MEMCPY_H

#include <stddef.h>

/* Prints the medians of many copies of size bytes, "memcpy MS ms, cold MS ms": of copies one right
 * after the other, and of such as programs make that draw frames, one now and then. Returns what
 * main() shall. */
int bench_memcpy(size_t size);

#endif
