/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/*
 * Going into the background: the process that was started waits until the one that stays says
 * that it is ready, or why it is not.
 */
#ifndef ORIEL_GUEST_DETACH_H
#define ORIEL_GUEST_DETACH_H

/* Forks; no threads may run yet. Returns -1 in the process that stays: a session of its own whose
 * standard error is the log file, $XDG_STATE_HOME/oriel/orield.log or next to socket. In the
 * other, returns the exit status, once that is known. */
int oriel_detach_start(const char *socket);

/* In the process that stays; without oriel_detach_start() nothing happens. Any thread. */
void oriel_detach_ready(void);
/* Not ready, and the process will end: reason is shown where orield was started. */
void oriel_detach_failed(const char *reason);

#endif
