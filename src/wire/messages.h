/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/*
 * The C face of protocol/messages.def: limits, enums and one struct per message.
 * Strings are NUL-terminated and borrowed; a NULL string or bytes with NULL data encode
 * as empty.
 */
#ifndef ORIEL_WIRE_MESSAGES_H
#define ORIEL_WIRE_MESSAGES_H

#include <stdint.h>

struct oriel_bytes {
	const void *data;
	uint32_t size;
};

typedef int32_t oriel_fixed; /* signed 24.8, as in Wayland */

static inline double oriel_fixed_to_double(oriel_fixed f)
{
	return f / 256.0;
}

/* Rounds to the nearest; what is out of range becomes the largest or smallest value. */
static inline oriel_fixed oriel_fixed_from_double(double d)
{
	if (d >= 8388607.0)
		return 0x7fffffff;
	if (!(d > -8388607.0))
		return -0x7fffffff;
	return (oriel_fixed)(d * 256.0 + (d < 0 ? -0.5 : 0.5));
}

/* clang-format off */

enum {
#define LIMIT(NAME, value, doc) ORIEL_MAX_##NAME = value,
#include "protocol/messages.def"
};

#define ENUM(name, doc) enum oriel_##name {
#define VALUE(NAME, number, doc) ORIEL_##NAME = number,
#define ENUM_END() };
#include "protocol/messages.def"

enum oriel_msg_type {
#define MSG(id, NAME, name, direction, since, max_bytes, optional, doc) ORIEL_MSG_##NAME = id,
#include "protocol/messages.def"
};

#define ORIEL_FIELD_u8 uint8_t
#define ORIEL_FIELD_u16 uint16_t
#define ORIEL_FIELD_u32 uint32_t
#define ORIEL_FIELD_u64 uint64_t
#define ORIEL_FIELD_i32 int32_t
#define ORIEL_FIELD_fixed oriel_fixed

/* A LIST becomes an array of its limit and a count: x[] and n_x. */
#define STRUCT(name, doc) struct oriel_wire_##name {
#define STRUCT_END() };
#define MSG(id, NAME, name, direction, since, max_bytes, optional, doc) \
	struct oriel_msg_##name {
#define MSG_END() };
#define FIELD(type, name, min, max, doc) ORIEL_FIELD_##type name;
#define STR(name, max_bytes, doc) const char *name;
#define BYTES(name, max_bytes, doc) struct oriel_bytes name;
#define LIST(item, name, max_items, doc) \
	uint32_t n_##name; struct oriel_wire_##item name[max_items];
#include "protocol/messages.def"

/* One message of any type. About 20 KiB: keep one, don't copy it around. */
struct oriel_msg {
	enum oriel_msg_type type;
	union {
#define MSG(id, NAME, name, direction, since, max_bytes, optional, doc) \
	struct oriel_msg_##name name;
#include "protocol/messages.def"
	};
};

/* clang-format on */

#endif
