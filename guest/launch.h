/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/*
 * Programs that viewers start. Each is a session of its own. Its output goes to its viewer, no
 * faster than the link takes it; once the viewer is gone, it is read and dropped, so that the
 * program neither blocks nor dies of it. The record of a launch stays until its viewer is gone and
 * its processes have closed their output: windows may come late, from a child.
 */
#ifndef ORIEL_GUEST_LAUNCH_H
#define ORIEL_GUEST_LAUNCH_H

#include "guest/client.h"

/* Launches that one orield remembers. */
#define ORIEL_LAUNCHES 4096

struct oriel_launch {
	TAILQ_ENTRY(oriel_launch) all;
	struct oriel_core *core;
	struct oriel_client *client; /* NULL: gone */
	uint64_t id;                 /* as the client calls it */
	uint64_t number;             /* unique in this orield; in the environment as ORIEL_LAUNCH */
	uv_process_t process;
	uv_pipe_t input, output[2]; /* output: 1 and 2 */
	uv_timer_t linger;          /* after the exit: waits for the rest of the output */
	int n_open;                 /* handles not closed yet */
	bool running, reading, told_exit;
	bool heard; /* output has come since linger ran last */
	uint32_t status;
};

/* Messages. */
void oriel_launch_start(struct oriel_client *client, const struct oriel_msg_launch *msg);
void oriel_launch_input(struct oriel_client *client, const struct oriel_msg_launch_input *msg);
void oriel_launch_signal(struct oriel_client *client, const struct oriel_msg_launch_signal *msg);

/* The client's link is not congested any more. */
void oriel_launch_drained(struct oriel_client *client);
/* The client is going. */
void oriel_launch_leave(struct oriel_client *client);

/* NULL: no such launch. */
struct oriel_launch *oriel_launch_find(const struct oriel_core *core, uint64_t number);
/* The launch that a process belongs to: by ORIEL_LAUNCH in its environment or in that of the
 * processes above it. 0: none. */
uint64_t oriel_launch_of_process(const struct oriel_core *core, pid_t pid);

/* Sends signal (0: none) to every program that runs; returns how many there are. */
int oriel_launch_signal_all(struct oriel_core *core, int signal);
/* Closes all handles. */
void oriel_launch_close_all(struct oriel_core *core);

#endif
