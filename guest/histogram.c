/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
#include "guest/histogram.h"

/* Values below STEPS have a bucket each; above, the three bits after the leading one choose. */
static unsigned bucket_of(uint64_t value)
{
	unsigned log2, bucket;

	if (value < ORIEL_HISTOGRAM_STEPS)
		return (unsigned)value;
	log2 = 63 - (unsigned)__builtin_clzll(value);
	bucket = (log2 - 2) * ORIEL_HISTOGRAM_STEPS +
		 (unsigned)(value >> (log2 - 3)) % ORIEL_HISTOGRAM_STEPS;
	return bucket < ORIEL_HISTOGRAM_BUCKETS ? bucket : ORIEL_HISTOGRAM_BUCKETS - 1;
}

static uint64_t bucket_end(unsigned bucket)
{
	unsigned log2, step;

	if (bucket < ORIEL_HISTOGRAM_STEPS)
		return bucket;
	log2 = bucket / ORIEL_HISTOGRAM_STEPS + 2;
	step = bucket % ORIEL_HISTOGRAM_STEPS;
	return ((uint64_t)(ORIEL_HISTOGRAM_STEPS + step + 1) << (log2 - 3)) - 1;
}

void oriel_histogram_add(struct oriel_histogram *histogram, uint64_t value)
{
	histogram->count++;
	if (value > histogram->max)
		histogram->max = value;
	histogram->buckets[bucket_of(value)]++;
}

uint64_t oriel_histogram_percentile(const struct oriel_histogram *histogram, unsigned percent)
{
	uint64_t wanted = (histogram->count * percent + 99) / 100, seen = 0, end;

	if (histogram->count == 0)
		return 0;
	for (unsigned i = 0; i < ORIEL_HISTOGRAM_BUCKETS; i++) {
		seen += histogram->buckets[i];
		if (seen < wanted || seen == 0)
			continue;
		end = bucket_end(i);
		return end < histogram->max ? end : histogram->max;
	}
	return histogram->max;
}
