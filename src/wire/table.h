/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/*
 * protocol/messages.def as data: one table per message and per item of a list. Decoder, encoder
 * and dump walk these tables, and so do the tests; nothing outside src/wire/ and the tests needs
 * them. All of it is constant; any thread.
 */
#ifndef ORIEL_WIRE_TABLE_H
#define ORIEL_WIRE_TABLE_H

#include <stdbool.h>
#include <stdint.h>

enum oriel_wire_kind {
	ORIEL_WIRE_u8,
	ORIEL_WIRE_u16,
	ORIEL_WIRE_u32,
	ORIEL_WIRE_u64,
	ORIEL_WIRE_i32,
	ORIEL_WIRE_fixed,
	ORIEL_WIRE_STR,   /* const char * */
	ORIEL_WIRE_BYTES, /* struct oriel_bytes */
	ORIEL_WIRE_LIST,  /* uint32_t count and an array */
};

struct oriel_wire_struct;

struct oriel_wire_field {
	const char *name;
	/* Of numbers: the range; i32 and fixed sign-extended. STR, BYTES: 0 to the most bytes, NUL
	 * not counted. LIST: 0 to the most items. */
	uint64_t min, max;
	uint32_t offset;       /* in the C struct */
	uint32_t count_offset; /* LIST: of the count */
	enum oriel_wire_kind kind;
	const struct oriel_wire_struct *(*item)(void); /* LIST */
};

/* The fields of a message or of an item; an item has no LIST. */
struct oriel_wire_struct {
	const char *name;
	const struct oriel_wire_field *fields;
	uint32_t n_fields;
	uint32_t size; /* of the C struct */
};

struct oriel_wire_message {
	const struct oriel_wire_struct *(*body)(void);
	uint32_t max_bytes; /* of the payload */
	uint16_t type;
	uint16_t since; /* minor version */
	bool to_guest, to_host;
	bool optional;
};

/* The table of a type; NULL when there is none. Types are below oriel_wire_n_types. */
const struct oriel_wire_message *oriel_wire_message(uint32_t type);

/* One more than the largest type. */
extern const uint32_t oriel_wire_n_types;

/* Bytes of a number on the wire; of the length or count of the other kinds. */
static inline uint32_t oriel_wire_width(enum oriel_wire_kind kind)
{
	switch (kind) {
	case ORIEL_WIRE_u8:
		return 1;
	case ORIEL_WIRE_u16:
		return 2;
	case ORIEL_WIRE_u64:
		return 8;
	default:
		return 4;
	}
}

static inline bool oriel_wire_signed(enum oriel_wire_kind kind)
{
	return kind == ORIEL_WIRE_i32 || kind == ORIEL_WIRE_fixed;
}

/* Whether a number, sign-extended when signed, is in the range of its field. */
static inline bool oriel_wire_in_range(const struct oriel_wire_field *field, uint64_t value)
{
	if (oriel_wire_signed(field->kind))
		return (int64_t)value >= (int64_t)field->min &&
		       (int64_t)value <= (int64_t)field->max;
	return value >= field->min && value <= field->max;
}

/* The number in the C struct at base, sign-extended when signed. */
static inline uint64_t oriel_wire_load(const struct oriel_wire_field *field, const void *base)
{
	const void *at = (const char *)base + field->offset;

	switch (field->kind) {
	case ORIEL_WIRE_u8:
		return *(const uint8_t *)at;
	case ORIEL_WIRE_u16:
		return *(const uint16_t *)at;
	case ORIEL_WIRE_u64:
		return *(const uint64_t *)at;
	case ORIEL_WIRE_i32:
	case ORIEL_WIRE_fixed:
		return (uint64_t)(int64_t)*(const int32_t *)at;
	default:
		return *(const uint32_t *)at;
	}
}

/* Sets the number in the C struct at base. */
static inline void oriel_wire_store(
	const struct oriel_wire_field *field, void *base, uint64_t value)
{
	void *at = (char *)base + field->offset;

	switch (field->kind) {
	case ORIEL_WIRE_u8:
		*(uint8_t *)at = (uint8_t)value;
		break;
	case ORIEL_WIRE_u16:
		*(uint16_t *)at = (uint16_t)value;
		break;
	case ORIEL_WIRE_u64:
		*(uint64_t *)at = value;
		break;
	default: /* the same bits for uint32_t and int32_t */
		*(uint32_t *)at = (uint32_t)value;
		break;
	}
}

#endif
