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
	uint8_t pointer;    /* what it wants of the pointer: enum oriel_pointer_mode */
	uint32_t shortcuts; /* 0, or that it wants the host's shortcuts: another number each time */
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
	bool may_settle;        /* oriel_mir_frame_settle() is of use */
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

/* The text field that has keyboard focus. */
struct oriel_mir_text_input {
	uint32_t window;         /* 0: none, the rest means nothing */
	struct oriel_rect caret; /* relative to the window's content; as the client says it */
	uint32_t purpose, hints; /* of zwp_text_input_v3 */
	const char *surrounding; /* as the client says it; "": not told; valid during the call */
	uint32_t cursor, anchor; /* bytes in surrounding, as the client says it */
};

/* What an input method does to it: all at once, in this order. */
struct oriel_mir_text {
	uint32_t delete_before, delete_after; /* bytes around the caret */
	const char *commit, *preedit;         /* UTF-8; "": none */
	int32_t cursor_begin, cursor_end;     /* in preedit, bytes; -1: not shown */
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

	/* Optional, NULL: not of interest. Inside oriel_mir_dispatch(). */
	/* What oriel_mir_frame_fetch() had to wait for has come: ask again. Not for a window that
	 * is gone. */
	void (*fetched)(void *user, uint32_t window);
	/* No later frame has memory of this key, see struct oriel_mir_memory. Pages pinned for it
	 * can be let go. */
	void (*memory_gone)(void *user, uint64_t key);

	/* Selections: see below. Optional. Inside oriel_mir_dispatch(). */
	/* A Wayland program has copied something, types as it names them and in its order, or (n 0)
	 * what it had copied is gone. Not called for what oriel_mir_selection_offer() does. */
	void (*selection)(void *user, uint8_t selection, const char *const *types, int n);
	/* A Wayland program pastes what was offered. fd becomes the callee's: content is written to
	 * it; it may be anything, and may block unless it is made not to. */
	void (*selection_send)(void *user, uint8_t selection, const char *type, int fd);
	/* Xwayland was started, maybe once more. It will soon answer on x11_display. */
	void (*x11_started)(void *user);

	/* Optional. Inside oriel_mir_dispatch(). */
	/* A text field got focus, has changed, or (window 0) lost it. Between two fields there is
	 * always a call with window 0. */
	void (*text_input)(void *user, const struct oriel_mir_text_input *field);
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

/* The client's memory of a layer, for pinning: it stays the same as long as key does, and no
 * other memory ever has that key. There is one for each of the client's wl_buffers, so a client
 * that draws into three by turns shows three keys again and again. */
struct oriel_mir_memory {
	uint64_t key;
	/* wl_shm: mapped here (shared, readable and writable, as pinning wants it) as long as the
	 * frame is held. Starts on a page; of the client's pool just the pages of this buffer.
	 * start is where row 0 begins. */
	const void *map; /* NULL: a DMA-BUF */
	size_t map_size;
	/* A DMA-BUF, borrowed; -1: wl_shm. */
	int dmabuf;
	size_t start, stride; /* bytes; of row 0, in map or in the DMA-BUF */
};

/* 0; -ENOENT: the layer has no memory of a client's (any more): use oriel_mir_frame_pixels().
 * Valid until the next call of oriel_mir_frame_settle() or unref. */
int oriel_mir_frame_memory(
	const struct oriel_mir_frame *frame, int layer, struct oriel_mir_memory *ret_memory);

/* Makes a part of a layer readable: waits for what the GPU still draws (implicit fences; explicit
 * ones are not offered to clients), and on virtual GPUs brings the pixels from the host. Call it
 * for what will be read, before any reading, by whatever means: pixels, a module's COPY, or a host
 * that looks at pinned pages. Parts may be asked for one after the other before any has come.
 * 0: readable now, always so for wl_shm; -EINPROGRESS: ops.fetched follows, never blocks;
 * -EIO: it can't be brought, and reads as what was there. */
int oriel_mir_frame_fetch(struct oriel_mir_frame *frame, int layer, const struct oriel_rect *part);

/* Call after reading what oriel_mir_frame_pixels() gave, before returning to the loop: ends the
 * CPU access of a DMA-BUF. */
void oriel_mir_frame_pixels_done(struct oriel_mir_frame *frame, int layer);

/* Sends the clients' frame callbacks: they may draw the next frame. Once per frame, later calls
 * do nothing. Unref the frame before this one first: a client with two buffers needs one back to
 * draw into (some abort otherwise). */
void oriel_mir_frame_done(struct oriel_mir_frame *frame);

/* Call when no successor has come for a while: copies the content of clients that may have only
 * one buffer and gives them that back, so that they don't wait for ever. Clients that were seen
 * to use several buffers keep theirs held, and so do those with DMA-BUFs, which no compositor
 * gives back before it has the next one. */
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

/* Whether the window gets the host's shortcuts while it has focus; told to a client that wants
 * them. */
void oriel_mir_shortcuts(struct oriel_mir *mir, uint32_t window, bool given);

/* Selections --------------------------------------------------------------------------------- */

/* What is copied and pasted; selection is an enum oriel_selection. */

/* Owns the selection on behalf of the host; n 0: takes back what was offered, if that is still what
 * Wayland programs get. types are copied. */
void oriel_mir_selection_offer(
	struct oriel_mir *mir, uint8_t selection, const char *const *types, int n);

/* Asks the owner of the selection to write content of that type to fd. Takes fd. It is closed at
 * once when there is no owner any more. */
void oriel_mir_selection_read(struct oriel_mir *mir, uint8_t selection, const char *type, int fd);
/* Changes the text field; does nothing when there is none. */
void oriel_mir_text(struct oriel_mir *mir, const struct oriel_mir_text *text);

#ifdef __cplusplus
}
#endif

#endif
