/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/*
 * Where in a message a walk over its table is, to name the place of a fault:
 * "frame.rects[3].width: 0 is not in 1 to 16384".
 */
#ifndef ORIEL_WIRE_PLACE_H
#define ORIEL_WIRE_PLACE_H

#include <stdint.h>

#include "src/wire/table.h"

struct oriel_wire_place {
	const struct oriel_wire_struct *message;
	const struct oriel_wire_field *list; /* whose item the walk is in; NULL: in none */
	uint32_t index;                      /* of that item */
};

/* The reason of the last fault of this thread. */
const char *oriel_wire_reason(void);

/* Sets the reason to a text without a place. */
void oriel_wire_fault_text(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Sets the reason: place, field (NULL: the message as a whole), text. */
void oriel_wire_fault_at(const struct oriel_wire_place *place, const struct oriel_wire_field *field,
	const char *format, ...) __attribute__((format(printf, 3, 4)));

/* Sets the reason: a number is out of range. */
void oriel_wire_fault_range(
	const struct oriel_wire_place *place, const struct oriel_wire_field *field, uint64_t value);

#endif
