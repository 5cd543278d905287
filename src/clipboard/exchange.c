/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
#include "src/clipboard/exchange.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>

#include "src/clipboard/transfer.h"

static void send_out(struct oriel_exchange *x)
{
	x->events->send(x->user, &x->out);
}

/* Offers ----------------------------------------------------------------------------------------
 *
 * Each offer has a higher number than all that its sender has seen for the selection, from either
 * end. So when two have crossed on their way, both ends know and agree which one stands: the higher
 * one, or else the host's.
 */

/* How much higher a number may be than those before: they must not run out. */
#define SERIAL_STEP 1000000

void oriel_exchange_offer(
	struct oriel_exchange *x, uint8_t selection, const struct oriel_types *types)
{
	struct oriel_offer *ours = &x->ours[selection], *theirs = &x->theirs[selection];
	struct oriel_msg_clipboard_offer *msg = &x->out.clipboard_offer;

	if (types->n == 0 && ours->types.n == 0)
		return;
	oriel_types_copy(&ours->types, types);
	ours->serial = (ours->serial > theirs->serial ? ours->serial : theirs->serial) + 1;
	if (types->n > 0) {
		ours->claim = ours->serial;
		oriel_types_clear(&theirs->types);
	}
	x->out.type = ORIEL_MSG_CLIPBOARD_OFFER;
	*msg = (struct oriel_msg_clipboard_offer){.selection = selection, .serial = ours->serial};
	for (int i = 0; i < ours->types.n; i++)
		msg->types[msg->n_types++].name = ours->types.names[i];
	send_out(x);
}

static int handle_offer(struct oriel_exchange *x, const struct oriel_msg_clipboard_offer *msg,
	const char **ret_reason)
{
	struct oriel_offer *theirs = &x->theirs[msg->selection], *ours = &x->ours[msg->selection];
	uint32_t known = theirs->serial > ours->serial ? theirs->serial : ours->serial;

	if (msg->serial <= theirs->serial ||
		msg->serial - theirs->serial > known - theirs->serial + SERIAL_STEP) {
		*ret_reason = "the numbers of offers don't count up one by one";
		return -EPROTO;
	}
	theirs->serial = msg->serial;
	if (msg->serial < ours->claim || (msg->serial == ours->claim && x->host))
		return 0;
	oriel_types_clear(&theirs->types);
	for (uint32_t i = 0; i < msg->n_types; i++)
		oriel_types_add(&theirs->types, msg->types[i].name);
	/* Nothing takes the place of nothing. */
	if (theirs->types.n > 0)
		oriel_types_clear(&ours->types);
	x->events->offered(x->user, msg->selection, &theirs->types);
	return 0;
}

const struct oriel_types *oriel_exchange_offered(const struct oriel_exchange *x, uint8_t selection)
{
	return &x->theirs[selection].types;
}

/* Transfers ----------------------------------------------------------------------------------- */

void oriel_exchange_get(
	struct oriel_exchange *x, uint8_t selection, const char *type, struct oriel_flow *flow)
{
	struct oriel_offer *theirs = &x->theirs[selection];

	if (!oriel_types_have(&theirs->types, type)) {
		oriel_flow_end(flow, "what was copied is not there any more");
		return;
	}
	if (!oriel_transfer_receive(x, flow)) {
		oriel_flow_end(flow, "too many programs paste at once: try again");
		return;
	}
	x->out.type = ORIEL_MSG_CLIPBOARD_GET;
	x->out.clipboard_get = (struct oriel_msg_clipboard_get){.transfer = x->last_transfer,
		.selection = selection,
		.serial = theirs->serial,
		.type = type};
	send_out(x);
}

static int handle_get(struct oriel_exchange *x, const struct oriel_msg_clipboard_get *msg,
	const char **ret_reason)
{
	const struct oriel_offer *ours = &x->ours[msg->selection];
	struct oriel_flow *flow;
	int r = oriel_transfer_send(x, msg->transfer, &flow, ret_reason);

	if (r < 0)
		return r;
	if (msg->serial != ours->serial || !oriel_types_have(&ours->types, msg->type))
		oriel_flow_end(flow, "something else has been copied since: paste again");
	else
		x->events->wanted(x->user, msg->selection, msg->type, flow);
	return 0;
}

bool oriel_exchange_is_message(const struct oriel_msg *msg)
{
	return msg->type >= ORIEL_MSG_CLIPBOARD_OFFER && msg->type <= ORIEL_MSG_CLIPBOARD_CANCEL;
}

int oriel_exchange_message(
	struct oriel_exchange *x, const struct oriel_msg *msg, const char **ret_reason)
{
	switch (msg->type) {
	case ORIEL_MSG_CLIPBOARD_OFFER:
		return handle_offer(x, &msg->clipboard_offer, ret_reason);
	case ORIEL_MSG_CLIPBOARD_GET:
		return handle_get(x, &msg->clipboard_get, ret_reason);
	case ORIEL_MSG_CLIPBOARD_DATA:
		return oriel_transfer_data(x, &msg->clipboard_data, ret_reason);
	case ORIEL_MSG_CLIPBOARD_TAKEN:
		return oriel_transfer_taken(x, &msg->clipboard_taken, ret_reason);
	case ORIEL_MSG_CLIPBOARD_END:
		return oriel_transfer_end(x, &msg->clipboard_end);
	case ORIEL_MSG_CLIPBOARD_CANCEL:
		oriel_transfer_cancel(x, &msg->clipboard_cancel);
		return 0;
	default:
		*ret_reason = "it has nothing to do with the clipboard";
		return -EPROTO;
	}
}

/* Life ---------------------------------------------------------------------------------------- */

struct oriel_exchange *oriel_exchange_create(
	uv_loop_t *loop, bool host, const struct oriel_exchange_events *events, void *user)
{
	struct oriel_exchange *x = calloc(1, sizeof *x);

	if (!x)
		return NULL;
	x->loop = loop;
	x->events = events;
	x->user = user;
	x->host = host;
	TAILQ_INIT(&x->incoming);
	TAILQ_INIT(&x->outgoing);
	uv_timer_init(loop, &x->retry);
	x->retry.data = x;
	return x;
}

static void handle_closed(uv_handle_t *handle)
{
	free(handle->data);
}

void oriel_exchange_destroy(struct oriel_exchange *x)
{
	if (!x)
		return;
	oriel_transfer_end_all(x);
	for (int i = 0; i < ORIEL_SELECTIONS; i++) {
		oriel_types_clear(&x->ours[i].types);
		oriel_types_clear(&x->theirs[i].types);
	}
	uv_close((uv_handle_t *)&x->retry, handle_closed);
}
