/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/*
 * What a guest has told about itself: copies of its messages that outlive the link.
 */
#ifndef ORIEL_HOST_CLI_ANSWER_H
#define ORIEL_HOST_CLI_ANSWER_H

#include <stdbool.h>
#include <stddef.h>

#include "src/wire/messages.h"

struct oriel_answer {
	char *program;         /* name and version of the guest */
	uint16_t major, minor; /* of the protocol, the guest's */
	uint64_t features;     /* bits of enum oriel_feature, the guest's */
	/* Strings in these belong to the answer. */
	struct oriel_wire_counter *counters;
	size_t n_counters;
	struct oriel_wire_window_stat *windows;
	size_t n_windows;
	bool has_hello, has_counters, has_windows; /* has come, completely */
};

/* Each copies one message into a zeroed or earlier begun answer. 0; -ENOMEM; -EPROTO: more than
 * a guest may have, or twice the same. */
int oriel_answer_add_hello(struct oriel_answer *answer, const struct oriel_msg_hello *hello);
int oriel_answer_add_stats(struct oriel_answer *answer, const struct oriel_msg_stats *stats);
int oriel_answer_add_windows(
	struct oriel_answer *answer, const struct oriel_msg_window_stats *stats);

bool oriel_answer_complete(const struct oriel_answer *answer);

void oriel_answer_finish(struct oriel_answer *answer);

#endif
