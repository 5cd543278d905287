/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "src/base/log.h"
#include "src/carrier/fd.h"
#include "src/link/internal.h"

/* A large receive buffer is given back when no large message has come for so long. */
#define TRIM_MS 1000

static int bye_error(uint16_t code)
{
	switch (code) {
	case ORIEL_ERROR_NONE:
	case ORIEL_ERROR_SHUTDOWN:
		return 0;
	case ORIEL_ERROR_VERSION:
		return -EPROTONOSUPPORT;
	case ORIEL_ERROR_TOKEN:
		return -EACCES;
	case ORIEL_ERROR_BUSY:
		return -EBUSY;
	case ORIEL_ERROR_INTERNAL:
		return -ECONNABORTED;
	default:
		return -EPROTO;
	}
}

static void handle_bye(struct oriel_link *link, const struct oriel_msg_bye *bye)
{
	const char *reason = bye->reason;

	if (!reason || !*reason)
		reason = bye_error(bye->code) ? "the other end gave no reason"
					      : "the other end is done";
	oriel_link_set_cause(link, bye_error(bye->code), bye->code, reason);
	oriel_link_end(link);
}

static void handle_ping(struct oriel_link *link, uint64_t id)
{
	struct oriel_msg *msg = &link->msg;

	msg->type = ORIEL_MSG_PONG;
	msg->pong.id = id;
	oriel_link_send(link, msg, -1);
}

static void handle_message(struct oriel_link *link, int fd)
{
	struct oriel_msg *msg = &link->msg;

	switch (msg->type) {
	case ORIEL_MSG_HELLO:
		oriel_link_handle_hello(link, &msg->hello);
		break;
	case ORIEL_MSG_BYE:
		handle_bye(link, &msg->bye);
		break;
	case ORIEL_MSG_PING:
		handle_ping(link, msg->ping.id);
		break;
	case ORIEL_MSG_PONG:
		break;
	default:
		link->events->message(link->user, msg, fd);
	}
}

static void handle_frame(struct oriel_link *link, struct oriel_frame *frame)
{
	const char *reason;
	int r = oriel_wire_decode(&frame->header, frame->untrusted_payload, &link->msg, &reason);

	if (r < 0) {
		oriel_fd_close(&frame->fd);
		oriel_link_fault(link, r, ORIEL_ERROR_PROTOCOL, "%s", reason);
		return;
	}
	link->counters.messages_in++;
	handle_message(link, frame->fd);
}

static bool is_open(const struct oriel_link *link)
{
	return link->state == STATE_HANDSHAKE || link->state == STATE_READY;
}

static void handle_trim(uv_timer_t *timer)
{
	struct oriel_link *link = timer->data;

	oriel_assembler_trim(&link->assembler);
	if (oriel_assembler_is_large(&link->assembler))
		uv_timer_start(&link->trim, handle_trim, TRIM_MS, 0);
}

void oriel_link_receive(struct oriel_link *link, const void *untrusted_data, size_t size, int fd)
{
	const unsigned char *data = untrusted_data;
	const char *reason = "out of memory";
	struct oriel_frame frame;

	if (!is_open(link)) {
		oriel_fd_close(&fd);
		return;
	}
	link->counters.bytes_in += size;
	int r = oriel_assembler_begin(&link->assembler, fd, &reason);
	while (r >= 0 && is_open(link)) {
		r = oriel_assembler_next(&link->assembler, &data, &size, &frame, &reason);
		if (r <= 0)
			break;
		handle_frame(link, &frame);
	}
	if (r == -EPROTO)
		oriel_link_fault(link, r, ORIEL_ERROR_PROTOCOL, "%s", reason);
	else if (r < 0)
		oriel_link_say_bye(link, r, ORIEL_ERROR_INTERNAL, reason);
	else if (is_open(link) && oriel_assembler_is_large(&link->assembler))
		uv_timer_start(&link->trim, handle_trim, TRIM_MS, 0);
}
