/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/* Inside of src/clipboard: the transfers of an exchange, as flows that begin or end at the link. */
#ifndef ORIEL_CLIPBOARD_TRANSFER_H
#define ORIEL_CLIPBOARD_TRANSFER_H

#include <sys/queue.h>

#include "src/clipboard/exchange.h"

struct oriel_offer {
	uint32_t serial;
	uint32_t claim; /* of the newest one that was not empty */
	struct oriel_types types;
};

struct oriel_transfer;
TAILQ_HEAD(oriel_transfers, oriel_transfer);

struct oriel_exchange {
	uv_loop_t *loop;
	const struct oriel_exchange_events *events;
	void *user;
	bool host; /* this end is the host */
	struct oriel_offer ours[ORIEL_SELECTIONS], theirs[ORIEL_SELECTIONS];
	struct oriel_transfers incoming, outgoing;
	int n_incoming, n_outgoing;
	uint32_t last_transfer; /* of ours */
	uv_timer_t retry;       /* while the link's queue is too long */
	bool ending;
	struct oriel_msg out; /* the message being sent */
};

/* Numbers a new transfer that produces into flow. False: there are too many. */
bool oriel_transfer_receive(struct oriel_exchange *x, struct oriel_flow *flow);

/* Makes a flow whose content is sent as that transfer. 0 or -EPROTO, -ENOMEM. */
int oriel_transfer_send(struct oriel_exchange *x, uint32_t untrusted_id,
	struct oriel_flow **ret_flow, const char **ret_reason);

int oriel_transfer_data(struct oriel_exchange *x, const struct oriel_msg_clipboard_data *msg,
	const char **ret_reason);
int oriel_transfer_taken(struct oriel_exchange *x, const struct oriel_msg_clipboard_taken *msg,
	const char **ret_reason);
int oriel_transfer_end(struct oriel_exchange *x, const struct oriel_msg_clipboard_end *msg);
void oriel_transfer_cancel(struct oriel_exchange *x, const struct oriel_msg_clipboard_cancel *msg);
void oriel_transfer_end_all(struct oriel_exchange *x);

#endif
