/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/*
 * The least that showing a frame can cost on this machine: the figures that Oriel's are ratios of.
 */
#ifndef ORIEL_BENCH_LIMIT_H
#define ORIEL_BENCH_LIMIT_H

#include <stdint.h>
#include <sys/types.h>
#include <X11/Xlib.h>

struct limit;

/* Prepares a 1920x1080 window on the display, and a frame in ordinary and in shared memory. */
struct limit *limit_create(Display *display);
void limit_destroy(struct limit *limit);

/* Cost of one frame, mean of n: one memcpy into shared memory, one XShmPutImage. */
struct limit_cost {
	double client_ms; /* CPU of the copying process */
	double server_ms; /* CPU of the X server */
	double wall_ms;   /* until the server has done it */
};
struct limit_cost limit_frames(struct limit *limit, int n);

/* The display's own floor for one glyph: median wall ms of a 10x20 XShmPutImage, until done. */
double limit_glyph_ms(struct limit *limit, int n);

/* The process behind a display. */
pid_t limit_server(Display *display);

#endif
