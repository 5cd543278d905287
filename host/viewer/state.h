/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/* Everything of one viewer. Main thread only. */
#ifndef ORIEL_HOST_VIEWER_STATE_H
#define ORIEL_HOST_VIEWER_STATE_H

#include "host/viewer/appearance.h"
#include "host/viewer/clipboard.h"
#include "host/viewer/cursor.h"
#include "host/viewer/icon.h"
#include "host/viewer/input.h"
#include "host/viewer/keymap.h"
#include "host/viewer/loop.h"
#include "host/viewer/memory.h"
#include "host/viewer/program.h"
#include "host/viewer/screens.h"
#include "host/viewer/stats.h"
#include "host/viewer/text.h"
#include "host/viewer/units.h"
#include "host/viewer/viewer.h"
#include "host/viewer/window.h"
#include "src/pixels/codec.h"
#include "src/pixels/ring.h"

struct oriel_viewer {
	const struct oriel_viewer_options *options;
	struct oriel_loop loop;
	SDL_Window *anchor; /* hidden; without any window SDL would poll */
	uint32_t own_event; /* type of SDL events of our own, see viewer.c */
	struct oriel_units units;
	const struct oriel_present_ops *present;

	/* The link; NULL between attempts. */
	struct oriel_link *link;
	bool ready;                 /* the handshake is done */
	bool closing;               /* a fault was found, what still comes is ignored */
	bool reconnected;           /* a link was lost before this one */
	struct oriel_memory memory; /* of the guest's machine */
	bool told_unused;           /* that the guest does not use it */
	struct oriel_ring *ring;
	uint64_t ring_position; /* of the newest frame that was read, whatever its window */
	struct oriel_codec *codec;
	void *scratch; /* pixels of one rectangle, decoded or gathered */
	size_t scratch_size;
	struct oriel_msg *out; /* the message being sent */
	bool sent;             /* since the last turn */

	struct oriel_windows windows;
	SDL_WindowID popup_grab; /* the popup that has the pointer; 0: none */
	bool popup_grab_stale;   /* it may have been lost */
	uint32_t focused_root;   /* toplevel that has focus on the host; 0: none */
	struct oriel_screens screens;
	struct oriel_keymap keymap;
	struct oriel_appearance appearance;
	struct oriel_input input;
	bool shortcuts_given;      /* of the host, once or more, to any window */
	bool shortcuts_taken_back; /* by the user, from all */
	struct oriel_text text;
	struct oriel_cursor cursor;
	struct oriel_icons icons;
	struct oriel_program program;
	struct oriel_viewer_clipboard clipboard;
	struct oriel_viewer_stats stats;

	uv_timer_t settle_timer, retry_timer, pace_timer;
	unsigned retries;
	uv_signal_t sigint, sigterm;
	unsigned signals;

	bool done;
	int status;
	bool in_turn;
};

/* Ends the viewer with this exit status; the first caller wins. */
void oriel_viewer_end(struct oriel_viewer *viewer, int status);

/* Everything that is due after events or messages have been handled: messages to send, frames to
 * show. */
void oriel_viewer_turn(struct oriel_viewer *viewer);

/* Try to connect again in a while. */
void oriel_viewer_retry_later(struct oriel_viewer *viewer);

/* Ask for a look at windows that are settling, when that is over. */
void oriel_viewer_settle_later(struct oriel_viewer *viewer);

#endif
