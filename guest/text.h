/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/*
 * The text field in use, and what the host's input method writes into it. The viewer that has
 * keyboard focus and shows the field's window is told of it, and is the only one that may write.
 */
#ifndef ORIEL_GUEST_TEXT_H
#define ORIEL_GUEST_TEXT_H

#include "guest/mir/adapter.h"
#include "src/wire/messages.h"

struct oriel_client;
struct oriel_core;

struct oriel_text {
	struct oriel_client *viewer; /* that knows of the field; NULL: none */
	/* window 0: no field. surrounding and what counts in it are checked, and our own. */
	struct oriel_msg_text_input field;
};

/* Callback of Mir. */
void oriel_text_field(struct oriel_core *core, const struct oriel_mir_text_input *untrusted_field);

/* Focus or owners of windows have changed: tells those whom it concerns. */
void oriel_text_update(struct oriel_core *core);

/* A message of a viewer. */
void oriel_text_handle(struct oriel_client *client, const struct oriel_msg_text *msg);

/* The client is going. */
void oriel_text_forget(struct oriel_client *client);

void oriel_text_finish(struct oriel_core *core);

#endif
