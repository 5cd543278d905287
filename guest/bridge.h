/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/*
 * orield --stdio: a bridge from standard input and output to the orield of this user, so that
 * "ssh HOST orield --stdio" gives a session that survives the connection.
 */
#ifndef ORIEL_GUEST_BRIDGE_H
#define ORIEL_GUEST_BRIDGE_H

#include "guest/options.h"

/* Returns the exit status when one side has ended. */
int oriel_bridge_run(const struct oriel_options *options, const char *socket);

#endif
