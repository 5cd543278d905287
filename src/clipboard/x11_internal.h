/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/* What the X11 files of src/clipboard share. */
#ifndef ORIEL_CLIPBOARD_X11_INTERNAL_H
#define ORIEL_CLIPBOARD_X11_INTERNAL_H

#include <sys/queue.h>
#include <xcb/xcb.h>

#include "src/clipboard/x11.h"

/* An X server never forgets a name: so many may we make it learn. */
#define ORIEL_X11_ATOMS 2048
/* Pastes and reads at once. */
#define ORIEL_X11_PASTES 64

enum {
	ATOM_CLIPBOARD,
	ATOM_TARGETS,
	ATOM_TIMESTAMP,
	ATOM_MULTIPLE,
	ATOM_ATOM_PAIR,
	ATOM_INCR,
	ATOM_WM,       /* WM_S0: of the window manager */
	ATOM_MANAGER,  /* CLIPBOARD_MANAGER: of the bridge, to begin with */
	ATOM_PROPERTY, /* where others put what we read */
	ATOM_UTF8,     /* UTF8_STRING */
	ATOM_TEXT,
	ATOMS
};

struct oriel_x11_read;
struct oriel_x11_paste;

/* A request whose answer is waited for. */
struct oriel_x11_question {
	STAILQ_ENTRY(oriel_x11_question) all;
	unsigned sequence;
	/* reply: NULL, it failed, or the end has come (x11->destroyed); freed by the caller. */
	void (*answered)(struct oriel_x11_clipboard *x11, void *reply, uintptr_t a, uintptr_t b);
	uintptr_t a, b;
};

struct oriel_x11_name {
	xcb_atom_t atom;
	char *name;
};

struct oriel_x11_selection {
	xcb_atom_t atom;
	/* Of others: */
	unsigned generation;      /* counts owners */
	struct oriel_types types; /* of the owner, as it names them; n 0: none, or ours */
	xcb_timestamp_t changed;
	xcb_window_t lister; /* that the owner's list of types is to come to; 0: none */
	/* Ours: */
	bool owned;
	unsigned takes; /* under way */
	struct oriel_types offer;
	xcb_timestamp_t since;
};

struct oriel_x11_clipboard {
	uv_loop_t *loop;
	xcb_connection_t *xcb;
	const struct oriel_x11_clipboard_events *events;
	void *user;
	bool bridged, alone, closed, destroyed;
	xcb_screen_t *screen;
	xcb_window_t window; /* that owns selections */
	uint32_t client_mask;
	uint8_t xfixes_event;
	size_t piece; /* bytes of one property */
	xcb_atom_t atoms[ATOMS];
	xcb_window_t wm, bridge; /* the window manager's, and of the bridge that it has; 0: none */
	uv_poll_t poll;
	uv_idle_t turn;
	int n_handles; /* while they close */
	STAILQ_HEAD(, oriel_x11_question) questions;
	struct oriel_x11_name names[ORIEL_X11_ATOMS];
	int n_names;
	struct oriel_x11_selection selections[ORIEL_SELECTIONS];
	LIST_HEAD(, oriel_x11_read) reads;
	LIST_HEAD(, oriel_x11_paste) pastes;
	int n_reads, n_pastes;
};

/* x11.c */

/* Requests were made outside of handling an event: they are sent before the loop sleeps. */
void oriel_x11_touch(struct oriel_x11_clipboard *x11);
/* Calls answered() when the answer to the request has come. */
void oriel_x11_ask(struct oriel_x11_clipboard *x11, unsigned sequence,
	void (*answered)(struct oriel_x11_clipboard *x11, void *reply, uintptr_t a, uintptr_t b),
	uintptr_t a, uintptr_t b);
xcb_window_t oriel_x11_make_window(struct oriel_x11_clipboard *x11);
/* Whether both windows were made by the same program. */
bool oriel_x11_same_client(const struct oriel_x11_clipboard *x11, xcb_window_t a, xcb_window_t b);
struct oriel_x11_selection *oriel_x11_selection_of(
	struct oriel_x11_clipboard *x11, xcb_atom_t atom);
/* What is known of names; XCB_ATOM_NONE, NULL: not known. */
xcb_atom_t oriel_x11_atom(const struct oriel_x11_clipboard *x11, const char *name);
const char *oriel_x11_name(const struct oriel_x11_clipboard *x11, xcb_atom_t atom);
void oriel_x11_learn(struct oriel_x11_clipboard *x11, xcb_atom_t atom, const char *name);

/* x11_watch.c: who owns the selections */

void oriel_x11_watch_start(struct oriel_x11_clipboard *x11);
void oriel_x11_watch_owner(
	struct oriel_x11_clipboard *x11, const xcb_generic_event_t *xfixes_event);
/* A list of types has come. False: it is not one of those. */
bool oriel_x11_watch_notify(
	struct oriel_x11_clipboard *x11, const xcb_selection_notify_event_t *event);

/* x11_read.c */

void oriel_x11_read_notify(
	struct oriel_x11_clipboard *x11, const xcb_selection_notify_event_t *event);
void oriel_x11_read_property(
	struct oriel_x11_clipboard *x11, const xcb_property_notify_event_t *event);
void oriel_x11_read_end_all(struct oriel_x11_clipboard *x11);

/* x11_paste.c: answers to programs that paste */

void oriel_x11_paste_request(
	struct oriel_x11_clipboard *x11, const xcb_selection_request_event_t *event);
void oriel_x11_paste_property(
	struct oriel_x11_clipboard *x11, const xcb_property_notify_event_t *event);
void oriel_x11_paste_window_gone(struct oriel_x11_clipboard *x11, xcb_window_t window);
/* Those of which a piece is yet to be read end when it was. */
void oriel_x11_paste_fail_all(struct oriel_x11_clipboard *x11);
void oriel_x11_paste_end_all(struct oriel_x11_clipboard *x11);

#endif
