/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
#include "host/cli/answer.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static char *copy(const char *text)
{
	return strdup(text ? text : "");
}

int oriel_answer_add_hello(struct oriel_answer *answer, const struct oriel_msg_hello *hello)
{
	if (answer->has_hello)
		return -EPROTO;
	answer->program = copy(hello->program);
	if (!answer->program)
		return -ENOMEM;
	answer->major = hello->major;
	answer->minor = hello->minor;
	answer->features = hello->features;
	answer->has_hello = true;
	return 0;
}

int oriel_answer_add_stats(struct oriel_answer *answer, const struct oriel_msg_stats *stats)
{
	if (answer->has_counters)
		return -EPROTO;
	answer->counters = calloc(stats->n_counters + 1, sizeof *answer->counters);
	if (!answer->counters)
		return -ENOMEM;
	for (uint32_t i = 0; i < stats->n_counters; i++) {
		answer->counters[i].value = stats->counters[i].value;
		answer->counters[i].name = copy(stats->counters[i].name);
		if (!answer->counters[i].name)
			return -ENOMEM;
		answer->n_counters++;
	}
	answer->has_counters = true;
	return 0;
}

static int add_window(struct oriel_answer *answer, const struct oriel_wire_window_stat *source)
{
	struct oriel_wire_window_stat window = *source;

	window.app_id = copy(source->app_id);
	window.title = copy(source->title);
	if (!window.app_id || !window.title) {
		free((char *)window.app_id);
		free((char *)window.title);
		return -ENOMEM;
	}
	answer->windows[answer->n_windows++] = window;
	return 0;
}

int oriel_answer_add_windows(
	struct oriel_answer *answer, const struct oriel_msg_window_stats *stats)
{
	struct oriel_wire_window_stat *windows;
	size_t total = answer->n_windows + stats->n_windows;

	if (answer->has_windows || total > ORIEL_MAX_WINDOWS)
		return -EPROTO;
	windows = realloc(answer->windows, (total + 1) * sizeof *windows);
	if (!windows)
		return -ENOMEM;
	answer->windows = windows;
	for (uint32_t i = 0; i < stats->n_windows; i++) {
		int r = add_window(answer, &stats->windows[i]);

		if (r < 0)
			return r;
	}
	answer->has_windows = stats->final;
	return 0;
}

bool oriel_answer_complete(const struct oriel_answer *answer)
{
	return answer->has_hello && answer->has_counters && answer->has_windows;
}

void oriel_answer_finish(struct oriel_answer *answer)
{
	for (size_t i = 0; i < answer->n_counters; i++)
		free((char *)answer->counters[i].name);
	for (size_t i = 0; i < answer->n_windows; i++) {
		free((char *)answer->windows[i].app_id);
		free((char *)answer->windows[i].title);
	}
	free(answer->counters);
	free(answer->windows);
	free(answer->program);
}
