/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
#include "src/link/link.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/log.h"
#include "src/base/utf8.h"
#include "src/link/internal.h"

#define HANDSHAKE_MS 10000
/* Longest time without progress in which the last bytes and the bye must go out, and the other end
 * must close. Closing before it does could make its system throw our bye away. */
#define BYE_MS 1000
/* Room in the queue for bye, when it is full otherwise. */
#define BYE_ROOM (16 * 1024)

/* One line of UTF-8 for people: what the peer sent must not drive a terminal. */
static void copy_line(char *to, size_t size, const char *untrusted_text)
{
	oriel_utf8_copy(to, size, untrusted_text);
	for (unsigned char *c = (unsigned char *)to; *c; c++) {
		/* 0xc2 0x80 to 0xc2 0x9f are the C1 controls. */
		if (c[0] == 0xc2 && c[1] < 0xa0)
			c[0] = c[1] = '?';
		if (c[0] < 0x20 || c[0] == 0x7f)
			c[0] = '?';
	}
}

bool oriel_link_set_cause(
	struct oriel_link *link, int error, enum oriel_error code, const char *reason)
{
	if (link->state >= STATE_CLOSING)
		return false;
	link->error = error;
	link->code = code;
	copy_line(link->reason, sizeof(link->reason), *reason ? reason : "closed");
	return true;
}

static void stop_flush(struct oriel_link *link)
{
	uv_idle_stop(&link->flush);
	uv_check_stop(&link->handled);
}

void oriel_link_end(struct oriel_link *link)
{
	if (link->state == STATE_CLOSED)
		return;
	link->state = STATE_CLOSED;
	stop_flush(link);
	uv_timer_stop(&link->deadline);
	uv_timer_stop(&link->trim);
	link->carrier->ops->destroy(link->carrier);
	link->carrier = NULL;
	oriel_queue_clear(&link->queue);
	oriel_assembler_stop(&link->assembler);
	link->congested = false;
	link->events->closed(link->user, link->error, link->code, link->reason);
}

static void write_next(struct oriel_link *link)
{
	const struct oriel_chunk *chunk = oriel_queue_seal(&link->queue);

	stop_flush(link);
	if (!chunk)
		return;
	link->writing = true;
	link->carrier->ops->write(link->carrier, chunk->data, chunk->size, chunk->fd);
}

static void flush(struct oriel_link *link)
{
	if (link->state == STATE_BROKEN)
		oriel_link_end(link);
	else
		write_next(link);
}

static void handle_flush(uv_idle_t *idle)
{
	flush(idle->data);
}

static void handle_handled(uv_check_t *check)
{
	flush(check->data);
}

/* What is queued while the loop handles its events leaves together, before it sleeps again: right
 * after them, or, if it was queued later, because an idle handle lets the loop go on without
 * waiting. */
static void wake(struct oriel_link *link)
{
	if (link->writing && link->state != STATE_BROKEN)
		return;
	uv_idle_start(&link->flush, handle_flush);
	uv_check_start(&link->handled, handle_handled);
}

int oriel_link_push(struct oriel_link *link, const struct oriel_msg *msg, int fd, size_t max)
{
	int r = oriel_queue_push(&link->queue, msg, fd, max);

	if (r < 0)
		return r;
	if (link->queue.bytes >= ORIEL_LINK_CONGESTED)
		link->congested = true;
	wake(link);
	return 0;
}

static void handle_deadline(uv_timer_t *timer)
{
	struct oriel_link *link = timer->data;

	if (link->state == STATE_HANDSHAKE)
		oriel_link_fault(link, -ETIMEDOUT, ORIEL_ERROR_PROTOCOL,
			"the other end said no hello within %u ms: is it Oriel?",
			link->handshake_ms);
	else
		oriel_link_end(link);
}

void oriel_link_say_bye(
	struct oriel_link *link, int error, enum oriel_error code, const char *reason)
{
	struct oriel_msg msg; /* not link->msg: message() may be reading that */

	if (!oriel_link_set_cause(link, error, code, reason))
		return;
	link->state = STATE_CLOSING;
	msg.type = ORIEL_MSG_BYE;
	msg.bye = (struct oriel_msg_bye){.code = code, .reason = link->reason};
	if (oriel_link_push(link, &msg, -1, ORIEL_LINK_QUEUE_MAX + BYE_ROOM) < 0) {
		link->state = STATE_BROKEN;
		wake(link);
	}
	uv_timer_start(&link->deadline, handle_deadline, BYE_MS, 0);
}

void oriel_link_fault(
	struct oriel_link *link, int error, enum oriel_error code, const char *format, ...)
{
	char reason[512];
	va_list args;

	if (link->state >= STATE_CLOSING)
		return;
	va_start(args, format);
	vsnprintf(reason, sizeof(reason), format, args);
	va_end(args);
	oriel_log(link->side == ORIEL_WIRE_GUEST ? ORIEL_LOG_WARNING : ORIEL_LOG_DEBUG,
		"connection (%s) dropped: %s", link->carrier->ops->name, reason);
	oriel_link_say_bye(link, error, code, reason);
}

static void handle_data(void *user, const void *untrusted_data, size_t size, int fd)
{
	oriel_link_receive(user, untrusted_data, size, fd);
}

