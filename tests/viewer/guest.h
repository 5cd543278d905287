/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/*
 * A guest for a viewer that runs as a process of its own: sends windows and frames, and keeps what
 * comes back. A failure ends the test.
 */
#ifndef ORIEL_TESTS_VIEWER_GUEST_H
#define ORIEL_TESTS_VIEWER_GUEST_H

// clang-format off
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
// clang-format on
#include "src/link/link.h"
#include "src/pixels/ring.h"
#include "tests/viewer/x.h"

struct guest_options {
	const char *present;        /* NULL: "surface" */
	double scale;               /* 0: 1 */
	const char *layout;         /* NULL: the host's */
	const char *keys;           /* a number of enum oriel_keys; NULL: "0", as they are */
	const char *grab;           /* of the host's shortcuts: "allow", "always"; NULL: no */
	const char *const *program; /* NULL: role attach */
	int stdin_fd, stdout_fd;    /* 0: /dev/null, and ours */
	bool clipboard;             /* has FEATURE_CLIPBOARD */
	bool no_ring;
	/* A machine's folder (machine.h) that the viewer may read; NULL: none */
	const char *memory;
	/* Gets our end of another link for the viewer, which it waits for when it has lost the
	 * first: for guest_next(). NULL: it ends then */
	int *next;
};

struct guest {
	uv_loop_t loop;
	struct oriel_link *link;
	struct oriel_ring *ring;
	pid_t viewer;
	bool ready, closed;
	int error;
	enum oriel_error code;
	char reason[512];
	char layout[64], variant[64], options[64]; /* of the last keymap */
	struct oriel_msg **messages; /* all that came; strings and bytes in them are gone */
	size_t n_messages, seen;     /* `seen`: what guest_expect() has looked at */
	char token[16];              /* of the device that the viewer has told of */
	char input[256];             /* last launch_input */
	size_t input_size;
	char text[1024]; /* what came as text: "commit;", "[preedit begin end];" */
	uint32_t serial;
};

/* Starts the viewer and comes back when it has said hello, screens and keymap. */
void guest_start(struct guest *guest, const struct guest_options *options);

/* The viewer has lost a guest that was started with options.next, or is about to: the same viewer's
 * next guest. fd is what options.next got. The old guest is released. */
void guest_next(
	struct guest *guest, struct guest *old, int fd, const struct guest_options *options);

/* Ends the link and the viewer; returns its exit status, 128 + signal when it was killed. */
int guest_stop(struct guest *guest);
/* Waits till the viewer has ended by itself. */
int guest_wait_end(struct guest *guest);

/* A teardown for tests: ends the viewer that a failed test has left. */
int guest_teardown(void **state);

void guest_send(struct guest *guest, const struct oriel_msg *msg);

/* Handles what has come, for about ms. */
void guest_pump(struct guest *guest, int ms);

/* Waits for a message of a type that satisfies match (NULL: any), among those that have not been
 * looked at; what is before it is passed over. */
typedef bool (*guest_match)(const struct oriel_msg *msg, void *user);
const struct oriel_msg *guest_expect(
	struct guest *guest, enum oriel_msg_type type, guest_match match, void *user);

/* The same from message *from on, which it counts up; what guest_expect() sees stays as it is. */
const struct oriel_msg *guest_await(
	struct guest *guest, enum oriel_msg_type type, guest_match match, void *user, size_t *from);

/* Whether such a message has come and was not passed over; waits for ms. */
bool guest_has(
	struct guest *guest, enum oriel_msg_type type, guest_match match, void *user, int ms);

/* Forgets what has come. */
void guest_forget(struct guest *guest);

/* Matches on one field; user is a pointer to it. */
bool guest_is_window(const struct oriel_msg *msg, void *window);

/* Windows -------------------------------------------------------------------------------- */

struct guest_window {
	uint32_t id, parent, flags;
	uint8_t kind, state;
	int32_t x, y;
	uint32_t width, height, min_width, min_height, max_width, max_height;
	const char *title, *app_id;
};

#define GUEST_DECORATED (ORIEL_WINDOW_DECORATED | ORIEL_WINDOW_RESIZABLE | ORIEL_WINDOW_FOCUSABLE)
#define GUEST_BARE (ORIEL_WINDOW_RESIZABLE | ORIEL_WINDOW_FOCUSABLE)

void guest_describe(struct guest *guest, const struct guest_window *window);
void guest_gone(struct guest *guest, uint32_t window);

/* Frames --------------------------------------------------------------------------------- */

/* A test pattern: every pixel from its place and a seed; alpha is 0xff. */
uint32_t guest_pattern(uint32_t seed, uint32_t x, uint32_t y);

/* An image of the pattern, owned by the caller. */
uint32_t *guest_image(uint32_t seed, uint32_t width, uint32_t height);

struct guest_layer {
	uint32_t id;
	uint8_t format, transform;
	int32_t x, y;
	uint32_t width, height; /* shown size; 0: that of the image */
	const uint32_t *image;
	uint32_t image_width, image_height;
	double src_x, src_y, src_width, src_height; /* 0: whole image */
	/* Changed parts; n 0: everything, -1: nothing */
	const struct x_rect *damage;
	int n;
	uint8_t encoding; /* RING, RAW or BUFFER */
	uint32_t buffer;  /* BUFFER: where the image is */
};

/* Sends one frame, and returns its serial. */
uint32_t guest_frame(struct guest *guest, uint32_t window, uint32_t width, uint32_t height,
	const struct guest_layer *layers, int n);

/* The same, and waits till it is presented. */
void guest_show(struct guest *guest, uint32_t window, uint32_t width, uint32_t height,
	const struct guest_layer *layers, int n);

/* Describes a toplevel and shows the pattern in it, one opaque layer. */
void guest_open(struct guest *guest, const struct guest_window *window, uint32_t seed);

#endif
