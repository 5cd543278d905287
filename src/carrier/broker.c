/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
#include <errno.h>
#include <stdlib.h>

#include "src/base/log.h"
#include "src/carrier/mux.h"
#include "src/carrier/relay.h"

TAILQ_HEAD(relay_list, oriel_relay);

struct oriel_broker {
	struct oriel_mux *mux;
	struct oriel_listener *listener;
	oriel_broker_closed_fn closed;
	void *user;
	struct relay_list relays; /* the second end of each is a channel */
	unsigned n_relays;
};

static void handle_relay_ended(struct oriel_relay *relay)
{
	struct oriel_broker *broker = relay->owner;

	oriel_debug("a link through the serial port has ended: %s", relay->reason);
	TAILQ_REMOVE(&broker->relays, relay, link);
	broker->n_relays--;
	free(relay);
}

/* Gives the link its channel, when the guest answers. */
static void join(struct oriel_broker *broker, struct oriel_relay *relay)
{
	struct oriel_carrier *channel;
	int r = oriel_mux_open(broker->mux, &channel);

	if (r == 0) {
		oriel_relay_join(relay, channel);
	} else if (r != -ENOTCONN) {
		oriel_warning("no channel for a link through the serial port: %s", uv_strerror(r));
		oriel_relay_finish(relay, r, uv_strerror(r));
		handle_relay_ended(relay);
	}
}

static void handle_accept(void *user, struct oriel_carrier *carrier, const char *peer)
{
	struct oriel_broker *broker = user;
	struct oriel_relay *relay = NULL;

	if (broker->n_relays < ORIEL_MUX_CHANNELS)
		relay = calloc(1, sizeof(*relay));
	if (!relay) {
		oriel_warning("refused %s: there are %u links already", peer, broker->n_relays);
		carrier->ops->destroy(carrier);
		return;
	}
	relay->close = oriel_mux_close;
	relay->ended = handle_relay_ended;
	relay->owner = broker;
	TAILQ_INSERT_TAIL(&broker->relays, relay, link);
	broker->n_relays++;
	oriel_relay_start(relay, carrier);
	join(broker, relay);
}

static void handle_up(void *user)
{
	struct oriel_broker *broker = user;
	struct oriel_relay *relay, *next;

	for (relay = TAILQ_FIRST(&broker->relays); relay; relay = next) {
		next = TAILQ_NEXT(relay, link);
		if (!relay->ends[1].carrier && !relay->ends[1].over)
			join(broker, relay);
	}
}

static void handle_mux_closed(void *user, int error, const char *reason)
{
	struct oriel_broker *broker = user;

	/* Who comes now shall hear at once that there is nobody. */
	oriel_listener_destroy(broker->listener);
	broker->listener = NULL;
	broker->closed(broker->user, error, reason);
}

int oriel_broker_create(uv_loop_t *loop, struct oriel_carrier *serial, const char *listen_path,
	oriel_broker_closed_fn closed, void *user, struct oriel_broker **ret)
{
	static const struct oriel_mux_events events = {
		.up = handle_up,
		.closed = handle_mux_closed,
	};
	struct oriel_broker *broker = calloc(1, sizeof(*broker));
	int r = -ENOMEM;

	if (!broker)
		goto err_serial;
	broker->closed = closed;
	broker->user = user;
	TAILQ_INIT(&broker->relays);
	r = oriel_listener_unix(loop, listen_path, handle_accept, broker, &broker->listener, NULL);
	if (r < 0)
		goto err_serial;
	r = oriel_mux_create(loop, serial, ORIEL_MUX_HOST, &events, broker, &broker->mux);
	if (r < 0)
		goto err_listener;
	*ret = broker;
	return 0;

err_serial:
	serial->ops->destroy(serial);
err_listener:
	if (broker)
		oriel_listener_destroy(broker->listener);
	free(broker);
	return r;
}

bool oriel_broker_has_guest(const struct oriel_broker *broker)
{
	return oriel_mux_is_up(broker->mux);
}

void oriel_broker_guest_left(struct oriel_broker *broker)
{
	oriel_mux_left(broker->mux);
}

void oriel_broker_destroy(struct oriel_broker *broker)
{
	struct oriel_relay *relay;

	if (!broker)
		return;
	oriel_listener_destroy(broker->listener);
	while ((relay = TAILQ_FIRST(&broker->relays))) {
		oriel_relay_finish(relay, -ECONNABORTED, "the broker of the serial port has ended");
		handle_relay_ended(relay);
	}
	oriel_mux_destroy(broker->mux);
	free(broker);
}
