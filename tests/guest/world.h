/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/*
 * A core with a fake Mir below it and viewers of the tests above it, all on one loop.
 */
#ifndef ORIEL_TESTS_GUEST_WORLD_H
#define ORIEL_TESTS_GUEST_WORLD_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka needs those before it */
#include <cmocka.h>

#include "guest/core.h"
#include "src/link/link.h"
#include "src/pixels/codec.h"
#include "src/pixels/ring.h"
#include "tests/guest/fake_mir.h"

struct world {
	uv_loop_t loop;
	uv_timer_t tick; /* keeps the loop turning while a test waits */
	struct oriel_core core;
	struct oriel_mir mir;
	bool started, stopping;
};

/* A buffer that the viewer was told of. */
struct peer_buffer {
	struct peer_buffer *next;
	struct oriel_wire_extent *extents;
	struct oriel_msg_buffer msg; /* without extents */
};

/* A texture of the test's viewer: content of one layer. */
struct texture {
	uint32_t id, width, height;
	uint32_t *pixels;
};

/* What of a virtual machine's RAM a viewer reads. */
enum peer_ram {
	PEER_NO_RAM,
	PEER_RAM,
	PEER_WRONG_RAM, /* it is not where it should be */
};

struct peer {
	struct world *world;
	struct oriel_link *link;
	struct oriel_ring *ring;
	struct oriel_codec *codec;
	/* A virtual machine's memory. */
	const char *device; /* name of the node that rings come in */
	uint8_t *device_memory;
	size_t device_size;
	struct oriel_msg_ring_at ring_at; /* the last one */
	struct peer_buffer *buffers;
	struct oriel_wire_extent *early; /* of the buffer that comes next */
	uint32_t n_early;
	int rings_at, probes, n_buffers, buffers_gone, lent; /* lent: rectangles in buffers */
	bool unplugged; /* the device is gone: what is in the ring is not looked at */
	enum peer_ram ram;
	bool mute; /* does not answer host_stats_get */
	int host_asked;
	uint32_t host_question;
	struct { /* of the last stats, those that tests ask for */
		char name[64];
		uint64_t value;
	} counters[ORIEL_MAX_STATS];
	uint32_t n_counters;
	bool ready, closed;
	int error;
	char reason[512];
	/* What the viewer does with frames: answer at once (the default), or keep for later. */
	bool hold;
	/* Gets messages that nothing here knows; NULL: nobody. */
	void (*other)(struct peer *peer, const struct oriel_msg *msg);
	void *user;
	/* What came. */
	int frames, parts, rings, windows, gone, cursors, icons, requests;
	uint64_t pixels;                /* sum of rectangles */
	struct oriel_msg_frame last;    /* without data */
	struct oriel_msg_window window; /* the last one, without strings */
	uint32_t shown[64];             /* ids of windows that are there, 0: free */
	struct texture textures[256];
	uint32_t asked, answered; /* stats */
	struct oriel_msg_request request;
	int fields;                        /* messages about text fields */
	struct oriel_msg_text_input field; /* the last one, its text below */
	char surrounding[ORIEL_MAX_TEXT + 1];
	char output[2][300000];
	size_t n_output[2];
	int exits;
	uint32_t exit_status;
	char exit_reason[512];
};

struct world *world_create(void);
/* The same, in a virtual machine with the fake module. */
struct world *world_create_vm(void);
/* Whether the core has said this, as it does once. */
bool world_was_told(const struct world *world, enum oriel_core_told what);
/* Stops the core as SIGTERM would, and checks that nothing is left. */
void world_destroy(struct world *world);

/* The process started last. */
pid_t world_last_pid(const struct world *world);

/* Turns the loop until the condition holds; the test fails when that never comes. */
#define world_until(world, condition) \
	do { \
		uint64_t start_ = uv_hrtime(); \
		while (!(condition)) { \
			uv_run(&(world)->loop, UV_RUN_ONCE); \
			if (uv_hrtime() - start_ > WORLD_HANGS) \
				fail_msg("never: %s", #condition); \
		} \
	} while (0)
/* ns; far beyond what anything takes on the slowest machine */
#define WORLD_HANGS (60ull * 1000000000)

/* Connects; ring: over a unix socket, else through the pair carrier. Returns when it is ready;
 * screens are not told yet. */
struct peer *peer_connect(struct world *world, enum oriel_role role, bool ring);
/* The same, a viewer that knows nothing of text fields. */
struct peer *peer_connect_without_text(struct world *world);
/* As peer_connect(), with a screen of 1280x800. */
struct peer *peer_viewer(struct world *world, enum oriel_role role, bool ring);
/* A viewer that is attached and reads a machine's memory, without any file descriptors: device is
 * the name of a node of the fake module with tokens of that byte, or NULL. width 0: the test tells
 * memory and outputs itself. */
struct peer *peer_in_vm(struct world *world, const char *device, uint8_t token, enum peer_ram ram,
	uint32_t width, uint32_t height);
/* An attached viewer with FEATURE_CLIPBOARD, and with a screen. */
struct peer *peer_sharing(struct world *world);
void peer_destroy(struct peer *peer);

void peer_send(struct peer *peer, const struct oriel_msg *msg);
void peer_outputs(struct peer *peer, uint32_t width, uint32_t height);
void peer_presented(struct peer *peer, uint32_t window, uint32_t serial);
void peer_consumed(struct peer *peer);
/* Returns when the core has handled all that was sent, and all it sent has come. */
void peer_sync(struct peer *peer);
/* Of the last stats; the test fails when it is not there. */
uint64_t peer_counter(const struct peer *peer, const char *name);
/* Looks again at the last frame's rectangles: what is shown must not have changed since. */
void peer_look_again(struct peer *peer);
bool peer_shows(const struct peer *peer, uint32_t window);
/* The content of a layer; the test fails when there is none. */
const struct texture *peer_texture(const struct peer *peer, uint32_t layer);
/* Whether it is what fake_paint() made with that seed. */
bool peer_painted(const struct peer *peer, uint32_t layer, uint32_t seed);
/* Shows a window of that id to the peer, and looks at every pixel. */
struct fake_window *peer_show(struct peer *peer, uint32_t id, uint32_t width, uint32_t height);

/* A viewer without a loop: a socket whose other end the core serves; it has said hello. Whether
 * it reads is the test's affair. */
int deaf_connect(struct world *world, enum oriel_role role);
void deaf_send(int fd, const struct oriel_msg *msg);

/* Starts a program: arguments, NULL last. */
void peer_launch(struct peer *peer, uint64_t launch, ...);

#endif
