/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/*
 * Mir behind plain C: the only header that the C code of the guest sees of it.
 *
 * Mir runs its own threads. The C side has one thread, the core thread (the libuv loop). Mir's
 * threads never call into the C side but for ops.wake, which only has to make the core thread
 * call oriel_mir_dispatch() soon; everything else in ops is called inside oriel_mir_dispatch().
 * Every function here is for the core thread unless it says otherwise.
 *
 * Coordinates are logical units of the desktop that oriel_mir_set_outputs() describes; layers
 * also speak of buffer pixels. Windows have ids that are never used twice.
 */
#ifndef ORIEL_GUEST_MIR_ADAPTER_H
#define ORIEL_GUEST_MIR_ADAPTER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "src/base/rect.h"

#ifdef __cplusplus
extern "C" {
#endif

struct oriel_mir;
struct oriel_mir_frame;

/* The numbers of kind, state, flags, requests, edges and formats are those of the wire:
 * enum oriel_kind, oriel_state, oriel_window_flag, oriel_request_kind, oriel_edge, oriel_format
 * in src/wire/messages.h. */
struct oriel_mir_window {
	uint32_t id, parent; /* parent 0: none */
	uint8_t kind, state;
	uint32_t flags;
	struct oriel_rect content;  /* on the desktop, without any frame drawn by Mir */
	int32_t offset_x, offset_y; /* popups, tooltips: from the parent's content */
	uint32_t min_width, min_height, max_width, max_height; /* 0: no limit */
	pid_t pid;                                             /* of the client; 0: unknown */
	uint8_t pointer;            /* what it wants of the pointer: enum oriel_pointer_mode */
	const char *title, *app_id; /* UTF-8; valid during the call */
};

/* One surface of a frame, bottom first. */
struct oriel_mir_layer {
	uint32_t id; /* stays with the wl_surface while the window lives */
	uint8_t format, transform;
	uint32_t buffer_width, buffer_height;       /* buffer pixels */
	double src_x, src_y, src_width, src_height; /* shown part, buffer pixels */
	struct oriel_rect dst;                      /* relative to the window's content */
	bool changed; /* new content since the last claim of this window */
	/* Changed rectangles in buffer pixels, inside the buffer. n_damage < 0: not known, that is
	 * everything. Only of a meaning when changed. */
	int n_damage;
	const struct oriel_rect *damage;
};

struct oriel_mir_frame_info {
	uint32_t width, height; /* the content's size */
	uint64_t commit_ns;     /* CLOCK_MONOTONIC of the newest commit in it */
	int n_layers;
	const struct oriel_mir_layer *layers;
};

struct oriel_mir_output {
	uint32_t id;
	struct oriel_rect area;
	double scale;
	uint32_t refresh_mhz; /* 0: unknown, taken as 60 Hz */
	uint32_t width_mm, height_mm;
	const char *name;
};

struct oriel_mir_cursor {
	uint32_t width, height; /* buffer pixels; 0: hidden */
	int32_t hot_x, hot_y;
	double scale;
	const void *pixels; /* argb8888 premultiplied, rows packed; valid during the call */
};

struct oriel_mir_ops {
	/* Required. Any thread; must not block, nor call back. */
	void (*wake)(void *user);

	/* All required; inside oriel_mir_dispatch(). */
	/* Mir is up: clients may connect. x11_display is NULL when there is no Xwayland. */
	void (*started)(void *user, const char *wayland_display, const char *x11_display);
	/* A new window, or a changed one: always the whole description. */
	void (*window)(void *user, const struct oriel_mir_window *window);
	void (*window_gone)(void *user, uint32_t window);
	/* The window has content that no claim has seen. Repeated only after a claim. */
	void (*dirty)(void *user, uint32_t window);
	void (*request)(void *user, uint32_t window, uint8_t kind, uint32_t arg);
	void (*cursor)(void *user, const struct oriel_mir_cursor *cursor);
};

struct oriel_mir_options {
	const char *wayland_display; /* socket name; NULL: Mir chooses */
	const char *platform_path;   /* folder of the platform module (this shared object) */
	bool x11;                    /* start Xwayland on demand */
	bool own_policy; /* Mir's own click, move and resize policy, for conformance tests */
	int argc;        /* further options for Mir, argv[0] included */
	const char *const *argv;
	/* The outputs to start with; 0: one that will do until oriel_mir_set_outputs(). */
	int n_outputs;
	const struct oriel_mir_output *outputs;
	int log_detail; /* 0: what users should know; 1: for debugging; -1: warnings; -2: errors */
};

/* Runs Mir on the calling thread until oriel_mir_stop(), or a fatal error. *ret_mir is set before
 * the first wake. Options and ops are copied, user is borrowed.
 * Returns 0, or -errno: -EADDRINUSE socket taken, -EIO Mir refused to start (it has logged why). */
int oriel_mir_run(const struct oriel_mir_options *options, const struct oriel_mir_ops *ops,
	void *user, struct oriel_mir **ret_mir);

/* Any thread, and signal handlers' threads; oriel_mir_run() returns soon after. */
void oriel_mir_stop(struct oriel_mir *mir);

/* Delivers everything that has happened since the last call. Never blocks. */
void oriel_mir_dispatch(struct oriel_mir *mir);

/* Frames ---------------------------------------------------------------------------------- */

/* Takes the newest content of a window, with the damage since its last claim (commits in
 * between are united; nothing is lost). The frame holds the clients' buffers.
 * Returns 0 and a frame to unref, -ENOENT no such window, -EAGAIN no content yet. */
int oriel_mir_frame_claim(
	struct oriel_mir *mir, uint32_t window, struct oriel_mir_frame **ret_frame);

/* Valid until the last unref. */
const struct oriel_mir_frame_info *oriel_mir_frame_info(const struct oriel_mir_frame *frame);

/* The pixels of a layer, read only, and the bytes from one row to the next. Valid until
 * the next call of oriel_mir_frame_settle() or unref. Reading is safe whatever the client does
 * to its memory. */
const void *oriel_mir_frame_pixels(struct oriel_mir_frame *frame, int layer, size_t *ret_stride);

/* Sends the clients' frame callbacks: they may draw the next frame. Once per frame, later calls
 * do nothing. Unref the frame before this one first: a client with two buffers needs one back to
 * draw into (some abort otherwise). */
void oriel_mir_frame_done(struct oriel_mir_frame *frame);

/* Call when no successor has come for a while: copies the content of clients that may have only
 * one buffer and gives them that back, so that they don't wait for ever. Clients that were seen
 * to use several buffers keep theirs held. */
void oriel_mir_frame_settle(struct oriel_mir_frame *frame);

/* Gives the buffers back. Takes; NULL is fine. Implies frame_done. */
void oriel_mir_frame_unref(struct oriel_mir_frame *frame);

/* What the host says --------------------------------------------------------------------- */

/* n >= 1; the first is the primary one. Live: windows stay where they are. */
void oriel_mir_set_outputs(struct oriel_mir *mir, const struct oriel_mir_output *outputs, int n);

/* XKB names; NULL or "" = default. rate 0: no repeat. Returns 0 or -EINVAL: unknown names, the old
 * keymap stays. */
int oriel_mir_set_keymap(struct oriel_mir *mir, const char *model, const char *layout,
	const char *variant, const char *options, uint32_t repeat_rate, uint32_t repeat_delay_ms);

/* Place, size (0: leave), state and visibility of a window, as the host has it. */
void oriel_mir_configure(struct oriel_mir *mir, uint32_t window, const struct oriel_rect *content,
	uint8_t state, bool hidden);

/* Asks the client to close the window; dismisses a popup. */
void oriel_mir_close(struct oriel_mir *mir, uint32_t window);

/* Keyboard focus; 0: none. Keys that are down and not in the list are let go before the focus
 * moves; keys of the list that are not down are pressed after it moved. */
void oriel_mir_focus(
	struct oriel_mir *mir, uint32_t window, const uint32_t *keys, int n_keys, uint32_t locked);

/* Times are in ms of any clock; positions relative to the window's content. The window under
 * the pointer is raised first, so that Mir finds the one that the host means. */
void oriel_mir_key(struct oriel_mir *mir, uint32_t time, uint32_t code, bool down);
void oriel_mir_motion(struct oriel_mir *mir, uint32_t time, uint32_t window, double x, double y,
	double dx, double dy);
void oriel_mir_leave(struct oriel_mir *mir, uint32_t time);
void oriel_mir_button(struct oriel_mir *mir, uint32_t time, uint32_t code, bool down);
void oriel_mir_axis(struct oriel_mir *mir, uint32_t time, uint8_t source, double dx, double dy,
	int32_t x120, int32_t y120, bool stop);
void oriel_mir_touch(struct oriel_mir *mir, uint32_t time, uint32_t window, uint32_t point,
	uint8_t action, double x, double y);

#ifdef __cplusplus
}
#endif

#endif
