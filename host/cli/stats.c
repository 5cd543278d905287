/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/*
 * Counters named WHAT_count, WHAT_us_p50, WHAT_us_p99 and WHAT_us_max are of one latency and shown
 * together.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "host/cli/ask.h"
#include "host/cli/json.h"
#include "host/cli/table.h"
#include "src/base/log.h"

static const struct {
	const char *name, *suffix;
} measures[] = {
	{"count", "_count"},
	{"p50", "_us_p50"},
	{"p99", "_us_p99"},
	{"max", "_us_max"},
};
#define N_MEASURES (sizeof measures / sizeof *measures)

/* The measure that name is of, N_MEASURES when it is a plain counter; *ret_length is the length
 * of what was measured. */
static size_t find_measure(const char *name, size_t *ret_length)
{
	for (size_t i = 0; i < N_MEASURES; i++) {
		size_t whole = strlen(name), length = strlen(measures[i].suffix);

		if (whole <= length || strcmp(name + whole - length, measures[i].suffix) != 0)
			continue;
		*ret_length = whole - length;
		return i;
	}
	return N_MEASURES;
}

static struct json_object *latency_json(struct json_object *latencies, const char *name)
{
	struct json_object *object;

	if (json_object_object_get_ex(latencies, name, &object))
		return object;
	object = json_object_new_object();
	json_object_object_add(latencies, name, object);
	return object;
}

static int print_json(const char *target, const struct oriel_answer *answer)
{
	struct json_object *object = json_object_new_object();
	struct json_object *counters = json_object_new_object();
	struct json_object *latencies = json_object_new_object();
	char protocol[16];

	for (size_t i = 0; i < answer->n_counters; i++) {
		const struct oriel_wire_counter *counter = &answer->counters[i];
		struct json_object *value = json_object_new_uint64(counter->value);
		char name[ORIEL_MAX_NAME + 1];
		size_t length, measure = find_measure(counter->name, &length);

		snprintf(name, sizeof name, "%s", counter->name);
		if (measure == N_MEASURES) {
			json_object_object_add(counters, name, value);
			continue;
		}
		name[length] = '\0';
		json_object_object_add(
			latency_json(latencies, name), measures[measure].name, value);
	}
	snprintf(protocol, sizeof protocol, "%u.%u", answer->major, answer->minor);
	json_object_object_add(object, "target", oriel_json_string(target));
	json_object_object_add(object, "program", oriel_json_string(answer->program));
	json_object_object_add(object, "protocol", json_object_new_string(protocol));
	json_object_object_add(object, "counters", counters);
	json_object_object_add(object, "latency_us", latencies);
	return oriel_json_print(object);
}

static void add_counters(struct oriel_table *table, const struct oriel_answer *answer)
{
	for (size_t i = 0; i < answer->n_counters; i++) {
		size_t length;

		if (find_measure(answer->counters[i].name, &length) != N_MEASURES)
			continue;
		oriel_table_add(table, answer->counters[i].name);
		oriel_table_format(table, "%" PRIu64, answer->counters[i].value);
	}
}

/* The value of one measure, which may stand anywhere among the counters. */
static void add_measure(struct oriel_table *table, const struct oriel_answer *answer,
	const char *what, size_t length, size_t measure)
{
	for (size_t i = 0; i < answer->n_counters; i++) {
		const char *name = answer->counters[i].name;
		size_t other;

		if (find_measure(name, &other) != measure || other != length ||
			memcmp(name, what, length) != 0)
			continue;
		oriel_table_format(table, "%" PRIu64, answer->counters[i].value);
		return;
	}
	oriel_table_add(table, "-");
}

static bool seen_before(const struct oriel_answer *answer, size_t index, size_t length)
{
	for (size_t i = 0; i < index; i++) {
		size_t other;

		if (find_measure(answer->counters[i].name, &other) != N_MEASURES &&
			other == length &&
			memcmp(answer->counters[i].name, answer->counters[index].name, length) == 0)
			return true;
	}
	return false;
}

static void add_latencies(struct oriel_table *table, const struct oriel_answer *answer)
{
	oriel_table_add(table, "LATENCY, us");
	for (size_t measure = 0; measure < N_MEASURES; measure++)
		oriel_table_add(table, measures[measure].name);
	for (size_t i = 0; i < answer->n_counters; i++) {
		const char *name = answer->counters[i].name;
		size_t length;

		if (find_measure(name, &length) == N_MEASURES || seen_before(answer, i, length))
			continue;
		oriel_table_format(table, "%.*s", (int)length, name);
		for (size_t measure = 0; measure < N_MEASURES; measure++)
			add_measure(table, answer, name, length, measure);
	}
}

static int print_tables(const struct oriel_answer *answer)
{
	struct oriel_table counters, latencies;
	int r;

	oriel_table_init(&counters, "lr");
	oriel_table_init(&latencies, "lrrrr");
	add_counters(&counters, answer);
	add_latencies(&latencies, answer);
	r = oriel_table_print(&counters, stdout);
	if (r == 0 && latencies.n_cells > latencies.n_columns) {
		putchar('\n');
		r = oriel_table_print(&latencies, stdout);
	}
	oriel_table_finish(&counters);
	oriel_table_finish(&latencies);
	if (r < 0)
		oriel_error("out of memory");
	return r < 0 ? ORIEL_CLI_FAILED : 0;
}

int oriel_cli_stats(const struct oriel_cli_args *args)
{
	return oriel_ask_and_print(args, print_json, print_tables);
}
