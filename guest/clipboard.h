/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/*
 * Clipboard and primary selection of the guest. Each is owned by a Wayland program, an X11 program,
 * a viewer (that is, by a program of its host), or nobody; everybody else gets it offered, and
 * content is fetched from the owner when it is pasted.
 *
 * What a program of the guest copies is offered to one viewer only: several viewers of one host
 * share that host's clipboard, and must not fight for it.
 */
#ifndef ORIEL_GUEST_CLIPBOARD_H
#define ORIEL_GUEST_CLIPBOARD_H

#include "guest/core.h"
#include "src/clipboard/exchange.h"
#include "src/clipboard/x11.h"

enum oriel_owner {
	ORIEL_OWNER_NOBODY,
	ORIEL_OWNER_WAYLAND,
	ORIEL_OWNER_X11,
	ORIEL_OWNER_HOST,
};

struct oriel_guest_selection {
	enum oriel_owner owner;
	struct oriel_client *host; /* whose offer it is; only of OWNER_HOST */
	uint64_t since_ms;
	struct oriel_types raw;    /* as the owner names them */
	struct oriel_types types;  /* as the link names them, with what we can convert */
	struct oriel_client *told; /* the viewer that has the guest's offer; NULL: none */
	bool ours;                 /* Wayland programs have it from us */
};

struct oriel_clipboard {
	struct oriel_guest_selection selections[ORIEL_SELECTIONS];
	char origin[64]; /* the mark of our offers */
	struct oriel_x11_clipboard *x11;
	struct oriel_x11_connecting *connecting;
	bool closed;
};

/* 0 or -ENOMEM. */
int oriel_clipboard_init(struct oriel_core *core);
/* Ends everything: before handles are closed. */
void oriel_clipboard_close(struct oriel_core *core);
/* After the loop has ended. */
void oriel_clipboard_finish(struct oriel_core *core);

/* What Mir tells: see oriel_mir_ops. */
void oriel_clipboard_copied(
	struct oriel_core *core, uint8_t selection, const char *const *types, int n);
void oriel_clipboard_pasted(struct oriel_core *core, uint8_t selection, const char *type, int fd);

/* What X11 programs do. */
void oriel_clipboard_set(struct oriel_core *core, uint8_t selection, enum oriel_owner owner,
	struct oriel_client *host, const struct oriel_types *raw);
/* Produces what the owner has of that type, converted when it has to be. */
void oriel_clipboard_get(
	struct oriel_core *core, uint8_t selection, const char *type, struct oriel_flow *flow);

/* A viewer has come, that has FEATURE_CLIPBOARD; one goes (any peer). */
void oriel_clipboard_join(struct oriel_client *client);
void oriel_clipboard_leave(struct oriel_client *client);
/* A clipboard message of a viewer. */
void oriel_clipboard_handle(struct oriel_client *client, const struct oriel_msg *msg);

#endif
