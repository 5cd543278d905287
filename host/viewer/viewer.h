/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/*
 * The viewer: shows the windows of one link as windows of this host. Main thread only: SDL and the
 * uv_loop both run on it.
 */
#ifndef ORIEL_HOST_VIEWER_VIEWER_H
#define ORIEL_HOST_VIEWER_VIEWER_H

#include <stdbool.h>

#include "host/viewer/keys.h"
#include "src/link/link.h"
#include "src/pixels/region.h"

/* Which way the clipboard and the primary selection are shared. */
enum oriel_clipboard_policy {
	ORIEL_CLIPBOARD_BOTH,
	ORIEL_CLIPBOARD_TO_GUEST,
	ORIEL_CLIPBOARD_TO_HOST,
	ORIEL_CLIPBOARD_OFF,
};

/* What holds for the windows of one application instead. */
struct oriel_app_options {
	const char *app_id;
	bool has_keys, has_grab_keys, has_allow_grab, has_refresh;
	enum oriel_keys keys;
	bool grab_keys, allow_grab;
	double refresh;
};

struct oriel_viewer_options {
	enum oriel_role role; /* OWNER or ATTACH */
	const char *target;   /* for messages: what the user typed */
	/* Opens a carrier to the guest; called again to reconnect (wait). 0 or -errno, the fault
	 * already told to the user. */
	int (*open)(void *user, uv_loop_t *loop, struct oriel_carrier **ret_carrier);
	/* What of the guest's memory this host can read, for a guest that has just been opened:
	 * their number, at most ORIEL_MAX_REGIONS; valid until the next call. NULL: nothing. */
	int (*memory)(void *user, const struct oriel_region_source **ret_sources);
	void *user;        /* of both */
	const void *token; /* NULL: none */
	uint32_t token_size;
	/* Program to start, NULL-ended; NULL with role ATTACH. */
	const char *const *args;
	const char *const *env; /* NAME=value, NULL-ended; NULL: none */
	bool grab_keys;         /* windows with focus get the host's shortcuts too */
	bool allow_grab;        /* those whose program asks for them */
	bool wait;              /* when the guest goes away, wait for it to come back */
	const char *scale; /* buffer pixels per logical unit, see scales.h; NULL: ask the screens */
	/* Frames per second of one window, at most; 0: as many as come; negative: the screen's. */
	double refresh;
	/* "auto", "surface" (window surfaces; X11's best) or "renderer" (textures). NULL: auto */
	const char *present;
	enum oriel_clipboard_policy clipboard;
	enum oriel_keys keys;
	const struct oriel_app_options *apps; /* borrowed, as all of this */
	size_t n_apps;
	/* XKB names of the keyboard; NULL: ask the host. */
	const char *xkb_layout, *xkb_variant, *xkb_options, *xkb_model;
};

/* Runs until the program has ended and its windows are closed (OWNER), the user quits, or the
 * guest goes away. Returns the exit status for the process: that of the program; 0 after a quit;
 * 1 with the fault told on standard error.
 *
 * While the program runs, SIGINT and SIGTERM are passed on to it, the first two times; otherwise
 * they quit. SIGPIPE, SIGTTIN and SIGTTOU are ignored from the start of a program on.
 *
 * With wait, a viewer that comes back shows every window that nobody shows, as ATTACH does: the
 * program it had started may have outlived the link, and is not started a second time. A guest that
 * broke the protocol or refused us is not waited for. */
int oriel_viewer_run(const struct oriel_viewer_options *options);

#endif
