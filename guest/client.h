/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/*
 * One connected peer: a viewer, or a program with questions.
 */
#ifndef ORIEL_GUEST_CLIENT_H
#define ORIEL_GUEST_CLIENT_H

#include "guest/core.h"
#include "guest/loan.h"
#include "guest/rings.h"
#include "src/link/link.h"
#include "src/pixels/codec.h"

/* Icons that one orield keeps, and so that one peer can be told of. */
#define ORIEL_ICONS 256

struct oriel_client {
	TAILQ_ENTRY(oriel_client) all;
	struct oriel_core *core;
	struct oriel_link *link;
	struct oriel_exchange *exchange; /* of the clipboard; NULL: it has none to share */
	char name[300];                  /* for logs */
	enum oriel_role role;
	uint16_t minor;   /* of the protocol, as the peer speaks it */
	bool ready;       /* the handshake is done */
	bool failed;      /* the link is closing: what still comes is not looked at */
	bool has_memory;  /* it has told which memory it can read */
	bool has_outputs; /* its screens are known, so frames may be sent */
	struct oriel_client_ring rings;
	struct oriel_client_loans loans;
	uint32_t questions; /* asked so far */
	struct oriel_codec *codec;
	uint64_t bytes_per_second; /* of the link, measured; 0: not yet */
	uint8_t icons_sent[ORIEL_ICONS / 8];
};

/* Takes carrier. */
void oriel_client_create(
	struct oriel_core *core, struct oriel_carrier *carrier, const char *name, bool ask_token);
void oriel_client_destroy(struct oriel_client *client);

/* Sends; a link that fails tells so itself, later, so most callers need no result. */
int oriel_client_send(struct oriel_client *client, const struct oriel_msg *msg);
int oriel_client_send_fd(struct oriel_client *client, const struct oriel_msg *msg, int fd);

/* Ends the link; nothing more of the peer is looked at. */
void oriel_client_bye(struct oriel_client *client, enum oriel_error code, const char *reason);

/* Ends the link because the peer broke the protocol; the reason is logged. Returns -EPROTO. */
int oriel_client_fault(struct oriel_client *client, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* Whether windows can be shown there. */
bool oriel_client_is_viewer(const struct oriel_client *client);

#endif
