/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
#include "guest/question.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "guest/client.h"

/* Longest wait for a viewer that says nothing. */
#define WAIT_MS 300

/* One stats_get that waits for viewers. */
struct oriel_collection {
	TAILQ_ENTRY(oriel_collection) all;
	struct oriel_client *asker;
	uint32_t id; /* the asker's */
	uint64_t end_ms;
	int n_waiting;
	struct {
		struct oriel_client *client;
		uint32_t question;
	} waiting[ORIEL_CORE_CLIENTS];
	uint32_t n_counters;
	struct oriel_host_counter counters[ORIEL_MAX_STATS];
};

uint32_t oriel_question_ask(struct oriel_client *client)
{
	struct oriel_msg msg;

	if (!oriel_client_is_viewer(client) || client->minor < 1)
		return 0;
	msg.type = ORIEL_MSG_HOST_STATS_GET;
	msg.host_stats_get.id = ++client->questions;
	return oriel_client_send(client, &msg) < 0 ? 0 : client->questions;
}

/* Collecting ----------------------------------------------------------------------------------- */

/* Sums would make no sense of these. */
static bool is_extreme(const char *name)
{
	const char *last = strrchr(name, '_');

	return last && (strcmp(last, "_p50") == 0 || strcmp(last, "_p99") == 0 ||
			       strcmp(last, "_max") == 0);
}

static void add(struct oriel_collection *collection, const char *name, uint64_t value)
{
	struct oriel_host_counter *counter;
	uint32_t i = 0;

	while (i < collection->n_counters && strcmp(collection->counters[i].name, name) != 0)
		i++;
	counter = &collection->counters[i];
	if (i == ORIEL_MAX_STATS)
		return;
	if (i == collection->n_counters) {
		strcpy(counter->name, name);
		counter->value = value;
		collection->n_counters++;
	} else if (!is_extreme(name)) {
		counter->value += value;
	} else if (counter->value < value) {
		counter->value = value;
	}
}

static void add_answer(
	struct oriel_collection *collection, const struct oriel_msg_host_stats *untrusted_msg)
{
	for (uint32_t i = 0; i < untrusted_msg->n_counters; i++) {
		const struct oriel_wire_counter *counter = &untrusted_msg->counters[i];
		const char *name = counter->name ? counter->name : "";

		/* Others could be taken for orield's own. */
		if (strncmp(name, "viewer_", 7) == 0 &&
			strlen(name) < sizeof collection->counters->name)
			add(collection, name, counter->value);
	}
}

static void finish(struct oriel_collection *collection)
{
	struct oriel_client *asker = collection->asker;

	TAILQ_REMOVE(&asker->core->questions.list, collection, all);
	oriel_stats_answer(asker, collection->id, collection->counters, collection->n_counters);
	free(collection);
}

static void handle_timer(uv_timer_t *timer)
{
	struct oriel_core *core = timer->data;
	struct oriel_collection *first;
	uint64_t now = uv_now(core->loop);

	while ((first = TAILQ_FIRST(&core->questions.list)) && first->end_ms <= now)
		finish(first);
	if (first)
		uv_timer_start(timer, handle_timer, first->end_ms - now, 0);
}

static void stop_timer_when_idle(struct oriel_core *core)
{
	if (TAILQ_EMPTY(&core->questions.list))
		uv_timer_stop(&core->questions.timer);
}

/* Takes who was waited for out; whether that one was. */
static bool strike(
	struct oriel_collection *collection, const struct oriel_client *client, uint32_t question)
{
	for (int i = 0; i < collection->n_waiting; i++) {
		if (collection->waiting[i].client != client ||
			(question > 0 && collection->waiting[i].question != question))
			continue;
		collection->waiting[i] = collection->waiting[--collection->n_waiting];
		return true;
	}
	return false;
}

int oriel_question_answered(struct oriel_client *client, const struct oriel_msg_host_stats *msg)
{
	struct oriel_core *core = client->core;
	struct oriel_collection *collection, *next;

	if (msg->id == 0 || msg->id > client->questions)
		return oriel_client_fault(client, "host_stats: %u was not asked", msg->id);
	oriel_loans_passed(client, msg->id);
	for (collection = TAILQ_FIRST(&core->questions.list); collection; collection = next) {
		next = TAILQ_NEXT(collection, all);
		if (!strike(collection, client, msg->id))
			continue;
		add_answer(collection, msg);
		if (collection->n_waiting == 0)
			finish(collection);
	}
	stop_timer_when_idle(core);
	return 0;
}

/* Who asks --------------------------------------------------------------------------------------
 */

static struct oriel_collection *collection_of(const struct oriel_client *asker)
{
	struct oriel_collection *collection;

	TAILQ_FOREACH(collection, &asker->core->questions.list, all)
	if (collection->asker == asker)
		return collection;
	return NULL;
}

static void ask_viewers(struct oriel_collection *collection)
{
	struct oriel_client *client;

	TAILQ_FOREACH(client, &collection->asker->core->clients, all)
	{
		uint32_t question = oriel_question_ask(client);

		if (question == 0 || collection->n_waiting == ORIEL_CORE_CLIENTS)
			continue;
		collection->waiting[collection->n_waiting].client = client;
		collection->waiting[collection->n_waiting++].question = question;
	}
}

void oriel_questions_stats(struct oriel_client *client, uint32_t id)
{
	struct oriel_core *core = client->core;
	struct oriel_collection *collection = collection_of(client);

	/* Who can't wait for one answer gets it as it is. */
	if (collection)
		finish(collection);
	collection = client->role == ORIEL_ROLE_CONTROL ? calloc(1, sizeof *collection) : NULL;
	if (!collection) {
		oriel_stats_answer(client, id, NULL, 0);
		return;
	}
	collection->asker = client;
	collection->id = id;
	collection->end_ms = uv_now(core->loop) + WAIT_MS;
	TAILQ_INSERT_TAIL(&core->questions.list, collection, all);
	ask_viewers(collection);
	if (collection->n_waiting == 0)
		finish(collection);
	else if (!uv_is_active((uv_handle_t *)&core->questions.timer))
		uv_timer_start(&core->questions.timer, handle_timer, WAIT_MS, 0);
	stop_timer_when_idle(core);
}

void oriel_questions_leave(struct oriel_client *client)
{
	struct oriel_core *core = client->core;
	struct oriel_collection *collection = collection_of(client), *next;

	if (collection) {
		TAILQ_REMOVE(&core->questions.list, collection, all);
		free(collection);
	}
	for (collection = TAILQ_FIRST(&core->questions.list); collection; collection = next) {
		next = TAILQ_NEXT(collection, all);
		if (strike(collection, client, 0) && collection->n_waiting == 0)
			finish(collection);
	}
	stop_timer_when_idle(core);
}

/* Life ------------------------------------------------------------------------------------------
 */

int oriel_questions_init(struct oriel_core *core)
{
	TAILQ_INIT(&core->questions.list);
	core->questions.timer.data = core;
	return uv_timer_init(core->loop, &core->questions.timer);
}

void oriel_questions_close(struct oriel_core *core)
{
	uv_close((uv_handle_t *)&core->questions.timer, NULL);
}
