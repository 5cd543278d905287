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

/* A texture of the test's viewer: content of one layer. */
struct texture {
	uint32_t id, width, height;
	uint32_t *pixels;
};

struct peer {
	struct world *world;
	struct oriel_link *link;
	struct oriel_ring *ring;
	struct oriel_codec *codec;
	bool ready, closed;
	int error;
	char reason[512];
	/* What the viewer does with frames: answer at once (the default), or keep for later. */
	bool hold;
	/* What came. */
	int frames, parts, rings, windows, gone, cursors, icons, requests;
	uint64_t pixels;                /* sum of rectangles */
	struct oriel_msg_frame last;    /* without data */
	struct oriel_msg_window window; /* the last one, without strings */
	uint32_t shown[64];             /* ids of windows that are there, 0: free */
	struct texture textures[256];
	uint32_t asked, answered; /* stats */
	struct oriel_msg_request request;
	char output[2][300000];
	size_t n_output[2];
	int exits;
	uint32_t exit_status;
	char exit_reason[512];
};

struct world *world_create(void);
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
/* The same with a screen of 1280x800. */
struct peer *peer_viewer(struct world *world, enum oriel_role role, bool ring);
void peer_destroy(struct peer *peer);

void peer_send(struct peer *peer, const struct oriel_msg *msg);
void peer_outputs(struct peer *peer, uint32_t width, uint32_t height);
void peer_presented(struct peer *peer, uint32_t window, uint32_t serial);
void peer_consumed(struct peer *peer);
/* Returns when the core has handled all that was sent, and all it sent has come. */
void peer_sync(struct peer *peer);
bool peer_shows(const struct peer *peer, uint32_t window);
/* The content of a layer; the test fails when there is none. */
const struct texture *peer_texture(const struct peer *peer, uint32_t layer);
/* Whether it is what fake_paint() made with that seed. */
bool peer_painted(const struct peer *peer, uint32_t layer, uint32_t seed);

/* A viewer without a loop: a socket whose other end the core serves; it has said hello. Whether
 * it reads is the test's affair. */
int deaf_connect(struct world *world, enum oriel_role role);
void deaf_send(int fd, const struct oriel_msg *msg);

/* Starts a program: arguments, NULL last. */
void peer_launch(struct peer *peer, uint64_t launch, ...);

#endif
