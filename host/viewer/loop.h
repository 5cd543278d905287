/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/*
 * libuv and SDL on one thread, the main one. While it waits for SDL's events, a small thread
 * watches libuv's descriptor and wakes SDL with one event per batch; nobody polls, and with
 * nothing to do nothing wakes.
 */
#ifndef ORIEL_HOST_VIEWER_LOOP_H
#define ORIEL_HOST_VIEWER_LOOP_H

#include <SDL3/SDL.h>
#include <stdbool.h>
#include <stdint.h>
#include <uv.h>

struct oriel_loop {
	uv_loop_t uv;
	uint32_t event; /* type of the SDL event that says libuv has something to do */
	uv_thread_t thread;
	int commands[2];      /* pipe to the thread */
	bool armed;           /* the thread watches */
	uint64_t armed_until; /* ns; UINT64_MAX: for ever */
};

/* After SDL_Init(). 0 or -errno. */
int oriel_loop_init(struct oriel_loop *loop);

/* Closes what is still open in uv, without its callbacks' help. */
void oriel_loop_finish(struct oriel_loop *loop);

/* Runs what libuv has to do now; never waits. */
void oriel_loop_run(struct oriel_loop *loop);

/* Returns when SDL has an event or libuv something to do. */
void oriel_loop_wait(struct oriel_loop *loop);

/* To be called for each event of type `event`. */
void oriel_loop_woken(struct oriel_loop *loop);

#endif
