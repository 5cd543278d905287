/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/*
 * The core: all state of one orield, and the thread that owns it. It stands between Mir (below,
 * guest/mir/adapter.h) and the peers (above, src/link/link.h).
 *
 * Everything in guest/ is for the thread that runs core->loop, but for what says otherwise.
 */
#ifndef ORIEL_GUEST_CORE_H
#define ORIEL_GUEST_CORE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/queue.h>
#include <uv.h>

#include "guest/device.h"
#include "guest/mir/adapter.h"
#include "guest/pins.h"
#include "guest/portal.h"
#include "guest/question.h"
#include "guest/stats.h"
#include "guest/text.h"
#include "src/carrier/carrier.h"
#include "src/wire/messages.h"

#define ORIEL_PROGRAM "orield " ORIEL_VERSION

/* Peers at once; one more gets bye BUSY. */
#define ORIEL_CORE_CLIENTS 64
/* Peers that may wait for Mir to come up. */
#define ORIEL_CORE_WAITING 64

struct oriel_client;
struct oriel_clipboard;
struct oriel_icon;
struct oriel_inline;
struct oriel_launch;
struct oriel_module;
struct oriel_window;

TAILQ_HEAD(oriel_client_list, oriel_client);
TAILQ_HEAD(oriel_launch_list, oriel_launch);
TAILQ_HEAD(oriel_window_list, oriel_window);

/* A peer that came before Mir was up. */
struct oriel_waiting {
	struct oriel_carrier *carrier;
	char name[64];
	bool ask_token;
};

/* What was last told to Mir, as encoded messages: every viewer tells its screens and keyboard, and
 * Mir would bother each app anew for the same. */
struct oriel_told {
	uint8_t *data;
	size_t size;
};

struct oriel_core_options {
	/* Required: Mir is up, peers are served. */
	void (*started)(void *user);
	/* Required: the core begins to stop; close what else keeps the loop running. */
	void (*stopping)(void *user);
	void *user;
	/* The token that peers of TCP must show. Copied. */
	const void *token;
	size_t token_size;
	/* The kernel module, and the folder of its nodes; NULL: the real ones. Borrowed. */
	const struct oriel_module *module;
	const char *devices;
	/* The last resort when Mir hangs while it stops: ends the process. 0: none. */
	unsigned watchdog_ms;
};

/* What is said only once, as it would be the same for every viewer. */
enum oriel_core_told {
	ORIEL_TOLD_NO_DEVICE,
	ORIEL_TOLD_DEVICE_FULL,
	ORIEL_TOLD_DEVICE_SMALL,
	ORIEL_TOLD_NO_COPY,
	ORIEL_TOLD_NO_FETCH,
	ORIEL_TOLD_NO_RAM,
	ORIEL_TOLD_NOT_FOUND,
	ORIEL_TOLD_NO_PIN,
	ORIEL_TOLD_PIN_QUOTA,
};

enum oriel_core_stage {
	ORIEL_CORE_RUNNING,
	ORIEL_CORE_LEAVING, /* peers hear bye, programs end */
	ORIEL_CORE_ENDING,  /* Mir ends */
	ORIEL_CORE_CLOSED,  /* handles are closing */
};

struct oriel_core {
	uv_loop_t *loop;
	struct oriel_core_options options;
	uint8_t token[64];

	/* Mir. cell is written by the thread that runs Mir, before its first wake. */
	struct oriel_mir *cell;
	struct oriel_mir *mir; /* NULL: not up yet, or going down */
	bool started;
	enum oriel_core_stage stage;
	int grace_steps;
	atomic_bool mir_ended; /* oriel_mir_run() has returned */
	uv_async_t wake;
	char *wayland_display, *x11_display; /* the latter may be NULL */
	struct oriel_told outputs, keymap;

	struct oriel_client_list clients;
	int n_clients;
	struct oriel_waiting waiting[ORIEL_CORE_WAITING];
	int n_waiting;

	struct oriel_window_list windows; /* in the order they came */
	int n_windows;
	bool windows_full;            /* told already */
	struct oriel_window_list due; /* those with something to send, next first */

	struct oriel_launch_list launches;
	uint64_t last_launch;
	int n_launches;
	char chunk[ORIEL_MAX_CHUNK]; /* output of a program, from read to send */

	/* Who has keyboard focus and who the pointer; NULL: nobody. */
	struct oriel_client *focus, *pointer;
	struct oriel_cursor *cursor; /* the newest image; NULL: none yet */
	struct oriel_icon *icons;
	struct oriel_clipboard *clipboard;
	struct oriel_text text;
	struct oriel_portal portal;

	struct oriel_device_list devices; /* those that rings are in */
	struct oriel_pins pins;
	struct oriel_questions questions;
	uint32_t told; /* bits of enum oriel_core_told */

	struct oriel_msg out;               /* a large message in the making */
	struct oriel_inline *inline_buffer; /* made on first use */
	uv_timer_t slow;                    /* 1 s: windows nobody looks at */
	uv_timer_t settle;                  /* 50 ms: clients that wait for their only buffer */
	uv_timer_t grace;                   /* while stopping */
	uv_check_t turn;                    /* counts wakeups */
	struct oriel_stats stats;
};

/* What the core wants to hear from Mir; user is the core. */
extern const struct oriel_mir_ops oriel_core_mir_ops;

/* Sets up core, which the caller owns and must not move. The loop need not run yet.
 * Returns 0 or -errno. */
int oriel_core_init(
	struct oriel_core *core, uv_loop_t *loop, const struct oriel_core_options *options);

/* Logs a warning the first time that what happens. */
void oriel_core_tell_once(struct oriel_core *core, enum oriel_core_told what, const char *format,
	...) __attribute__((format(printf, 3, 4)));

/* A peer has connected: takes carrier. name is for logs; ask_token: it must show the token. */
void oriel_core_accept(
	struct oriel_core *core, struct oriel_carrier *carrier, const char *name, bool ask_token);

/* Says bye to all peers, ends the started programs, then Mir, then closes all handles. Twice is
 * once. */
void oriel_core_stop(struct oriel_core *core);

/* oriel_mir_run() has returned; call it exactly once. Any thread. */
void oriel_core_mir_ended(struct oriel_core *core);

/* After uv_run() has returned: frees what is left. */
void oriel_core_finish(struct oriel_core *core);

#endif