static void handle_written(void *user)
{
	struct oriel_link *link = user;
	const struct oriel_chunk *chunk = link->queue.first;

	link->counters.bytes_out += chunk->size;
	link->counters.messages_out += chunk->messages;
	oriel_queue_pop(&link->queue);
	link->writing = false;
	if (link->state == STATE_BROKEN)
		return;
	write_next(link);
	if (link->state == STATE_CLOSING) {
		uv_timer_start(&link->deadline, handle_deadline, BYE_MS, 0);
		if (!link->writing)
			link->carrier->ops->finish(link->carrier);
	} else if (link->congested && link->queue.bytes < ORIEL_LINK_CONGESTED) {
		link->congested = false;
		if (link->events->drained)
			link->events->drained(link->user);
	}
}

static void handle_closed(void *user, int error, const char *reason)
{
	struct oriel_link *link = user;

	oriel_link_set_cause(link, error ? error : -ECONNRESET, ORIEL_ERROR_NONE, reason);
	oriel_link_end(link);
}

static const struct oriel_carrier_events carrier_events = {
	.data = handle_data,
	.written = handle_written,
	.closed = handle_closed,
};

static void init_handles(struct oriel_link *link)
{
	uv_loop_t *loop = link->carrier->loop;

	uv_idle_init(loop, &link->flush);
	uv_check_init(loop, &link->handled);
	uv_timer_init(loop, &link->deadline);
	uv_timer_init(loop, &link->trim);
	/* Giving memory back is no reason for a loop to go on. */
	uv_unref((uv_handle_t *)&link->trim);
	link->flush.data = link->handled.data = link;
	link->deadline.data = link->trim.data = link;
	link->handles = 4;
}

static void copy_options(struct oriel_link *link, const struct oriel_link_options *options)
{
	link->side = options->side;
	link->role = options->role;
	link->own_features = options->features;
	link->handshake_ms = options->handshake_ms ? options->handshake_ms : HANDSHAKE_MS;
	copy_line(link->program, sizeof(link->program), options->program ? options->program : "");
	if (options->token && options->token_size <= sizeof(link->token)) {
		link->token_size = options->token_size;
		memcpy(link->token, options->token, options->token_size);
	}
}

int oriel_link_create(struct oriel_carrier *carrier, const struct oriel_link_options *options,
	const struct oriel_link_events *events, void *user, struct oriel_link **ret_link)
{
	struct oriel_link *link = calloc(1, sizeof(*link));

	if (!link) {
		carrier->ops->destroy(carrier);
		return -ENOMEM;
	}
	link->carrier = carrier;
	link->events = events;
	link->user = user;
	copy_options(link, options);
	oriel_assembler_init(&link->assembler, link->side);
	init_handles(link);
	uv_timer_start(&link->deadline, handle_deadline, link->handshake_ms, 0);
	carrier->ops->start(carrier, &carrier_events, link);
	if (link->side == ORIEL_WIRE_HOST && oriel_link_send_hello(link) < 0) {
		oriel_link_destroy(link);
		return -ENOMEM;
	}
	*ret_link = link;
	return 0;
}

static bool is_own(enum oriel_msg_type type)
{
	return type == ORIEL_MSG_HELLO || type == ORIEL_MSG_BYE;
}

int oriel_link_send(struct oriel_link *link, const struct oriel_msg *msg, int fd)
{
	if (link->state >= STATE_CLOSING)
		return -EPIPE;
	if (link->state == STATE_HANDSHAKE)
		return -ENOTCONN;
	if (fd >= 0 && !oriel_link_passes_fds(link))
		return -ENOTSUP;
	if (is_own(msg->type) || (fd >= 0 && msg->type != ORIEL_MSG_RING))
		return -EINVAL;
	int r = oriel_link_push(link, msg, fd, ORIEL_LINK_QUEUE_MAX);
	if (r == -ENOBUFS) {
		oriel_link_set_cause(
			link, -ENOBUFS, ORIEL_ERROR_BUSY, "the other end does not read");
		link->state = STATE_BROKEN;
		wake(link);
	}
	return r;
}

bool oriel_link_congested(const struct oriel_link *link)
{
	return link->congested;
}

size_t oriel_link_queued(const struct oriel_link *link)
{
	return link->queue.bytes;
}

uint64_t oriel_link_features(const struct oriel_link *link)
{
	return link->features;
}

bool oriel_link_passes_fds(const struct oriel_link *link)
{
	return link->carrier && link->carrier->ops->passes_fds;
}

void oriel_link_counters(const struct oriel_link *link, struct oriel_link_counters *ret)
{
	*ret = link->counters;
}

void oriel_link_close(struct oriel_link *link, enum oriel_error code, const char *format, ...)
{
	char reason[ORIEL_MAX_TEXT + 1];
	va_list args;

	va_start(args, format);
	vsnprintf(reason, sizeof(reason), format, args);
	va_end(args);
	oriel_link_say_bye(link, 0, code, reason);
}

static void handle_handle_closed(uv_handle_t *handle)
{
	struct oriel_link *link = handle->data;

	if (--link->handles > 0)
		return;
	oriel_assembler_finish(&link->assembler);
	free(link);
}

void oriel_link_destroy(struct oriel_link *link)
{
	if (!link)
		return;
	link->state = STATE_CLOSED;
	if (link->carrier)
		link->carrier->ops->destroy(link->carrier);
	link->carrier = NULL;
	oriel_queue_clear(&link->queue);
	oriel_assembler_stop(&link->assembler);
	uv_close((uv_handle_t *)&link->flush, handle_handle_closed);
	uv_close((uv_handle_t *)&link->handled, handle_handle_closed);
	uv_close((uv_handle_t *)&link->deadline, handle_handle_closed);
	uv_close((uv_handle_t *)&link->trim, handle_handle_closed);
}
