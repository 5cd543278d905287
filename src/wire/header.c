/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
#include "src/wire/wire.h"

#include <errno.h>

#include "src/wire/place.h"
#include "src/wire/table.h"

static bool may_read(const struct oriel_wire_message *message, enum oriel_wire_side reader)
{
	return reader == ORIEL_WIRE_GUEST ? message->to_guest : message->to_host;
}

static int fault(const char **ret_reason)
{
	*ret_reason = oriel_wire_reason();
	return -EPROTO;
}

static int check_known(const struct oriel_wire_message *message, uint32_t length, uint16_t flags,
	enum oriel_wire_side reader)
{
	const struct oriel_wire_place place = {.message = message->body()};

	if (!may_read(message, reader)) {
		oriel_wire_fault_at(&place, NULL, "is not for the %s",
			reader == ORIEL_WIRE_GUEST ? "guest" : "host");
		return -EPROTO;
	}
	if (flags != (message->optional ? ORIEL_WIRE_OPTIONAL : 0)) {
		oriel_wire_fault_at(&place, NULL, "flags 0x%x are wrong", (unsigned)flags);
		return -EPROTO;
	}
	if (length > message->max_bytes) {
		oriel_wire_fault_at(&place, NULL, "%u bytes, at most %u are allowed",
			(unsigned)length, (unsigned)message->max_bytes);
		return -EPROTO;
	}
	return 0;
}

static int check_unknown(uint32_t length, uint16_t type, uint16_t flags)
{
	if (flags != ORIEL_WIRE_OPTIONAL) {
		oriel_wire_fault_text("message type %u, flags 0x%x: not known here", (unsigned)type,
			(unsigned)flags);
		return -EPROTO;
	}
	if (length > ORIEL_MAX_UNKNOWN) {
		oriel_wire_fault_text(
			"message type %u, not known here: %u bytes, at most %d are allowed",
			(unsigned)type, (unsigned)length, ORIEL_MAX_UNKNOWN);
		return -EPROTO;
	}
	return 0;
}

int oriel_wire_decode_header(const void *untrusted_header, enum oriel_wire_side reader,
	struct oriel_wire_header *ret_header, const char **ret_reason)
{
	const uint8_t *at = untrusted_header;
	uint32_t length =
		at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 | (uint32_t)at[3] << 24;
	uint16_t type = (uint16_t)(at[4] | at[5] << 8);
	uint16_t flags = (uint16_t)(at[6] | at[7] << 8);
	const struct oriel_wire_message *message = oriel_wire_message(type);
	int r = message ? check_known(message, length, flags, reader)
			: check_unknown(length, type, flags);

	if (r < 0)
		return fault(ret_reason);
	*ret_header = (struct oriel_wire_header){length, type, message != NULL};
	return 0;
}

size_t oriel_wire_max_size(void)
{
	uint32_t largest = ORIEL_MAX_UNKNOWN;

	for (uint32_t type = 0; type < oriel_wire_n_types; type++) {
		const struct oriel_wire_message *message = oriel_wire_message(type);

		if (message && message->max_bytes > largest)
			largest = message->max_bytes;
	}
	return ORIEL_WIRE_HEADER + (size_t)largest;
}

const char *oriel_wire_name(uint16_t type)
{
	const struct oriel_wire_message *message = oriel_wire_message(type);

	return message ? message->body()->name : "?";
}
