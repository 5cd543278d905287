/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/*
 * Input and output of started programs. Real pipes, not the socket pairs that libuv makes by
 * itself: programs that open /dev/stdout would fail on those.
 */
#ifndef ORIEL_GUEST_LAUNCH_IO_H
#define ORIEL_GUEST_LAUNCH_IO_H

#include "guest/launch.h"

/* Input that may wait for a program that does not read; beyond that its input is closed. */
#define ORIEL_LAUNCH_INPUT_MAX (16 * 1024 * 1024)

/* Makes the three pipes; ret_fds are the program's ends. 0, or -errno and nothing is open. */
int oriel_launch_io_open(struct oriel_launch *launch, int ret_fds[3]);

/* Reads output, or stops reading. */
void oriel_launch_io_read(struct oriel_launch *launch, bool on);

/* Queues input; no bytes: the input ends there. */
void oriel_launch_io_write(struct oriel_launch *launch, const struct oriel_bytes *bytes);

/* Whether both outputs have ended. */
bool oriel_launch_io_ended(const struct oriel_launch *launch);

/* Closes a handle of a launch unless it is closing already. */
void oriel_launch_close(struct oriel_launch *launch, uv_handle_t *handle);

/* In launch.c: an output has ended. */
void oriel_launch_output_ended(struct oriel_launch *launch);

#endif
