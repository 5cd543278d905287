/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/* Random numbers that are the same in every run. */
#ifndef ORIEL_TESTS_PIXELS_RANDOM_H
#define ORIEL_TESTS_PIXELS_RANDOM_H

#include <stdint.h>

/* xorshift64*; state is never 0. */
static inline uint32_t next_random(uint64_t *state)
{
	*state ^= *state >> 12;
	*state ^= *state << 25;
	*state ^= *state >> 27;
	return (uint32_t)((*state * 0x2545f4914f6cdd1d) >> 32);
}

/* 0 to n - 1. */
static inline uint32_t random_below(uint64_t *state, uint32_t n)
{
	return next_random(state) % n;
}

#endif
