/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
#include "host/viewer/stats.h"

#include "host/viewer/session.h"
#include "host/viewer/state.h"

void oriel_stats_send(struct oriel_viewer *viewer, uint32_t id)
{
	const struct oriel_viewer_stats *stats = &viewer->stats;
	const struct oriel_wire_counter counters[] = {
		{"viewer_frames_presented", stats->frames},
		{"viewer_damage_bytes", stats->damage},
		{"viewer_ring_bytes", stats->in_ring},
		{"viewer_buffer_bytes", stats->in_buffer},
		{"viewer_inline_bytes", stats->in_message},
		{"viewer_bytes_copied", stats->copied},
		{"viewer_bytes_uploaded", stats->uploaded},
		{"viewer_buffers", (uint64_t)viewer->memory.buffers.n},
	};
	struct oriel_msg_host_stats *msg = &viewer->out->host_stats;

	viewer->out->type = ORIEL_MSG_HOST_STATS;
	msg->id = id;
	msg->n_counters = sizeof counters / sizeof *counters;
	for (uint32_t i = 0; i < msg->n_counters; i++)
		msg->counters[i] = counters[i];
	oriel_session_send(viewer);
}
