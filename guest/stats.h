/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/*
 * Counters and latencies since orield started.
 */
#ifndef ORIEL_GUEST_STATS_H
#define ORIEL_GUEST_STATS_H

#include <stdint.h>

#include "guest/histogram.h"
#include "src/link/link.h"

struct oriel_client;
struct oriel_core;
struct oriel_host_counter;

struct oriel_stats {
	uint64_t started_ns;
	uint64_t wakeups; /* of the core thread */
	uint64_t windows_opened, windows_refused;
	uint64_t peers_connected, peers_failed;
	uint64_t launches;
	uint64_t frames_claimed, frames_sent, frame_parts_sent, frames_presented, frames_slow;
	uint64_t frames_settled, settle_bytes_copied; /* so that clients get their buffer back */
	uint64_t
		damage_bytes; /* of content that was to be sent: what the next ones are shares of */
	uint64_t pixel_bytes_copied;     /* by orield, into a ring or a message */
	uint64_t pixel_bytes_module;     /* by the kernel module, into a ring */
	uint64_t pixel_bytes_registered; /* not copied: the host reads the client's buffer */
	uint64_t pixel_bytes_encoded;    /* what of them went inside messages, after encoding */
	uint64_t damage_pixels;          /* told by clients */
	uint64_t compare_pixels;         /* looked at because clients did not tell */
	uint64_t sent_pixels;
	struct oriel_link_counters closed; /* of links that are gone */
	/* In microseconds. */
	struct oriel_histogram commit_to_send;
	struct oriel_histogram send_to_presented; /* until the acknowledgement is here */
	struct oriel_histogram commit_to_presented;
	struct oriel_histogram host_present; /* as the host tells: receipt to end of presenting */
};

/* Answers stats_get with stats, viewers' counters among them, and window_stats. */
void oriel_stats_answer(struct oriel_client *client, uint32_t id,
	const struct oriel_host_counter *counters, uint32_t n_counters);

#endif
