/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
#include "guest/copy.h"

#include <errno.h>
#include <string.h>

#include "guest/client.h"
#include "guest/fault.h"
#include "guest/module.h"
#include "src/base/log.h"
#include "src/pixels/damage.h"

/* The processor -------------------------------------------------------------------------------- */

static void stop_guard(struct oriel_copies *copies)
{
	if (copies->guarded && oriel_fault_unguard())
		copies->faulted = true;
	copies->guarded = false;
}

/* The guard of the client's memory, which mapping it puts up, must be there before ours. */
static void start_guard(struct oriel_copies *copies)
{
	if (copies->device && !copies->guarded) {
		oriel_fault_guard(copies->device->memory, (size_t)copies->device->mapped);
		copies->guarded = true;
	}
}

static const struct oriel_copy_source *map(struct oriel_copies *copies, uint16_t layer)
{
	struct oriel_copy_source *source = &copies->layers[layer];

	if (!source->mapped) {
		stop_guard(copies);
		source->pixels = oriel_mir_frame_pixels(
			copies->frame, copies->plan->source[layer], &source->stride);
		source->mapped = true;
	}
	return source;
}

static void copy_by_cpu(
	struct oriel_copies *copies, uint16_t layer, const struct oriel_rect *rect, void *out)
{
	const struct oriel_copy_source *source = map(copies, layer);
	size_t size = (size_t)rect->width * (size_t)rect->height * 4;

	start_guard(copies);
	if (source->pixels)
		oriel_pixels_pack(out, source->pixels, source->stride, rect);
	else
		memset(out, 0, size);
	copies->by_cpu += size;
}

/* The module ----------------------------------------------------------------------------------- */

/* Whether the module can be asked for this layer; *ret_memory is its DMA-BUF then. */
static bool suits_module(
	const struct oriel_copies *copies, uint16_t layer, struct oriel_mir_memory *ret_memory)
{
	int source = copies->plan->source[layer];

	return copies->device && oriel_mir_frame_memory(copies->frame, source, ret_memory) == 0 &&
	       ret_memory->dmabuf >= 0 && ret_memory->stride <= UINT32_MAX;
}

static void add_job(struct oriel_copies *copies, uint16_t layer, const struct oriel_rect *rect,
	void *out, const struct oriel_mir_memory *memory)
{
	struct oriel_copy_job *job = &copies->jobs[copies->n_jobs++];
	uint32_t row = (uint32_t)rect->width * 4;

	*job = (struct oriel_copy_job){.layer = layer, .rect = *rect, .out = out};
	job->shm = (struct oriel_shm_rect){
		.src = memory->start + (uint64_t)rect->y * memory->stride + (uint64_t)rect->x * 4,
		.dst = (uint64_t)((uint8_t *)out - copies->device->memory),
		.row_bytes = row,
		.rows = (uint32_t)rect->height,
		.src_stride = (uint32_t)memory->stride,
		.dst_stride = row,
	};
}

static int ask_module(struct oriel_copies *copies, int first, int n)
{
	struct oriel_shm_rect rects[ORIEL_MAX_RECTS];
	struct oriel_shm_copy copy = {.rects = (uintptr_t)rects, .n_rects = (uint32_t)n};
	struct oriel_mir_memory memory;
	int source = copies->plan->source[copies->jobs[first].layer];
	int r = oriel_mir_frame_memory(copies->frame, source, &memory);

	if (r < 0)
		return r;
	for (int i = 0; i < n; i++)
		rects[i] = copies->jobs[first + i].shm;
	copy.fd = memory.dmabuf;
	return copies->core->options.module->copy(copies->device->fd, &copy);
}

/* The jobs of one layer. */
static void run_jobs(struct oriel_copies *copies, int first, int n)
{
	int r = copies->faulted ? -ENODEV : ask_module(copies, first, n);

	if (r == -ENODEV) {
		copies->faulted = true;
		return;
	}
	if (r < 0)
		oriel_core_tell_once(copies->core, ORIEL_TOLD_NO_COPY,
			"the kernel module can't copy a program's DMA-BUF (%s): orield copies "
			"it, which is slower",
			strerror(-r));
	for (int i = first; i < first + n; i++) {
		const struct oriel_copy_job *job = &copies->jobs[i];

		if (r < 0)
			copy_by_cpu(copies, job->layer, &job->rect, job->out);
		else
			copies->by_module += (uint64_t)job->shm.row_bytes * job->shm.rows;
	}
}

/* The whole ------------------------------------------------------------------------------------ */

void oriel_copies_begin(struct oriel_copies *copies, struct oriel_window *window)
{
	const struct oriel_client_ring *ring = &window->owner->rings;

	/* The jobs are written before they are read. */
	memset(copies, 0, offsetof(struct oriel_copies, jobs));
	copies->frame = window->frames.current;
	copies->plan = window->frames.plan;
	copies->core = window->core;
	copies->device = ring->range ? ring->device : NULL;
}

void oriel_copies_add(
	struct oriel_copies *copies, uint16_t layer, const struct oriel_rect *rect, void *out)
{
	struct oriel_mir_memory memory;

	if (suits_module(copies, layer, &memory))
		add_job(copies, layer, rect, out, &memory);
	else
		copy_by_cpu(copies, layer, rect, out);
}

bool oriel_copies_end(struct oriel_copies *copies)
{
	int n;

	for (int first = 0; first < copies->n_jobs; first += n) {
		n = 1;
		while (first + n < copies->n_jobs &&
			copies->jobs[first + n].layer == copies->jobs[first].layer)
			n++;
		run_jobs(copies, first, n);
	}
	stop_guard(copies);
	for (uint32_t i = 0; i < copies->plan->n_layers; i++)
		if (copies->layers[i].mapped)
			oriel_mir_frame_pixels_done(copies->frame, copies->plan->source[i]);
	return !copies->faulted;
}
