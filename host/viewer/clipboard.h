/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/*
 * Copy and paste between the host's programs and the guest's, as far as the user allows it
 * (oriel_viewer_options.clipboard). What one side has copied is offered to the other; content goes
 * over the link when it is pasted.
 */
#ifndef ORIEL_HOST_VIEWER_CLIPBOARD_H
#define ORIEL_HOST_VIEWER_CLIPBOARD_H

#include "src/clipboard/exchange.h"

struct oriel_viewer;

struct oriel_viewer_clipboard {
	struct oriel_exchange *exchange; /* NULL: no link, or it shares none */
	struct oriel_types
		host[ORIEL_SELECTIONS]; /* what the host's programs have, as the link names it */
};

/* With SDL and the loop up; close before they go. */
void oriel_viewer_clipboard_open(struct oriel_viewer *viewer);
void oriel_viewer_clipboard_close(struct oriel_viewer *viewer);

/* The feature that is asked of a link. */
uint64_t oriel_viewer_clipboard_feature(const struct oriel_viewer *viewer);

/* The handshake is done; the link is lost. */
void oriel_viewer_clipboard_connect(struct oriel_viewer *viewer);
void oriel_viewer_clipboard_disconnect(struct oriel_viewer *viewer);

/* A clipboard message. 0, -EPROTO with a reason, or -ENOMEM. */
int oriel_viewer_clipboard_handle(
	struct oriel_viewer *viewer, const struct oriel_msg *msg, const char **ret_reason);

#endif
