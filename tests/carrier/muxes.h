/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/*
 * Both ends of a mux, over any carriers.
 */
#ifndef ORIEL_TESTS_MUXES_H
#define ORIEL_TESTS_MUXES_H

#include "src/carrier/mux.h"
#include "tests/carrier/probe.h"

struct muxes {
	struct harness *harness;
	struct oriel_mux *host, *guest;
	unsigned ups, closes[2]; /* of host, guest */
	int error;
	char reason[256];
	/* Accepted and not taken yet, in order. */
	struct oriel_carrier *accepted[ORIEL_MUX_CHANNELS];
	size_t n_accepted;
};

void muxes_start_host(struct muxes *muxes, struct oriel_carrier *below);
void muxes_start_guest(struct muxes *muxes, struct oriel_carrier *below);
/* Both, over a pair. */
void muxes_start(struct muxes *muxes, struct harness *harness,
	const struct oriel_carrier_pair_options *options);
void muxes_stop(struct muxes *muxes);

/* Opens a channel and starts both its ends. */
void muxes_open(struct muxes *muxes, struct probe *host, struct probe *guest);
/* The carrier of the next channel that came to the guest; waits for it. */
struct oriel_carrier *muxes_accept(struct muxes *muxes);

#endif
