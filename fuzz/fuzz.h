/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/*
 * What every fuzz target, fuzz/NAME.c, has: libFuzzer's entry point. It aborts where the code under
 * test does not do what it promises. libFuzzer calls it with inputs of its own making;
 * fuzz/replay.c calls it with the files of fuzz/corpus/NAME, as an ordinary test with any compiler.
 */
#ifndef ORIEL_FUZZ_FUZZ_H
#define ORIEL_FUZZ_FUZZ_H

#include <stddef.h>
#include <stdint.h>

/* Returns 0. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#endif
