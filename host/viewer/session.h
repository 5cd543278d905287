/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/*
 * The link to the guest: connecting, handing messages to who they are for, and the end. A message
 * that breaks the protocol closes the link with the reason; the viewer itself goes on.
 */
#ifndef ORIEL_HOST_VIEWER_SESSION_H
#define ORIEL_HOST_VIEWER_SESSION_H

#include "host/viewer/state.h"

/* Opens a carrier and a link on it. 0, or -errno that the user has been told. */
int oriel_session_connect(struct oriel_viewer *viewer);

/* Sends viewer->out, which the caller has filled in; nothing happens without a link. */
void oriel_session_send(struct oriel_viewer *viewer);

/* The guest broke the protocol. */
void oriel_session_fault(struct oriel_viewer *viewer, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* The viewer failed. */
void oriel_session_fail(struct oriel_viewer *viewer, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* Says bye and lets go. */
void oriel_session_disconnect(struct oriel_viewer *viewer);

#endif
