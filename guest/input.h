/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/*
 * Keyboard, pointer, touch and the pointer's image. Several viewers share one seat: keys count
 * from the one that took the focus last, buttons from the one that moved the pointer last, so
 * that what another still sends while the user goes over can't harm.
 */
#ifndef ORIEL_GUEST_INPUT_H
#define ORIEL_GUEST_INPUT_H

#include "guest/client.h"

/* A message of a viewer, focus to touch. */
void oriel_input_handle(struct oriel_client *client, const struct oriel_msg *msg);

/* The client is going: lets go what it held. */
void oriel_input_forget(struct oriel_client *client);

/* Callback of Mir: kept, and sent to the viewer that has the pointer. */
void oriel_input_cursor(struct oriel_core *core, const struct oriel_mir_cursor *cursor);

void oriel_input_finish(struct oriel_core *core);

#endif
