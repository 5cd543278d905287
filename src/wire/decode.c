/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/*
 * The one decoder. It walks a message's table over the payload twice: first to check everything,
 * then, when nothing can fail any more, to fill the caller's struct. So a bad message costs no copy
 * and leaves no trace, and a good one writes only the list items that it has.
 */
#include <errno.h>

#include "src/base/utf8.h"
#include "src/wire/place.h"
#include "src/wire/table.h"
#include "src/wire/wire.h"

struct reader {
	const uint8_t *untrusted_at;
	size_t left; /* bytes; compared, never added to */
	struct oriel_wire_place place;
};

/* The next size bytes; NULL, with a reason, when the payload ends before. */
static const uint8_t *take(struct reader *r, const struct oriel_wire_field *field, size_t size)
{
	const uint8_t *at = r->untrusted_at;

	if (r->left < size) {
		oriel_wire_fault_at(&r->place, field, "needs %zu bytes, the payload has %zu left",
			size, r->left);
		return NULL;
	}
	r->untrusted_at += size;
	r->left -= size;
	return at;
}

static int read_number(struct reader *r, const struct oriel_wire_field *field, uint64_t *ret_value)
{
	uint32_t width = oriel_wire_width(field->kind);
	const uint8_t *at = take(r, field, width);
	uint64_t value = 0;

	if (!at)
		return -EPROTO;
	for (uint32_t i = 0; i < width; i++)
		value |= (uint64_t)at[i] << (8 * i);
	if (oriel_wire_signed(field->kind))
		value = (uint64_t)(int64_t)(int32_t)value;
	*ret_value = value;
	return 0;
}

static int walk_number(struct reader *r, const struct oriel_wire_field *field, void *out)
{
	uint64_t untrusted_value;

	if (read_number(r, field, &untrusted_value) < 0)
		return -EPROTO;
	if (out) {
		oriel_wire_store(field, out, untrusted_value);
	} else if (!oriel_wire_in_range(field, untrusted_value)) {
		oriel_wire_fault_range(&r->place, field, untrusted_value);
		return -EPROTO;
	}
	return 0;
}

/* The size of STR is that of its text and the NUL. */
static int check_text_size(struct reader *r, const struct oriel_wire_field *field, uint64_t size)
{
	if (size == 0)
		oriel_wire_fault_at(&r->place, field, "0 bytes, but a string ends in NUL");
	else if (size - 1 > field->max)
		oriel_wire_fault_at(&r->place, field, "%u bytes, at most %u are allowed",
			(unsigned)(size - 1), (unsigned)field->max);
	else
		return 0;
	return -EPROTO;
}

static int check_text(
	struct reader *r, const struct oriel_wire_field *field, const uint8_t *text, uint64_t size)
{
	if (text[size - 1] != 0)
		oriel_wire_fault_at(&r->place, field, "does not end in NUL");
	else if (!oriel_utf8_valid(text, size - 1))
		oriel_wire_fault_at(&r->place, field, "is not UTF-8 without NUL");
	else
		return 0;
	return -EPROTO;
}

static int walk_text(struct reader *r, const struct oriel_wire_field *field, void *out)
{
	uint64_t untrusted_size;
	const uint8_t *untrusted_text;

	if (read_number(r, field, &untrusted_size) < 0)
		return -EPROTO;
	if (!out && check_text_size(r, field, untrusted_size) < 0)
		return -EPROTO;
	untrusted_text = take(r, field, untrusted_size);
	if (!untrusted_text)
		return -EPROTO;
	if (out)
		*(const char **)((char *)out + field->offset) = (const char *)untrusted_text;
	else
		return check_text(r, field, untrusted_text, untrusted_size);
	return 0;
}

static int walk_bytes(struct reader *r, const struct oriel_wire_field *field, void *out)
{
	uint64_t untrusted_size;
	const uint8_t *untrusted_bytes;

	if (read_number(r, field, &untrusted_size) < 0)
		return -EPROTO;
	if (untrusted_size > field->max) {
		oriel_wire_fault_at(&r->place, field, "%u bytes, at most %u are allowed",
			(unsigned)untrusted_size, (unsigned)field->max);
		return -EPROTO;
	}
	untrusted_bytes = take(r, field, untrusted_size);
	if (!untrusted_bytes)
		return -EPROTO;
	if (out)
		*(struct oriel_bytes *)((char *)out + field->offset) =
			(struct oriel_bytes){untrusted_bytes, (uint32_t)untrusted_size};
	return 0;
}

static int walk_fields(struct reader *r, const struct oriel_wire_struct *table, void *out);

static int walk_list(struct reader *r, const struct oriel_wire_field *field, void *out)
{
	const struct oriel_wire_struct *item = field->item();
	char *items = out ? (char *)out + field->offset : NULL;
	uint64_t untrusted_count;

	if (read_number(r, field, &untrusted_count) < 0)
		return -EPROTO;
	if (untrusted_count > field->max) {
		oriel_wire_fault_at(&r->place, field, "%u items, at most %u are allowed",
			(unsigned)untrusted_count, (unsigned)field->max);
		return -EPROTO;
	}
	if (out)
		*(uint32_t *)((char *)out + field->count_offset) = (uint32_t)untrusted_count;
	r->place.list = field;
	for (uint32_t i = 0; i < untrusted_count; i++) {
		r->place.index = i;
		if (walk_fields(r, item, out ? items + (size_t)i * item->size : NULL) < 0)
			return -EPROTO;
	}
	r->place.list = NULL;
	return 0;
}

/* Checks the fields when out is NULL, else stores what has been checked into out. */
static int walk_fields(struct reader *r, const struct oriel_wire_struct *table, void *out)
{
	for (uint32_t i = 0; i < table->n_fields; i++) {
		const struct oriel_wire_field *field = &table->fields[i];
		int result;

		switch (field->kind) {
		case ORIEL_WIRE_STR:
			result = walk_text(r, field, out);
			break;
		case ORIEL_WIRE_BYTES:
			result = walk_bytes(r, field, out);
			break;
		case ORIEL_WIRE_LIST:
			result = walk_list(r, field, out);
			break;
		default:
			result = walk_number(r, field, out);
			break;
		}
		if (result < 0)
			return result;
	}
	return 0;
}

static int check(
	const struct oriel_wire_message *message, const void *untrusted_payload, size_t size)
{
	struct reader r = {untrusted_payload, size, {.message = message->body()}};

	if (size > message->max_bytes) {
		oriel_wire_fault_at(&r.place, NULL, "%zu bytes, at most %u are allowed", size,
			(unsigned)message->max_bytes);
		return -EPROTO;
	}
	if (walk_fields(&r, r.place.message, NULL) < 0)
		return -EPROTO;
	if (r.left > 0) {
		oriel_wire_fault_at(&r.place, NULL, "%zu bytes follow the last field", r.left);
		return -EPROTO;
	}
	return 0;
}

int oriel_wire_decode(const struct oriel_wire_header *header, const void *untrusted_payload,
	struct oriel_msg *ret_msg, const char **ret_reason)
{
	const struct oriel_wire_message *message = oriel_wire_message(header->type);
	struct reader r = {untrusted_payload, header->length, {0}};

	if (!message)
		oriel_wire_fault_text("message type %u is not known here", (unsigned)header->type);
	if (!message || check(message, untrusted_payload, header->length) < 0) {
		*ret_reason = oriel_wire_reason();
		return -EPROTO;
	}
	ret_msg->type = header->type;
	/* All members of the union start at one place. */
	return walk_fields(&r, message->body(), &ret_msg->hello);
}
