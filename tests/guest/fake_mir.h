/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/*
 * A Mir that does what a test says: guest/mir/adapter.h without any Mir behind it, in the thread
 * of the test. Windows have contents that the test draws; frames are copies, and all are counted.
 */
#ifndef ORIEL_TESTS_GUEST_FAKE_MIR_H
#define ORIEL_TESTS_GUEST_FAKE_MIR_H

#include "guest/mir/adapter.h"

#define FAKE_WINDOWS 1100
#define FAKE_LAYERS 4

#define FAKE_BUFFERS 3

/* Where a layer's content is. */
enum fake_memory {
	FAKE_PRIVATE, /* nobody but Mir knows */
	FAKE_SHM,     /* the client's wl_shm buffers */
	FAKE_DMABUF,
};

/* A client's buffer. When it is given back the client draws nonsense into it. */
struct fake_buffer {
	uint64_t key; /* 0: not there */
	bool held;    /* by a frame */
	bool doomed;  /* its wl_buffer is gone: the memory goes when it is not held */
	int fd;
	uint8_t *map;
	size_t map_size;
};

struct fake_layer {
	uint32_t id, width, height;
	enum fake_memory memory;
	int n_buffers; /* that the client uses by turns */
	struct fake_buffer buffers[FAKE_BUFFERS];
	uint8_t format;
	uint32_t *pixels;
	struct oriel_rect dst;
	bool changed;
	int n_damage; /* -1: not known */
	struct oriel_rect damage[16];
};

struct fake_window {
	struct oriel_mir_window description;
	int n_layers;
	struct fake_layer layers[FAKE_LAYERS];
	bool there, described, gone, pending, told_dirty;
	bool redraw;          /* commit again at every frame callback */
	bool slow;            /* new frames must be fetched */
	bool several_buffers; /* seen: it need not be settled */
	struct oriel_mir_frame *fetching;
	int fetches;
	struct oriel_rect fetched; /* the part that was asked for last */
	bool tell_fetched;
	int claims, dones, settles; /* of this window */
};

struct fake_request {
	uint32_t window, arg;
	uint8_t kind;
};

struct oriel_mir {
	const struct oriel_mir_ops *ops;
	void *user;
	bool start, started, stopped;
	struct fake_window windows[FAKE_WINDOWS];
	struct fake_request requests[8];
	int n_requests;
	struct oriel_mir_cursor cursor;
	bool new_cursor;
	struct oriel_mir_text_input field;
	bool new_field;
	int frames; /* alive */
	uint64_t last_key;
	uint64_t gone[64]; /* keys to be told of */
	int n_gone;
	int mapped;  /* layers whose pixels are looked at */
	int starved; /* a client had no buffer to draw into */
	int outputs_set, keymaps_set;
	char calls[4096];    /* what the core asked for, as text */
	char offer[2][1024]; /* types the core has offered last, joined by spaces */
	int offers[2];
	char reading[256]; /* the type that the core reads; "": none */
	int reading_fd;    /* to write it to; whoever takes it sets -1 */
};

/* Everything is delivered by the next oriel_mir_dispatch(), for which the core is woken. */
void fake_init(struct oriel_mir *fake, const struct oriel_mir_ops *ops, void *user);
void fake_finish(struct oriel_mir *fake);

/* A window with one layer of that size; ids count from 1. */
struct fake_window *fake_open(struct oriel_mir *fake, uint32_t id, uint32_t width, uint32_t height);
/* The description has been changed by the test. */
void fake_describe(struct oriel_mir *fake, struct fake_window *window);
void fake_close(struct oriel_mir *fake, struct fake_window *window);

/* Puts layer i into n buffers of that kind. */
void fake_share(struct fake_window *window, int i, enum fake_memory memory, int n);
/* The client destroys its buffers of layer i. */
void fake_drop_buffers(struct oriel_mir *fake, struct fake_window *window, int i);
/* What was to be fetched has come. */
void fake_fetch(struct oriel_mir *fake, struct fake_window *window);

/* Gives layer i a new buffer, black. */
void fake_resize(struct fake_window *window, int i, uint32_t width, uint32_t height);
/* Fills a rectangle of layer i and adds it to the damage. */
void fake_draw(struct fake_window *window, int i, struct oriel_rect rect, uint32_t colour);
/* Each pixel from its place and seed; damage is then "not known". */
void fake_paint(struct fake_window *window, int i, uint32_t seed);
uint32_t fake_colour(uint32_t x, uint32_t y, uint32_t seed);
void fake_commit(struct oriel_mir *fake, struct fake_window *window);
/* Opened, painted with its id as the seed, and committed. */
struct fake_window *fake_painted(
	struct oriel_mir *fake, uint32_t id, uint32_t width, uint32_t height);

void fake_ask(struct oriel_mir *fake, uint32_t window, uint8_t kind, uint32_t arg);
void fake_cursor(struct oriel_mir *fake, const struct oriel_mir_cursor *cursor);
/* What field points to must stay. */
void fake_text_input(struct oriel_mir *fake, const struct oriel_mir_text_input *field);

/* A program of the guest copies something: types, NULL-ended. */
void fake_copy(struct oriel_mir *fake, uint8_t selection, const char *const *types);
/* A program of the guest pastes what was offered. Returns the end to read from. */
int fake_paste(struct oriel_mir *fake, uint8_t selection, const char *type);

#endif
