/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/*
 * Messages made from the protocol's table, for tests, golden vectors and fuzz corpora. The same
 * arguments give the same message on every machine. One thread.
 */
#ifndef ORIEL_TESTS_WIRE_SAMPLE_H
#define ORIEL_TESTS_WIRE_SAMPLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "src/wire/table.h"
#include "src/wire/wire.h"

/* Before a block: for each type of message that there is. */
#define SAMPLE_EACH_TYPE(type) \
	for (uint16_t type = 0; type < oriel_wire_n_types; type++) \
		if (oriel_wire_message(type))

enum sample_mode {
	SAMPLE_MIN,    /* smallest numbers, everything else empty */
	SAMPLE_MAX,    /* largest numbers, everything else as long as its limit */
	SAMPLE_FULL,   /* random numbers, lists full, texts and bytes short */
	SAMPLE_SMALL,  /* random numbers, at most two items, texts and bytes short */
	SAMPLE_RANDOM, /* all random, within the limits of the fields */
};

/* splitmix64 (Vigna, public domain); *state is the seed and changes. */
uint64_t sample_random(uint64_t *state);

/* Fills msg; type must be known. Texts and bytes live as long as the program. */
void sample_fill(uint16_t type, enum sample_mode mode, uint64_t seed, struct oriel_msg *msg);

/* Encodes msg into a new block of just its size; free() it. NULL when it can't be encoded. */
uint8_t *sample_encode(const struct oriel_msg *msg, size_t *ret_size);

/* Which side reads the type. */
enum oriel_wire_side sample_reader(uint16_t type);

/* Whether both say the same, whatever their unused memory holds. */
bool sample_equal(const struct oriel_msg *a, const struct oriel_msg *b);

/* One field of a filled message. */
struct sample_spot {
	const struct oriel_wire_field *field;
	void *base;  /* C struct in the message that holds it */
	size_t at;   /* its place in the payload, of the length for STR, BYTES, LIST */
	size_t size; /* its bytes in the payload, with length and items */
};

/* Lists the fields of msg, items first, then their LIST. Returns how many there are, at most max;
 * *ret_size is the size of the payload, found without the encoder. */
size_t sample_spots(struct oriel_msg *msg, struct sample_spot *spots, size_t max, size_t *ret_size);

#endif
