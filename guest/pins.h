/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/*
 * The clients' buffers that are pinned in RAM, so that the host can read them where they are. A pin
 * belongs to no viewer: what one viewer may read of it is a loan (guest/loan.h). Pins stay until
 * the client's memory is gone or room is needed, as clients use the same few buffers in turn.
 */
#ifndef ORIEL_GUEST_PINS_H
#define ORIEL_GUEST_PINS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/queue.h>

#include "guest/mir/adapter.h"
#include "kernel/oriel_shm.h"
#include "src/wire/messages.h"

struct oriel_core;
struct oriel_loan;

struct oriel_pin {
	TAILQ_ENTRY(oriel_pin) by_use;
	struct oriel_core *core;
	uint64_t key;     /* of struct oriel_mir_memory */
	int refused;      /* -errno: it can't be pinned; 0: it is */
	uint64_t refusal; /* oriel_pins.unpinned at that time */
	uint64_t used_ms; /* loop time */
	bool gone;        /* the client's memory is: no later frame has it */
	uint32_t handle;
	uint64_t bytes;  /* pinned */
	uint64_t offset; /* bytes in the extents before the client's memory */
	uint32_t n_extents;
	struct oriel_shm_extent *extents;
	LIST_HEAD(, oriel_loan) loans;
};

struct oriel_pins {
	int users; /* viewers that can read RAM; 0: nothing is open */
	int fd;
	TAILQ_HEAD(oriel_pin_list, oriel_pin) list; /* used last first */
	int n;
	uint64_t bytes, unpinned;
	/* What is kept at most; what was used in the last keep_ms is not given up for others. */
	int max_n;
	uint64_t max_bytes, keep_ms;
	/* A page that the host has to find before it is trusted to find others. */
	uint8_t *probe;
	uint64_t probe_address; /* guest-physical */
};

void oriel_pins_init(struct oriel_core *core);

/* For one more viewer. 0, or -errno and one line that says what is wrong and what to do. */
int oriel_pins_open(struct oriel_core *core, char *error, size_t error_size);
/* For one viewer less, whose loans are gone; the last unpins all. */
void oriel_pins_close(struct oriel_core *core);

/* The pin of a client's memory, which is pinned when it was not. NULL: it can't be, or not now. */
struct oriel_pin *oriel_pins_get(struct oriel_core *core, const struct oriel_mir_memory *memory);

/* Unpins what is of no use any more; call when a loan of it has ended. */
void oriel_pins_tidy(struct oriel_pin *pin);

/* No later frame has memory of this key. */
void oriel_pins_gone(struct oriel_core *core, uint64_t key);

#endif
