/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/*
 * Pacing: when the content of a window is taken from Mir and sent.
 *
 * One rule: a client draws its next frame when the host has shown the last one. So a window has
 * at most one frame in flight; its client's frame callbacks are sent when the host says presented.
 * A window that must wait (frame in flight, ring full, link congested) leaves its newer content
 * unclaimed in Mir, where commits replace each other. A window nobody looks at is served once a
 * second, so that its app goes on. No timer runs while there is nothing to do.
 */
#ifndef ORIEL_GUEST_FRAMES_H
#define ORIEL_GUEST_FRAMES_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/queue.h>

#include "guest/mir/adapter.h"
#include "src/wire/messages.h"

struct oriel_client;
struct oriel_core;
struct oriel_plan;
struct oriel_window;

/* A layer as the owner keeps it. */
struct oriel_known_layer {
	uint32_t id, width, height; /* buffer pixels */
	uint8_t format;
};

struct oriel_frames {
	TAILQ_ENTRY(oriel_window) due;
	bool is_due;    /* is in core->due */
	bool dirty;     /* Mir has content that no claim has seen */
	bool whole;     /* the owner's content can't be built upon: send everything */
	bool owed;      /* the client waits for the frame callback of current */
	bool in_flight; /* sent, not yet presented */
	bool fetched;   /* what plan has to send can be read */
	bool fetching;  /* it will be: the window waits for ops.fetched */
	struct oriel_mir_frame *current; /* the newest claim, held so that it can be resent */
	/* The claim before; NULL: it has been given back. See the loans. */
	struct oriel_mir_frame *previous;
	struct oriel_plan *plan;       /* what of current is still to be sent; NULL: nothing */
	struct oriel_plan *sent;       /* in flight, with what it has lent; NULL: nothing */
	bool part_sent;                /* of plan */
	uint32_t serial, first_serial; /* the newest; the first for this owner */
	uint64_t sent_ns;              /* when the last part went */
	uint64_t begun_ns;             /* when the first part went */
	uint64_t sent_bytes;           /* inside messages, for the link's speed */
	uint64_t settle_ms;            /* loop time at which to settle; 0: no need */
	int n_known;
	struct oriel_known_layer known[ORIEL_MAX_LAYERS];
};

int oriel_frames_init(struct oriel_core *core);
/* Closes the timers. */
void oriel_frames_close(struct oriel_core *core);

/* Mir: there is new content. */
void oriel_frames_dirty(struct oriel_window *window);
/* The owner has changed; window->owner is the new one, or NULL. */
void oriel_frames_restart(struct oriel_window *window);
/* Mir: what was waited for can be read, or has to be asked for again. */
void oriel_frames_fetched(struct oriel_window *window);
/* The owner has been told of the window: content may follow. */
void oriel_frames_announced(struct oriel_window *window);
/* The owner has lost the content. */
void oriel_frames_refresh(struct oriel_window *window);
/* window->hidden has changed, or the window has just been announced. */
void oriel_frames_hidden(struct oriel_window *window);
/* The window is going: gives back what is held. */
void oriel_frames_finish(struct oriel_window *window);

/* Messages of a viewer. 0, or -EPROTO after oriel_client_fault(). */
int oriel_frames_presented(struct oriel_client *client, const struct oriel_msg_presented *msg);
int oriel_frames_consumed(struct oriel_client *client, const struct oriel_msg_consumed *msg);

/* Sends what can be sent now, each window in its turn. Call after anything that may have made
 * that more: content, acknowledgements, a drained link. */
void oriel_frames_pump(struct oriel_core *core);

#endif
