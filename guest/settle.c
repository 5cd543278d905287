/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
#include "guest/settle.h"

#include "guest/window.h"

/* A presented frame without a successor for so long may have a client with one buffer. */
#define SETTLE_MS 50

/* Bytes of those layers that lie in memory of clients. */
static uint64_t clients_bytes(const struct oriel_mir_frame *frame)
{
	const struct oriel_mir_frame_info *info = oriel_mir_frame_info(frame);
	struct oriel_mir_memory memory;
	uint64_t bytes = 0;

	for (int i = 0; i < info->n_layers; i++)
		if (oriel_mir_frame_memory(frame, i, &memory) == 0)
			bytes += (uint64_t)info->layers[i].buffer_width *
				 info->layers[i].buffer_height * 4;
	return bytes;
}

static void settle(struct oriel_core *core, struct oriel_mir_frame *frame)
{
	uint64_t before = clients_bytes(frame);

	oriel_mir_frame_settle(frame);
	core->stats.frames_settled++;
	core->stats.settle_bytes_copied += before - clients_bytes(frame);
}

static void handle_settle(uv_timer_t *timer)
{
	struct oriel_core *core = timer->data;
	uint64_t now = uv_now(core->loop), next = 0;
	struct oriel_window *window;

	TAILQ_FOREACH(window, &core->windows, all)
	{
		struct oriel_frames *f = &window->frames;

		if (f->settle_ms == 0)
			continue;
		if (f->settle_ms > now) {
			next = next == 0 || f->settle_ms < next ? f->settle_ms : next;
			continue;
		}
		f->settle_ms = 0;
		settle(core, f->current);
	}
	if (next > 0)
		uv_timer_start(timer, handle_settle, next - now, 0);
}

void oriel_settle_later(struct oriel_window *window)
{
	struct oriel_core *core = window->core;

	if (!oriel_mir_frame_info(window->frames.current)->may_settle)
		return;
	window->frames.settle_ms = uv_now(core->loop) + SETTLE_MS;
	if (!uv_is_active((uv_handle_t *)&core->settle))
		uv_timer_start(&core->settle, handle_settle, SETTLE_MS, 0);
}

void oriel_settle_init(struct oriel_core *core)
{
	uv_timer_init(core->loop, &core->settle);
	core->settle.data = core;
}

void oriel_settle_close(struct oriel_core *core)
{
	uv_close((uv_handle_t *)&core->settle, NULL);
}
