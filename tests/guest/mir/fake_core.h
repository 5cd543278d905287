/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/*
 * Stands in for orield's core: runs the adapter with Mir on a thread of its own, dispatches on the
 * calling thread, remembers the windows, and keeps each layer's pixels up to date by the damage
 * it is told, so that they can be compared with what is really in the buffers.
 */
#ifndef ORIEL_TESTS_FAKE_CORE_H
#define ORIEL_TESTS_FAKE_CORE_H

#include "guest/mir/adapter.h"
#include "src/wire/messages.h"
#include <stdbool.h>
#include <stdint.h>

#define MAX_WINDOWS 64
#define MAX_REQUESTS 16
#define MAX_COPIES 64
#define MAX_GONE 256

struct core_window {
	struct oriel_mir_window now; /* title and app_id: below */
	char title[256], app_id[256];
	bool gone, dirty;
	unsigned frames;
	struct oriel_mir_frame *held, *waiting; /* looked at; claimed and still to be fetched */
};

struct core_request {
	uint32_t window, arg;
	uint8_t kind;
};

/* What a viewer would show of a layer. */
struct core_copy {
	uint32_t window, layer;
	uint32_t width, height;
	uint32_t *pixels;
};

/* What a claim said about its layers, summed up. */
struct core_damage {
	unsigned whole, exact, wide; /* layers without damage; with tight; with too much */
	unsigned missed;             /* pixels that changed outside of the damage */
};

struct core {
	struct oriel_mir *mir;
	bool started, ended;
	int result;
	char wayland_display[64], x11_display[16];
	struct core_window windows[MAX_WINDOWS];
	int n_windows;
	struct core_request requests[MAX_REQUESTS];
	int n_requests;
	struct oriel_mir_cursor cursor;
	uint32_t cursor_pixel;
	unsigned cursors;
	struct oriel_mir_text_input field; /* surrounding: below */
	char surrounding[256];
	unsigned fields; /* calls that told of a new one */
	struct core_copy copies[MAX_COPIES];
	int n_copies;
	struct core_damage damage;
	uint64_t gone[MAX_GONE]; /* keys of memory */
	int n_gone;
	unsigned fetched;
	bool claim; /* claim what is dirty at once and acknowledge it (the default) */
	bool acknowledge;
	bool only_damage; /* fetch and look at damage alone, as the real core does */
	/* Whoever else wants to be served while waiting: clients in this process. */
	void (*pump)(void *data);
	void *pump_data;
	int wake_fd;
	char runtime_dir[64];
	struct core_thread *thread;
};

/* Makes a private XDG_RUNTIME_DIR and starts Mir in it; fails the test when it does not come up.
 * The struct is zeroed first. */
void core_start(struct core *core, bool x11);
/* With further options for Mir; returns the result of oriel_mir_run() when it did not come up. */
int core_try_start(struct core *core, const struct oriel_mir_options *options);
/* Does not wait. */
void core_start_only(struct core *core);
/* Stops Mir and fails the test unless it ends in good order. */
void core_stop(struct core *core);

/* Serves everybody until `condition` holds; fails the test after twenty seconds without it. */
#define core_wait(core, condition, data) core_wait_for(core, condition, data, #condition)
void core_wait_for(struct core *core, bool (*condition)(struct core *core, void *data), void *data,
	const char *what);
/* Serves everybody for some time: for things that must not happen. */
void core_run(struct core *core, unsigned ms);

struct core_window *core_window(struct core *core, uint32_t id);
/* The newest window that is there with that title; NULL: none. */
struct core_window *core_titled(struct core *core, const char *title);
struct core_window *core_wait_titled(struct core *core, const char *title);
struct core_copy *core_copy(struct core *core, uint32_t window, uint32_t layer);
/* Claims by hand; 0 or the error of the claim. */
int core_claim(struct core *core, struct core_window *window);
void core_reset_damage(struct core *core);

#endif
