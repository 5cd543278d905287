/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
#include "src/wire/place.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

/* Names and numbers only, never text of the peer, so it always fits. */
static _Thread_local char reason[256];

const char *oriel_wire_reason(void)
{
	return reason;
}

void oriel_wire_fault_text(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(reason, sizeof reason, format, args);
	va_end(args);
}

void oriel_wire_fault_at(const struct oriel_wire_place *place, const struct oriel_wire_field *field,
	const char *format, ...)
{
	size_t n = (size_t)snprintf(reason, sizeof reason, "%s", place->message->name);
	va_list args;

	if (place->list)
		n += (size_t)snprintf(reason + n, sizeof reason - n, ".%s[%" PRIu32 "]",
			place->list->name, place->index);
	if (field)
		n += (size_t)snprintf(reason + n, sizeof reason - n, ".%s", field->name);
	n += (size_t)snprintf(reason + n, sizeof reason - n, ": ");
	va_start(args, format);
	vsnprintf(reason + n, sizeof reason - n, format, args);
	va_end(args);
}

void oriel_wire_fault_range(
	const struct oriel_wire_place *place, const struct oriel_wire_field *field, uint64_t value)
{
	if (oriel_wire_signed(field->kind))
		oriel_wire_fault_at(place, field, "%" PRId64 " is not in %" PRId64 " to %" PRId64,
			(int64_t)value, (int64_t)field->min, (int64_t)field->max);
	else
		oriel_wire_fault_at(place, field, "%" PRIu64 " is not in %" PRIu64 " to %" PRIu64,
			value, field->min, field->max);
}
