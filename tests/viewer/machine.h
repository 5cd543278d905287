/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/*
 * The memory of a virtual machine without the machine: a device and RAM, each a sparse file in a
 * folder of the test's, and a guest's doings with them. A failure ends the test.
 *
 * RAM has a hole below 4 GiB, as PCs have. Buffers lie in pages of both parts in random order.
 */
#ifndef ORIEL_TESTS_VIEWER_MACHINE_H
#define ORIEL_TESTS_VIEWER_MACHINE_H

#include "tests/viewer/guest.h"
#include "tests/viewer/machine_layout.h"

/* Ids of the viewer's regions, which come in this order. */
enum { MACHINE_DEVICE_REGION = 1, MACHINE_RAM_REGION = 2 };

struct machine {
	char folder[64];
	uint8_t *device, *ram; /* mapped */
	uint32_t *pages;       /* of RAM, in random order; those from `used` on are free */
	uint32_t used;
};

/* A client's buffer. */
struct machine_buffer {
	struct oriel_msg_buffer msg;
	uint32_t *pages; /* that it lies in */
};

void machine_start(struct machine *machine);
void machine_stop(struct machine *machine); /* fine when it is stopped */
/* Other files in the places of the first. */
void machine_renew(struct machine *machine);

/* Takes a part of the device for the guest's ring, in place of the one it has. */
void machine_ring(struct machine *machine, struct guest *guest, uint64_t offset, uint32_t size);

/* Asks whether the viewer finds RAM; returns its answer. */
bool machine_probe(struct machine *machine, struct guest *guest);

/* A buffer in pages of RAM: start bytes, rows of width pixels stride bytes apart. Zero at first. */
struct machine_buffer *machine_buffer(struct machine *machine, uint32_t id, uint32_t width,
	uint32_t height, uint32_t start, uint32_t stride);
/* Its message. */
void machine_register(struct guest *guest, const struct machine_buffer *buffer);
/* The client draws: rows of width pixels, packed. */
void machine_draw(
	struct machine *machine, const struct machine_buffer *buffer, const uint32_t *image);
void machine_buffer_free(struct machine_buffer *buffer);

/* Where a page of RAM is for the guest. */
uint64_t machine_address(uint32_t page);

#endif
