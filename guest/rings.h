/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/*
 * The ring of each viewer: a part of a device that the virtual machine shares with its host, or a
 * memfd where the carrier passes file descriptors, or none: then pixels go inside messages.
 */
#ifndef ORIEL_GUEST_RINGS_H
#define ORIEL_GUEST_RINGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "guest/device.h"
#include "src/pixels/ring.h"
#include "src/wire/messages.h"

/* With less room than this even a row of the widest surface would not fit. */
#define ORIEL_RINGS_LEAST (ORIEL_MAX_SIDE * 4 * 8)

struct oriel_client;
struct oriel_core;

struct oriel_client_ring {
	struct oriel_ring *ring; /* NULL: pixels go inside messages */
	uint32_t id;
	size_t wanted;    /* bytes; 0: none, or no other than the present one */
	uint64_t retired; /* the last position in the ring before this one */
	/* Of memory; NULL: there is none, or it has been given up. */
	struct oriel_device *device;
	uint32_t region;
	uint64_t limit;            /* what of the device the viewer can read, bytes */
	struct oriel_range *range; /* where in the device the ring is; NULL: in a memfd */
};

/* The viewer can read this device: rings made from now on lie there, if it is found. */
void oriel_rings_offer(struct oriel_client *client, const struct oriel_wire_region *region);

/* The viewer's screens ask for a ring of so many bytes. */
void oriel_rings_want(struct oriel_client *client, size_t size);

/* Makes the ring that is wanted, or another one when its device is gone; only when the present one
 * is not in use. Call when something was read from it. */
void oriel_rings_renew(struct oriel_client *client);

/* Whether there is room for so many bytes of pixels, or enough to begin with. */
bool oriel_rings_room(const struct oriel_client *client, uint64_t bytes);

/* The viewer has read up to there. 0, or -EPROTO after oriel_client_fault(). */
int oriel_rings_release(struct oriel_client *client, uint64_t untrusted_position);

/* The device is gone: every viewer whose ring is there gets another one, and all content anew. */
void oriel_rings_lose(struct oriel_core *core, struct oriel_device *device);

/* Frees all; the viewer is gone. */
void oriel_rings_finish(struct oriel_client *client);

#endif
