/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/*
 * TARGET of the command line: where the guest is and how to get a byte stream to its orield.
 *
 *   local            this machine; starts orield when there is none (Linux)
 *   unix:PATH        a socket
 *   tcp:HOST:PORT    loopback only; token from --token-file
 *   exec:COMMAND     standard input and output of a shell command
 *   ssh:HOST[:PORT]  exec of: ssh HOST orield --stdio; HOST may be USER@NAME
 */
#ifndef ORIEL_HOST_TARGET_TARGET_H
#define ORIEL_HOST_TARGET_TARGET_H

#include "src/carrier/carrier.h"

struct oriel_target;

/* Parses text. 0; -EINVAL with one line for people that says what would be right in error. */
int oriel_target_parse(
	const char *text, struct oriel_target **ret_target, char *error, size_t error_size);

/* Opens a byte stream. Blocks while local starts orield, which it does only when this target was
 * never open before: who reconnects waits for somebody else to start it. 0 or -errno with one
 * line for people, which says what to do, in error. */
int oriel_target_open(struct oriel_target *target, uv_loop_t *loop,
	struct oriel_carrier **ret_carrier, char *error, size_t error_size);

const char *oriel_target_name(const struct oriel_target *target);
void oriel_target_destroy(struct oriel_target *target); /* NULL is fine */

#endif
