/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/*
 * Questions to viewers (host_stats_get). They are asked for their counters, which go to who asked
 * orield for its own; and as a viewer answers in turn, an answer tells that it is through with all
 * that was sent before.
 */
#ifndef ORIEL_GUEST_QUESTION_H
#define ORIEL_GUEST_QUESTION_H

#include <stddef.h>
#include <stdint.h>
#include <sys/queue.h>
#include <uv.h>

#include "src/wire/messages.h"

struct oriel_client;
struct oriel_core;
struct oriel_collection;

/* A counter of viewers, summed over them; of percentiles and the like the largest. */
struct oriel_host_counter {
	char name[64];
	uint64_t value;
};

/* The collections that wait for viewers. */
struct oriel_questions {
	TAILQ_HEAD(, oriel_collection) list;
	uv_timer_t timer; /* runs while there are any */
};

/* Asks; returns the number of the question, which grows; 0: this viewer can't be asked. */
uint32_t oriel_question_ask(struct oriel_client *client);

/* An answer. 0, or -EPROTO after oriel_client_fault(). */
int oriel_question_answered(struct oriel_client *client, const struct oriel_msg_host_stats *msg);

int oriel_questions_init(struct oriel_core *core);
/* Closes the timer; what waits is forgotten. */
void oriel_questions_close(struct oriel_core *core);

/* stats_get: answers with stats and window_stats, the viewers' counters among them, when these have
 * answered, or a moment later without them. */
void oriel_questions_stats(struct oriel_client *client, uint32_t id);

/* The client is gone: it asks no more, and nobody waits for its answer. */
void oriel_questions_leave(struct oriel_client *client);

#endif
