/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
#include "host/cli/ask.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "src/base/log.h"
#include "src/link/link.h"

struct ask {
	uv_loop_t loop;
	uv_timer_t timer;
	struct oriel_link *link;
	const char *target;
	struct oriel_answer answer;
	unsigned timeout_ms;
	int result; /* 1: not known yet */
	char *error;
	size_t error_size;
};

/* The first result counts. */
static void finish(struct ask *ask, int result, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

static void finish(struct ask *ask, int result, const char *format, ...)
{
	va_list args;

	if (ask->result == 1) {
		ask->result = result;
		va_start(args, format);
		vsnprintf(ask->error, ask->error_size, format, args);
		va_end(args);
	}
	uv_stop(&ask->loop);
}

static void succeed(struct ask *ask)
{
	ask->result = 0;
	uv_stop(&ask->loop);
}

static void handle_ready(void *user, const struct oriel_msg_hello *peer)
{
	static const struct oriel_msg question = {
		.type = ORIEL_MSG_STATS_GET, .stats_get = {.id = 1}};
	struct ask *ask = user;
	int r = oriel_answer_add_hello(&ask->answer, peer);

	if (r == 0)
		r = oriel_link_send(ask->link, &question, -1);
	if (r < 0)
		finish(ask, r, "can't ask %s: %s", ask->target, strerror(-r));
}

static void handle_message(void *user, const struct oriel_msg *msg, int fd)
{
	struct ask *ask = user;
	int r = 0;

	if (fd >= 0)
		close(fd);
	/* What a guest may send to anybody is not for us. */
	if (msg->type == ORIEL_MSG_STATS)
		r = oriel_answer_add_stats(&ask->answer, &msg->stats);
	else if (msg->type == ORIEL_MSG_WINDOW_STATS)
		r = oriel_answer_add_windows(&ask->answer, &msg->window_stats);
	if (r == -EPROTO)
		finish(ask, r, "%s answered more than was asked: it is no orield, or broken",
			ask->target);
	else if (r < 0)
		finish(ask, r, "out of memory");
	else if (oriel_answer_complete(&ask->answer))
		oriel_link_close(ask->link, ORIEL_ERROR_NONE, "all is answered");
}

static void handle_closed(void *user, int error, enum oriel_error code, const char *reason)
{
	struct ask *ask = user;

	if (oriel_answer_complete(&ask->answer))
		succeed(ask);
	else if (code == ORIEL_ERROR_TOKEN)
		finish(ask, -EACCES, "%s: %s (--token-file FILE)", ask->target, reason);
	else if (error == -EPROTO)
		finish(ask, error, "%s is no orield, or a broken one: %s", ask->target, reason);
	else if (code != ORIEL_ERROR_NONE || error == -EPROTONOSUPPORT)
		/* The reason of a goodbye says what to do. */
		finish(ask, error ? error : -EPIPE, "%s: %s", ask->target, reason);
	else
		finish(ask, error ? error : -EPIPE,
			"%s: %s: see in the guest whether its orield runs", ask->target, reason);
}

static void handle_timer(uv_timer_t *timer)
{
	struct ask *ask = timer->data;

	/* The answer is here, and only the goodbye is not. */
	if (oriel_answer_complete(&ask->answer))
		succeed(ask);
	finish(ask, -ETIMEDOUT,
		"%s did not answer within %g s: see in the guest whether its orield runs",
		ask->target, ask->timeout_ms / 1000.0);
}

static const struct oriel_link_events events = {
	.ready = handle_ready,
	.message = handle_message,
	.closed = handle_closed,
};

static int open_link(struct ask *ask, const struct oriel_cli_guest *guest)
{
	const struct oriel_link_options options = {
		.side = ORIEL_WIRE_HOST,
		.role = ORIEL_ROLE_CONTROL,
		.program = "oriel " ORIEL_VERSION,
		.token = guest->token_size ? guest->token : NULL,
		.token_size = guest->token_size,
		/* Ours is the one that ends it. */
		.handshake_ms = ask->timeout_ms + 1000,
	};
	struct oriel_carrier *carrier;
	int r = oriel_target_open(guest->target, &ask->loop, &carrier, ask->error, ask->error_size);

	if (r < 0)
		return r;
	r = oriel_link_create(carrier, &options, &events, ask, &ask->link);
	if (r < 0)
		snprintf(ask->error, ask->error_size, "out of memory");
	return r;
}

int oriel_ask(const struct oriel_cli_guest *guest, unsigned timeout_ms,
	struct oriel_answer *ret_answer, char *error, size_t error_size)
{
	struct ask ask = {
		.target = oriel_target_name(guest->target),
		.timeout_ms = timeout_ms,
		.result = 1,
		.error = error,
		.error_size = error_size,
	};
	int r = uv_loop_init(&ask.loop);

	if (r < 0) {
		snprintf(error, error_size, "no event loop: %s", strerror(-r));
		return r;
	}
	uv_timer_init(&ask.loop, &ask.timer);
	ask.timer.data = &ask;
	r = open_link(&ask, guest);
	if (r == 0) {
		uv_update_time(&ask.loop);
		uv_timer_start(&ask.timer, handle_timer, timeout_ms, 0);
		uv_run(&ask.loop, UV_RUN_DEFAULT);
		r = ask.result;
	}
	oriel_link_destroy(ask.link);
	uv_close((uv_handle_t *)&ask.timer, NULL);
	uv_run(&ask.loop, UV_RUN_DEFAULT);
	uv_loop_close(&ask.loop);
	if (r == 0)
		*ret_answer = ask.answer;
	else
		oriel_answer_finish(&ask.answer);
	return r;
}

static int ask_guest(const struct oriel_cli_args *args, struct oriel_answer *ret_answer)
{
	struct oriel_cli_guest guest;
	char error[1024];
	int status = oriel_cli_guest_init(&guest, args);

	if (status != 0)
		return status;
	/* Below errors, the link only tells what the answer tells again. */
	oriel_log_init("oriel", ORIEL_LOG_ERROR);
	if (oriel_ask(&guest, ORIEL_ASK_MS, ret_answer, error, sizeof error) < 0) {
		oriel_error("%s", error);
		status = ORIEL_CLI_FAILED;
	}
	oriel_cli_guest_finish(&guest);
	return status;
}

int oriel_ask_and_print(const struct oriel_cli_args *args, oriel_print_json_fn print_json,
	oriel_print_fn print_text)
{
	struct oriel_answer answer;
	int status = ask_guest(args, &answer);

	if (status != 0)
		return status;
	if (args->json)
		status = print_json(oriel_cli_target_text(args), &answer);
	else
		status = print_text(&answer);
	oriel_answer_finish(&answer);
	return status;
}
