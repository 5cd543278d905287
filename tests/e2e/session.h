/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/*
 * The guest and the host of one test: an orield with folders of its own, viewers, and clients.
 */
#ifndef ORIEL_TESTS_E2E_SESSION_H
#define ORIEL_TESTS_E2E_SESSION_H

#include <stdint.h>

#include "tests/e2e/process.h"

/* Makes new folders (XDG_RUNTIME_DIR, HOME), points the environment at them, starts orield
 * there, and waits until it answers. */
void session_start(void);
/* Ends viewer and orield; clients are others' to end. */
void session_stop(void);

extern struct process *orield, *viewer;

/* Talks to an orield that others have started: this is its socket. */
void session_use(const char *socket);
/* Starts orield (again) in the folders that are there. */
void session_start_orield(void);
/* Starts `oriel attach`; the second one with more options, NULL-ended. */
void session_attach(void);
void session_attach_with(const char *option, ...) __attribute__((sentinel));
/* Path of the socket, and the same as a TARGET. */
const char *session_socket(void);
const char *session_socket_target(void);

/* Starts a program as a client of orield; X programs get the DISPLAY of its Xwayland. */
struct process *session_client(const char *name, ...) __attribute__((sentinel));
struct process *session_x_client(const char *name, ...) __attribute__((sentinel));
/* A pattern client that has run its first command. */
struct process *session_pattern(const char *command);

/* A counter of orield. Fails when there is none of that name. */
uint64_t session_counter(const char *name);

#endif
