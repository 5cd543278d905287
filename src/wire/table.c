/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
#include "src/wire/table.h"

#include <stddef.h>

#include "src/wire/messages.h"

/* clang-format off */

/* Each table is made inside a function of its own: there the struct has the short name `self`,
 * so that FIELD, which is not told its struct, can take offsets. */
#define BEGIN(function, struct_type, text) \
	static const struct oriel_wire_struct *function(void) { \
		typedef struct_type self; \
		static const char self_name[] = text; \
		static const struct oriel_wire_field fields[] = {
#define END() \
		}; \
		static const struct oriel_wire_struct table = { \
			self_name, fields, sizeof fields / sizeof fields[0], sizeof(self)}; \
		return &table; \
	}

#define STRUCT(name, doc) BEGIN(item_##name, struct oriel_wire_##name, #name)
#define STRUCT_END() END()
#define MSG(id, NAME, name, direction, since, max_bytes, optional, doc) \
	BEGIN(body_##name, struct oriel_msg_##name, #name)
#define MSG_END() END()

#define FIELD(type, field, least, most, doc) { \
	.name = #field, .min = (uint64_t)(least), .max = (uint64_t)(most), \
	.offset = offsetof(self, field), .kind = ORIEL_WIRE_##type},
#define STR(field, max_bytes, doc) { \
	.name = #field, .max = max_bytes, .offset = offsetof(self, field), \
	.kind = ORIEL_WIRE_STR},
#define BYTES(field, max_bytes, doc) { \
	.name = #field, .max = max_bytes, .offset = offsetof(self, field), \
	.kind = ORIEL_WIRE_BYTES},
#define LIST(of, field, max_items, doc) { \
	.name = #field, .max = max_items, .offset = offsetof(self, field), \
	.count_offset = offsetof(self, n_##field), .kind = ORIEL_WIRE_LIST, .item = item_##of},
#include "protocol/messages.def"

#define TO_GUEST .to_guest = true
#define TO_HOST .to_host = true
#define TO_BOTH .to_guest = true, .to_host = true

static const struct oriel_wire_message messages[] = {
#define MSG(id, NAME, name, direction, minor, most, skippable, doc) \
	[id] = {.body = body_##name, .max_bytes = most, .type = id, .since = minor, \
		.optional = skippable, TO_##direction},
#include "protocol/messages.def"
};

/* clang-format on */

const uint32_t oriel_wire_n_types = sizeof messages / sizeof messages[0];

const struct oriel_wire_message *oriel_wire_message(uint32_t type)
{
	return type < oriel_wire_n_types && messages[type].body ? &messages[type] : NULL;
}
