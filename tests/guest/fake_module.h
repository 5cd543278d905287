/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/*
 * A kernel module whose devices are plain files, and whose guest-physical addresses are those of
 * this process. Pages follow each other in no extent, so that every buffer is in pieces.
 */
#ifndef ORIEL_TESTS_GUEST_FAKE_MODULE_H
#define ORIEL_TESTS_GUEST_FAKE_MODULE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "guest/module.h"

#define FAKE_PINS 8192

struct fake_module {
	char folder[64]; /* of the nodes */
	/* What the calls answer; 0: as they should. */
	int info_error, copy_error, pin_error;
	uint32_t version;
	int copies, copied_rects, pins, unpins; /* calls that went well */
	int n_pinned;
	struct fake_pin {
		uint32_t handle; /* 0: free */
		uintptr_t address;
		size_t size;
		bool mapped; /* by us: a DMA-BUF */
	} pinned[FAKE_PINS];
};

extern struct fake_module fake_module;
extern const struct oriel_module fake_module_ops;

/* For the setup of a test: begins anew with an empty folder. */
int fake_module_begin(void **state);
/* For its teardown: removes the folder; the test fails when something is still pinned. */
int fake_module_end(void **state);

/* Adds folder/name: a device with that token in all its bytes, as a host prepares it. */
void fake_module_add(const char *name, size_t size, uint8_t token);
/* Adds folder/oriel_ram. */
void fake_module_add_ram(void);
/* Makes the bytes behind that place go away, as when the module is unbound. */
void fake_module_cut(const char *name, size_t size);
void fake_module_path(const char *name, char *path, size_t size);

/* The bytes at a guest-physical place; the test fails when that is not pinned. */
const void *fake_module_ram(uint64_t address, uint64_t size);

#endif
