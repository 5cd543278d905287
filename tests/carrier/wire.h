/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/*
 * A pipe in each direction that outlives the carriers at its ends, as a serial port does: what one
 * has written lies there for whoever reads next, also after its writer has gone.
 */
#ifndef ORIEL_TESTS_WIRE_H
#define ORIEL_TESTS_WIRE_H

#include "src/carrier/carrier.h"

struct wire_pipe {
	unsigned char *bytes;
	size_t size, capacity;
	size_t written; /* ever */
	size_t limit;   /* of written: what comes after it vanishes, as with a dying writer */
};

struct wire_end;

struct wire {
	uv_loop_t *loop;
	size_t piece;              /* bytes delivered at once; 0: all */
	struct wire_pipe pipes[2]; /* [i]: read by end i */
	struct wire_end *ends[2];
};

/* The carrier of an end: 0 or 1. The one before has been destroyed. */
struct oriel_carrier *wire_attach(struct wire *wire, int end);
/* Puts bytes into what this end reads. */
void wire_inject(struct wire *wire, int end, const void *bytes, size_t size);
/* Nothing more can be had from the end that is attached: closed() comes. */
void wire_hang_up(struct wire *wire, int end);
void wire_finish(struct wire *wire);

#endif
