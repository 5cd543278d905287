/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/*
 * The clipboard messages of one link, at either end: what each end offers, and the transfers. It
 * keeps transfers from delaying frames: no piece is sent while more than a little waits in the
 * link's queue, and fewer bytes are under way the longer they take.
 *
 * Everything on the thread of the loop. Nothing of it calls back from inside create or destroy.
 */
#ifndef ORIEL_CLIPBOARD_EXCHANGE_H
#define ORIEL_CLIPBOARD_EXCHANGE_H

#include "src/clipboard/flow.h"
#include "src/clipboard/types.h"

struct oriel_exchange;

struct oriel_exchange_events {
	/* All required. */
	/* Sends; a link that fails tells so itself. */
	void (*send)(void *user, const struct oriel_msg *msg);
	/* Bytes that wait in the link's queue. */
	size_t (*queued)(void *user);
	/* The other end has copied something, or (types->n 0) has nothing any more. */
	void (*offered)(void *user, uint8_t selection, const struct oriel_types *types);
	/* The other end pastes one of the types that were offered it: produce into flow. */
	void (*wanted)(void *user, uint8_t selection, const char *type, struct oriel_flow *flow);
};

/* host: this end is the host's. events and user are borrowed till destroy. NULL: no memory. */
struct oriel_exchange *oriel_exchange_create(
	uv_loop_t *loop, bool host, const struct oriel_exchange_events *events, void *user);

/* Ends all transfers. NULL is fine. */
void oriel_exchange_destroy(struct oriel_exchange *exchange);

/* Offers the other end something; types->n 0: what was offered is not to be had any more, which is
 * sent only when something is offered. */
void oriel_exchange_offer(
	struct oriel_exchange *exchange, uint8_t selection, const struct oriel_types *types);

/* What the other end offers; n 0: nothing. */
const struct oriel_types *oriel_exchange_offered(
	const struct oriel_exchange *exchange, uint8_t selection);

/* Fetches one of those types: its content is produced into flow. */
void oriel_exchange_get(struct oriel_exchange *exchange, uint8_t selection, const char *type,
	struct oriel_flow *flow);

/* Handles one of the clipboard messages. 0, or -EPROTO: the other end broke the protocol;
 * *ret_reason then says how. */
int oriel_exchange_message(
	struct oriel_exchange *exchange, const struct oriel_msg *msg, const char **ret_reason);

/* Whether it is a clipboard message. */
bool oriel_exchange_is_message(const struct oriel_msg *msg);

#endif
