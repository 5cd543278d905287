/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
#include "tests/carrier/muxes.h"

#include <stdio.h>
#include <string.h>

static void handle_accept(void *user, struct oriel_carrier *channel)
{
	struct muxes *muxes = user;

	assert_true(muxes->n_accepted < ORIEL_MUX_CHANNELS);
	muxes->accepted[muxes->n_accepted++] = channel;
}

static void handle_up(void *user)
{
	struct muxes *muxes = user;

	assert_true(oriel_mux_is_up(muxes->host));
	muxes->ups++;
}

static void keep_reason(struct muxes *muxes, int error, const char *reason)
{
	muxes->error = error;
	snprintf(muxes->reason, sizeof(muxes->reason), "%s", reason);
}

static void handle_host_closed(void *user, int error, const char *reason)
{
	struct muxes *muxes = user;

	muxes->closes[0]++;
	keep_reason(muxes, error, reason);
}

static void handle_guest_closed(void *user, int error, const char *reason)
{
	struct muxes *muxes = user;

	muxes->closes[1]++;
	keep_reason(muxes, error, reason);
}

void muxes_start_host(struct muxes *muxes, struct oriel_carrier *below)
{
	static const struct oriel_mux_events events = {
		.up = handle_up, .closed = handle_host_closed};

	assert_int_equal(
		oriel_mux_create(below->loop, below, ORIEL_MUX_HOST, &events, muxes, &muxes->host),
		0);
}

void muxes_start_guest(struct muxes *muxes, struct oriel_carrier *below)
{
	static const struct oriel_mux_events events = {
		.accept = handle_accept, .closed = handle_guest_closed};

	assert_int_equal(oriel_mux_create(below->loop, below, ORIEL_MUX_GUEST, &events, muxes,
				 &muxes->guest),
		0);
}

void muxes_start(struct muxes *muxes, struct harness *harness,
	const struct oriel_carrier_pair_options *options)
{
	struct oriel_carrier *ends[2];

	*muxes = (struct muxes){.harness = harness};
	assert_int_equal(oriel_carrier_pair(&harness->loop, options, ends), 0);
	muxes_start_host(muxes, ends[0]);
	muxes_start_guest(muxes, ends[1]);
}

void muxes_stop(struct muxes *muxes)
{
	for (size_t i = 0; i < muxes->n_accepted; i++)
		muxes->accepted[i]->ops->destroy(muxes->accepted[i]);
	if (muxes->host)
		oriel_mux_destroy(muxes->host);
	if (muxes->guest)
		oriel_mux_destroy(muxes->guest);
	memset(muxes, 0, sizeof(*muxes));
}

struct oriel_carrier *muxes_accept(struct muxes *muxes)
{
	struct oriel_carrier *carrier;

	RUN_UNTIL(muxes->harness, muxes->n_accepted > 0);
	carrier = muxes->accepted[0];
	muxes->n_accepted--;
	memmove(muxes->accepted, muxes->accepted + 1, muxes->n_accepted * sizeof(carrier));
	return carrier;
}

void muxes_open(struct muxes *muxes, struct probe *host, struct probe *guest)
{
	struct oriel_carrier *carrier;

	RUN_UNTIL(muxes->harness, oriel_mux_is_up(muxes->host));
	assert_int_equal(oriel_mux_open(muxes->host, &carrier), 0);
	probe_start(host, carrier);
	probe_start(guest, muxes_accept(muxes));
}
