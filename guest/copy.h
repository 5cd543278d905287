/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/*
 * The one copy that pixels make in the guest: from a client's buffer to where they leave, rows
 * packed. The CPU copies at once; what lies in a DMA-BUF and goes to a device the kernel module
 * copies, all rectangles of a layer in one call when the message is complete.
 */
#ifndef ORIEL_GUEST_COPY_H
#define ORIEL_GUEST_COPY_H

#include "guest/plan.h"
#include "kernel/oriel_shm.h"

/* A copy that the module is to make. */
struct oriel_copy_job {
	uint16_t layer;
	struct oriel_rect rect;
	void *out;
	struct oriel_shm_rect shm;
};

/* The copies of one message. */
struct oriel_copies {
	struct oriel_mir_frame *frame;
	const struct oriel_plan *plan;
	struct oriel_core *core;
	struct oriel_device *device; /* where the copies go; NULL: ordinary memory */
	bool guarded, faulted;
	uint64_t by_cpu, by_module; /* bytes */
	/* Per layer of the plan, once the CPU reads it. */
	struct oriel_copy_source {
		bool mapped;
		const void *pixels; /* NULL: black */
		size_t stride;
	} layers[ORIEL_MAX_LAYERS];
	int n_jobs;
	struct oriel_copy_job jobs[ORIEL_MAX_RECTS];
};

/* For the plan of window, which has an owner. */
void oriel_copies_begin(struct oriel_copies *copies, struct oriel_window *window);

/* Copies a rectangle of a layer of the plan to out, which has width * height * 4 bytes and must
 * stay there until oriel_copies_end(). At most ORIEL_MAX_RECTS times. */
void oriel_copies_add(
	struct oriel_copies *copies, uint16_t layer, const struct oriel_rect *rect, void *out);

/* All is copied when it returns. false: the device is gone, and with it what was copied. */
bool oriel_copies_end(struct oriel_copies *copies);

#endif
