/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
#include "guest/stats.h"

#include <stdio.h>
#include <string.h>

#include "guest/client.h"
#include "guest/launch.h"
#include "guest/window.h"
#include "src/base/clock.h"

/* Counters --------------------------------------------------------------------------------------
 */

/* Names live in names until the message is sent. */
struct answer {
	struct oriel_msg msg;
	char names[ORIEL_MAX_STATS][64];
};

static void add(struct answer *answer, const char *name, uint64_t value)
{
	struct oriel_msg_stats *stats = &answer->msg.stats;
	uint32_t i = stats->n_counters;

	if (i == ORIEL_MAX_STATS)
		return;
	snprintf(answer->names[i], sizeof answer->names[i], "%s", name);
	stats->counters[i].name = answer->names[i];
	stats->counters[i].value = value;
	stats->n_counters++;
}

static void add_histogram(
	struct answer *answer, const char *name, const struct oriel_histogram *histogram)
{
	char text[48];

	snprintf(text, sizeof text, "%s_count", name);
	add(answer, text, histogram->count);
	snprintf(text, sizeof text, "%s_us_p50", name);
	add(answer, text, oriel_histogram_percentile(histogram, 50));
	snprintf(text, sizeof text, "%s_us_p99", name);
	add(answer, text, oriel_histogram_percentile(histogram, 99));
	snprintf(text, sizeof text, "%s_us_max", name);
	add(answer, text, histogram->max);
}

static void add_links(struct answer *answer, const struct oriel_core *core)
{
	struct oriel_link_counters sum = core->stats.closed;
	const struct oriel_client *client;
	uint64_t used = 0, size = 0, in_devices = 0, loans = 0, queued = 0;

	TAILQ_FOREACH(client, &core->clients, all)
	{
		struct oriel_link_counters one;

		oriel_link_counters(client->link, &one);
		sum.messages_in += one.messages_in;
		sum.messages_out += one.messages_out;
		sum.bytes_in += one.bytes_in;
		sum.bytes_out += one.bytes_out;
		queued += oriel_link_queued(client->link);
		used += client->rings.ring ? oriel_ring_used(client->rings.ring) : 0;
		size += client->rings.ring ? oriel_ring_size(client->rings.ring) : 0;
		in_devices += client->rings.range ? client->rings.range->size : 0;
		loans += (uint64_t)client->loans.n;
	}
	add(answer, "messages_in", sum.messages_in);
	add(answer, "messages_out", sum.messages_out);
	add(answer, "bytes_in", sum.bytes_in);
	add(answer, "bytes_out", sum.bytes_out);
	add(answer, "queued_bytes", queued);
	add(answer, "ring_used_bytes", used);
	add(answer, "ring_size_bytes", size);
	add(answer, "ring_device_bytes", in_devices);
	add(answer, "buffers_registered", loans);
	add(answer, "pinned_bytes", core->pins.bytes);
}

static void add_session(struct answer *answer, const struct oriel_core *core)
{
	const struct oriel_stats *stats = &core->stats;

	add(answer, "uptime_ms", (oriel_now_ns() - stats->started_ns) / 1000000);
	add(answer, "wakeups", stats->wakeups);
	add(answer, "x11", core->x11_display != NULL);
	add(answer, "peers", (uint64_t)core->n_clients);
	add(answer, "peers_connected", stats->peers_connected);
	add(answer, "peers_failed", stats->peers_failed);
	add(answer, "programs_started", stats->launches);
	add(answer, "programs_running",
		(uint64_t)oriel_launch_signal_all((struct oriel_core *)core, 0));
	add(answer, "windows", (uint64_t)core->n_windows);
	add(answer, "windows_opened", stats->windows_opened);
	add(answer, "windows_refused", stats->windows_refused);
}

static void add_frames(struct answer *answer, const struct oriel_stats *stats)
{
	add(answer, "frames_claimed", stats->frames_claimed);
	add(answer, "frames_sent", stats->frames_sent);
	add(answer, "frame_parts_sent", stats->frame_parts_sent);
	add(answer, "frames_presented", stats->frames_presented);
	add(answer, "frames_slow", stats->frames_slow);
	add(answer, "frames_settled", stats->frames_settled);
	add(answer, "settle_bytes_copied", stats->settle_bytes_copied);
	add(answer, "damage_bytes", stats->damage_bytes);
	add(answer, "pixel_bytes_copied", stats->pixel_bytes_copied);
	add(answer, "pixel_bytes_module", stats->pixel_bytes_module);
	add(answer, "pixel_bytes_registered", stats->pixel_bytes_registered);
	add(answer, "pixel_bytes_encoded", stats->pixel_bytes_encoded);
	add(answer, "damage_pixels", stats->damage_pixels);
	add(answer, "compare_pixels", stats->compare_pixels);
	add(answer, "sent_pixels", stats->sent_pixels);
	add_histogram(answer, "commit_to_send", &stats->commit_to_send);
	add_histogram(answer, "send_to_presented", &stats->send_to_presented);
	add_histogram(answer, "commit_to_presented", &stats->commit_to_presented);
	add_histogram(answer, "host_present", &stats->host_present);
}

static void send_counters(struct oriel_client *client, uint32_t id,
	const struct oriel_host_counter *counters, uint32_t n_counters)
{
	struct answer answer = {.msg = {.type = ORIEL_MSG_STATS}};

	answer.msg.stats.id = id;
	add_session(&answer, client->core);
	add_links(&answer, client->core);
	add_frames(&answer, &client->core->stats);
	for (uint32_t i = 0; i < n_counters; i++)
		add(&answer, counters[i].name, counters[i].value);
	oriel_client_send(client, &answer.msg);
}

/* Windows ---------------------------------------------------------------------------------------
 */

static uint32_t side(int32_t length)
{
	return length < 0 ? 0 : length > ORIEL_MAX_SIDE ? ORIEL_MAX_SIDE : (uint32_t)length;
}

static void describe(const struct oriel_window *window, struct oriel_wire_window_stat *to)
{
	*to = (struct oriel_wire_window_stat){
		.window = window->mir.id,
		.state = window->mir.state,
		.shown = window->owner != NULL,
		.width = side(window->mir.content.width),
		.height = side(window->mir.content.height),
		.frames = window->n_frames,
		.bytes = window->n_bytes,
		.app_id = window->mir.app_id,
		.title = window->mir.title,
	};
}

static void send_windows(struct oriel_client *client, uint32_t id)
{
	struct oriel_msg msg = {.type = ORIEL_MSG_WINDOW_STATS};
	struct oriel_msg_window_stats *part = &msg.window_stats;
	const uint32_t room = sizeof part->windows / sizeof *part->windows;
	const struct oriel_window *window;

	part->id = id;
	TAILQ_FOREACH(window, &client->core->windows, all)
	{
		if (part->n_windows == room) {
			oriel_client_send(client, &msg);
			part->n_windows = 0;
		}
		describe(window, &part->windows[part->n_windows++]);
	}
	part->final = 1;
	oriel_client_send(client, &msg);
}

void oriel_stats_answer(struct oriel_client *client, uint32_t id,
	const struct oriel_host_counter *counters, uint32_t n_counters)
{
	send_counters(client, id, counters, n_counters);
	send_windows(client, id);
}
