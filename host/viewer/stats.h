/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/*
 * The viewer's counters since it started: what `oriel stats` shows as viewer_*. Bytes that are
 * copied or uploaded, over the bytes of damage, are copies per pixel that changed.
 */
#ifndef ORIEL_HOST_VIEWER_STATS_H
#define ORIEL_HOST_VIEWER_STATS_H

#include <stdint.h>

struct oriel_viewer;

struct oriel_viewer_stats {
	uint64_t frames;    /* presented, or overtaken by a newer one */
	uint64_t damage;    /* bytes of the rectangles of frames */
	uint64_t in_ring;   /* of these, where their pixels were */
	uint64_t in_buffer; /* in the guest's RAM */
	uint64_t in_message;
	uint64_t copied;   /* bytes that this process' CPU has written: decoded, copied, laid over
			    * each other */
	uint64_t uploaded; /* bytes given to the window system, which copies them once more:
			    * shared memory to put, textures to update */
};

/* Answers a guest's question. */
void oriel_stats_send(struct oriel_viewer *viewer, uint32_t id);

#endif
