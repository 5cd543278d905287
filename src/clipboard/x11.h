/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/*
 * The clipboard and the primary selection of an X server: what its programs copy, and ours to
 * offer them. On a connection of its own, with no request that waits for an answer. Used for the
 * host's X server, and in the guest for Xwayland.
 *
 * Large contents go in pieces both ways (INCR); content is fetched when a program asks for it.
 * Everything on the thread of the loop, but for connecting.
 */
#ifndef ORIEL_CLIPBOARD_X11_H
#define ORIEL_CLIPBOARD_X11_H

#include "src/clipboard/flow.h"
#include "src/clipboard/types.h"

struct xcb_connection_t;
struct oriel_x11_clipboard;

struct oriel_x11_clipboard_events {
	/* All required. */
	/* Another program has copied something (types as programs name them), or nobody owns the
	 * selection any more (n 0). Not called for what we offer. */
	void (*changed)(void *user, uint8_t selection, const struct oriel_types *types);
	/* A program pastes a type of those we offer: produce into flow. */
	void (*wanted)(void *user, uint8_t selection, const char *type, struct oriel_flow *flow);
	/* The connection is lost: destroy is all that is left to do. */
	void (*closed)(void *user);
};

/* Connects, which may block. Any thread. Destroy ends the connection. NULL: there is none. */
struct xcb_connection_t *oriel_x11_clipboard_connect(const char *display);

/* Takes the connection. bridged: the server is an Xwayland whose window manager brings the
 * clipboard from and to Wayland programs by itself: that is put to an end. NULL: no memory, or the
 * server is too old. */
struct oriel_x11_clipboard *oriel_x11_clipboard_create(uv_loop_t *loop,
	struct xcb_connection_t *connection, bool bridged,
	const struct oriel_x11_clipboard_events *events, void *user);

/* Whether nobody else brings the clipboard any more. Until then, giving Wayland programs what an
 * X11 program has copied would take it from that. */
bool oriel_x11_clipboard_is_alone(const struct oriel_x11_clipboard *x11);

/* Owns the selection; n 0: not any longer. */
void oriel_x11_clipboard_offer(
	struct oriel_x11_clipboard *x11, uint8_t selection, const struct oriel_types *types);

/* Produces what the owner of the selection has of that type (ORIEL_TYPE_TEXT: any of text). */
void oriel_x11_clipboard_read(struct oriel_x11_clipboard *x11, uint8_t selection, const char *type,
	struct oriel_flow *flow);

/* NULL is fine. */
void oriel_x11_clipboard_destroy(struct oriel_x11_clipboard *x11);

#endif
