/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/*
 * Joins two carriers: what one reads the other writes. The second may come later; meanwhile the
 * first is read as far as that is kept (ORIEL_RELAY_HOLD), so that its end is noticed.
 *
 * What waits to be written is limited: an end whose other does not keep up is paused.
 */
#ifndef ORIEL_CARRIER_RELAY_H
#define ORIEL_CARRIER_RELAY_H

#include <sys/queue.h>

#include "src/carrier/carrier.h"

#define ORIEL_RELAY_HOLD (64 * 1024)

struct oriel_relay;

/* Bytes on their way to an end. */
struct oriel_relay_block {
	unsigned char *bytes;
	size_t size, capacity;
};

struct oriel_relay_end {
	struct oriel_relay *relay;
	struct oriel_carrier *carrier; /* NULL: not there yet, or no more */
	bool writing, paused, over;
	struct oriel_relay_block out, next; /* being written; after that */
};

struct oriel_relay {
	struct oriel_relay_end ends[2];
	/* Destroys the second carrier, whose other end is to hear the reason. */
	void (*close)(struct oriel_carrier *second, int error, const char *reason);
	/* Both ends are destroyed. The relay is the owner's to free. */
	void (*ended)(struct oriel_relay *relay);
	void *owner;
	int error; /* why it ended */
	char reason[256];
	TAILQ_ENTRY(oriel_relay) link; /* the owner's */
};

/* The zeroed relay's close, ended and owner are set. Takes and starts the first end. */
void oriel_relay_start(struct oriel_relay *relay, struct oriel_carrier *first);
/* Takes and starts the second. */
void oriel_relay_join(struct oriel_relay *relay, struct oriel_carrier *second);
/* Ends both at once, without ended(). */
void oriel_relay_finish(struct oriel_relay *relay, int error, const char *reason);

#endif
