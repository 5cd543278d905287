/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/* The seat of the test client: what of the host's input has arrived. */
#ifndef ORIEL_TESTS_SEAT_H
#define ORIEL_TESTS_SEAT_H

#include "tests/guest/mir/client.h"

void seat_listen(struct client *client, struct core *core);
/* Forgets keys and scrolling seen so far. */
void seat_reset(struct client *client);

#endif
