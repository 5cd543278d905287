/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/*
 * The windows that Mir has, and who shows each of them.
 *
 * Who: the viewer that started the program a window comes from; popups and dialogs go where
 * their parent is; what nobody shows goes to the viewer that has been attached for longest.
 */
#ifndef ORIEL_GUEST_WINDOW_H
#define ORIEL_GUEST_WINDOW_H

#include "guest/core.h"
#include "guest/frames.h"

struct oriel_window {
	TAILQ_ENTRY(oriel_window) all;
	struct oriel_core *core;
	struct oriel_mir_window mir; /* with its own copies of the strings */
	uint64_t launch;             /* number of the launch it comes from; 0: none */
	struct oriel_client *owner;  /* NULL: nobody shows it */
	bool announced;              /* the owner has been told of it */
	bool hidden;                 /* the owner says that nothing of it can be seen */
	uint8_t pointer_told;        /* what the owner knows of mir.pointer */
	uint32_t shortcuts_told;     /* and of mir.shortcuts */
	struct oriel_frames frames;
	uint64_t n_frames, n_bytes; /* sent */
};

/* NULL: no such window. Linear: there are at most ORIEL_MAX_WINDOWS, and mostly a few. */
struct oriel_window *oriel_window_find(const struct oriel_core *core, uint32_t id);
/* The same, but only when client shows it. */
struct oriel_window *oriel_window_of(const struct oriel_client *client, uint32_t id);

/* Callbacks of Mir. */
void oriel_window_update(struct oriel_core *core, const struct oriel_mir_window *description);
void oriel_window_gone(struct oriel_core *core, uint32_t id);

/* What the window's owner says of the host's shortcuts. */
void oriel_window_shortcuts(
	struct oriel_client *client, const struct oriel_msg_shortcuts_given *msg);

/* Finds out again who shows what: a viewer has come or gone. */
void oriel_windows_assign(struct oriel_core *core);
/* Takes the windows of a client that is going. */
void oriel_windows_leave(struct oriel_client *client);

/* Frees all. */
void oriel_windows_finish(struct oriel_core *core);

#endif
