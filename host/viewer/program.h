/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/*
 * The program that an owning viewer starts in the guest: our standard input goes to it, its output
 * comes to ours, and so do signals and its exit status. Neither end is read faster than the other
 * takes it.
 */
#ifndef ORIEL_HOST_VIEWER_PROGRAM_H
#define ORIEL_HOST_VIEWER_PROGRAM_H

#include <stdbool.h>
#include <stdint.h>
#include <uv.h>

#include "host/viewer/sink.h"
#include "src/wire/messages.h"

struct oriel_viewer;

struct oriel_program {
	uint64_t launch; /* 0: none was started on this link */
	bool running, exited;
	int status;
	bool ended;  /* of our standard input; or it can't be read */
	bool polled; /* standard input is in the loop: as `poll`, or `idle` for files */
	bool reading;
	uv_poll_t poll;
	uv_idle_t idle;
	struct oriel_sink out, error;
};

/* Sends the launch of the options and starts reading standard input. */
void oriel_program_start(struct oriel_viewer *viewer);

/* 0; -EPROTO with the fault in *ret_reason (static). */
int oriel_program_output(struct oriel_viewer *viewer, const struct oriel_msg_launch_output *msg,
	const char **ret_reason);
int oriel_program_exit(struct oriel_viewer *viewer, const struct oriel_msg_launch_exit *msg,
	const char **ret_reason);

/* Passes a signal on; false: there is no program to get it. */
bool oriel_program_signal(struct oriel_viewer *viewer, int signal);

/* The link can take more. */
void oriel_program_drained(struct oriel_viewer *viewer);

/* The link is lost; the program goes on without us. */
void oriel_program_lose(struct oriel_viewer *viewer);

/* Writes out what is left of the output; waits for who reads it. */
void oriel_program_finish(struct oriel_viewer *viewer);

#endif
