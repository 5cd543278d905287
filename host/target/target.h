/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/*
 * TARGET of the command line: where the guest is and how to get a byte stream to its orield.
 *
 *   local            this machine; starts orield when there is none (Linux)
 *   unix:PATH        a socket
 *   tcp:HOST:PORT    loopback only; token from --token-file
 *   exec:COMMAND     standard input and output of a shell command
 *   ssh:HOST[:PORT]  exec of: ssh HOST orield --stdio; HOST may be USER@NAME
 *   qemu:NAME        a virtual machine that oriel up has started
 *   vsock:CID:PORT   another one, through AF_VSOCK (Linux)
 *   vsock-unix:PATH:PORT  another one, through its monitor's unix socket for vsock
 */
#ifndef ORIEL_HOST_TARGET_TARGET_H
#define ORIEL_HOST_TARGET_TARGET_H

#include "src/carrier/carrier.h"
#include "src/pixels/region.h"

struct oriel_target;

/* Parses text. 0; -EINVAL with one line for people that says what would be right in error. */
int oriel_target_parse(
	const char *text, struct oriel_target **ret_target, char *error, size_t error_size);

/* Opens a byte stream. Blocks while local starts orield, which it does only when this target was
 * never open before: who reconnects waits for somebody else to start it. 0 or -errno with one
 * line for people, which says what to do, in error. */
int oriel_target_open(struct oriel_target *target, uv_loop_t *loop,
	struct oriel_carrier **ret_carrier, char *error, size_t error_size);

/* What of the guest's memory can be mapped here; call it after each successful open. *ret_sources
 * is the target's, valid until the next open or destroy; *ret_n is 0 for what is no virtual
 * machine. 0 or -errno: then there is none. */
int oriel_target_memory(
	struct oriel_target *target, const struct oriel_region_source **ret_sources, int *ret_n);

const char *oriel_target_name(const struct oriel_target *target);
void oriel_target_destroy(struct oriel_target *target); /* NULL is fine */

#endif
