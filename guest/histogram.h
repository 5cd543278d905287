/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/*
 * A histogram of durations: powers of two, each in eight equal steps, so that a percentile is
 * told within an eighth. Fixed size, nothing to free.
 */
#ifndef ORIEL_GUEST_HISTOGRAM_H
#define ORIEL_GUEST_HISTOGRAM_H

#include <stdint.h>

#define ORIEL_HISTOGRAM_STEPS 8
#define ORIEL_HISTOGRAM_BUCKETS (33 * ORIEL_HISTOGRAM_STEPS)

struct oriel_histogram {
	uint64_t count, max;
	uint64_t buckets[ORIEL_HISTOGRAM_BUCKETS];
};

void oriel_histogram_add(struct oriel_histogram *histogram, uint64_t value);

/* A value that percent of all are not above, rounded up to its bucket's end; 0 when empty. */
uint64_t oriel_histogram_percentile(const struct oriel_histogram *histogram, unsigned percent);

#endif
