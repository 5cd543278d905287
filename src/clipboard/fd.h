/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/*
 * Flows from and to file descriptors, which are pipes or sockets that a program holds the other end
 * of. Nothing blocks, whatever that program does.
 */
#ifndef ORIEL_CLIPBOARD_FD_H
#define ORIEL_CLIPBOARD_FD_H

#include "src/clipboard/flow.h"

/* Produces what is read from fd up to its end. Takes fd. */
void oriel_flow_read_fd(struct oriel_flow *flow, uv_loop_t *loop, int fd);

/* A flow whose content is written to fd; takes fd. what is for the log line of a failure, borrowed
 * for ever. NULL: fd can't be used, or no memory. */
struct oriel_flow *oriel_flow_write_fd(uv_loop_t *loop, int fd, const char *what);

/* A flow whose content is collected: done() gets it with its size, and it becomes the callee's
 * (free it); NULL data: it failed, error says why. More than max bytes fail. */
struct oriel_flow *oriel_flow_collect(uv_loop_t *loop, size_t max,
	void (*done)(void *user, void *data, size_t size, const char *error), void *user);

#endif
