/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/*
 * A connection to the user's session bus (D-Bus) on a uv_loop, of whose thread all this is. Nothing
 * here waits for the bus: calls are sd-bus' asynchronous ones, and their callbacks come from the
 * loop.
 */
#ifndef ORIEL_BUS_BUS_H
#define ORIEL_BUS_BUS_H

#include <systemd/sd-bus.h>
#include <uv.h>

struct oriel_bus;

/* Connects to the bus that the environment names; whether it answers shows later. lost is called
 * from the loop, once, when the connection has failed or ended, and may close it.
 * 0 or -errno: there is no bus. */
int oriel_bus_open(uv_loop_t *loop, void (*lost)(void *user, int error), void *user,
	struct oriel_bus **ret_bus);

/* Its slots are to be released before. The loop has to turn once more. NULL is fine. */
void oriel_bus_close(struct oriel_bus *bus);

/* Borrowed; for calls of sd_bus_*() that don't wait. */
sd_bus *oriel_bus_sd(struct oriel_bus *bus);

/* To be called after those, outside of sd-bus' callbacks: what they have queued leaves. */
void oriel_bus_flush(struct oriel_bus *bus);

#endif
