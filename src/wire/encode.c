/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/*
 * The one encoder. It walks a message's table twice: first to check and measure, then to write.
 */
#include <errno.h>
#include <string.h>

#include "src/base/utf8.h"
#include "src/wire/place.h"
#include "src/wire/table.h"
#include "src/wire/wire.h"

struct writer {
	uint8_t *at; /* NULL: check and measure */
	size_t size; /* bytes so far */
	struct oriel_wire_place place;
};

static void put_number(struct writer *w, uint64_t value, uint32_t width)
{
	if (w->at)
		for (uint32_t i = 0; i < width; i++)
			w->at[w->size + i] = (uint8_t)(value >> (8 * i));
	w->size += width;
}

static void put_bytes(struct writer *w, const void *bytes, size_t size)
{
	if (w->at && size > 0)
		memcpy(w->at + w->size, bytes, size);
	w->size += size;
}

static int walk_number(struct writer *w, const struct oriel_wire_field *field, const void *base)
{
	uint64_t value = oriel_wire_load(field, base);

	if (!w->at && !oriel_wire_in_range(field, value)) {
		oriel_wire_fault_range(&w->place, field, value);
		return -EINVAL;
	}
	put_number(w, value, oriel_wire_width(field->kind));
	return 0;
}

static int walk_text(struct writer *w, const struct oriel_wire_field *field, const void *base)
{
	const char *text = *(const char *const *)((const char *)base + field->offset);
	size_t length;

	if (!text)
		text = "";
	length = strnlen(text, field->max + 1);
	if (length > field->max) {
		oriel_wire_fault_at(&w->place, field, "more than %u bytes", (unsigned)field->max);
		return -EINVAL;
	}
	if (!w->at && !oriel_utf8_valid(text, length)) {
		oriel_wire_fault_at(&w->place, field, "is not UTF-8");
		return -EINVAL;
	}
	put_number(w, length + 1, 4);
	put_bytes(w, text, length + 1);
	return 0;
}

static int walk_bytes(struct writer *w, const struct oriel_wire_field *field, const void *base)
{
	const struct oriel_bytes *bytes =
		(const struct oriel_bytes *)((const char *)base + field->offset);
	uint32_t size = bytes->data ? bytes->size : 0;

	if (size > field->max) {
		oriel_wire_fault_at(&w->place, field, "%u bytes, at most %u are allowed",
			(unsigned)size, (unsigned)field->max);
		return -EINVAL;
	}
	put_number(w, size, 4);
	put_bytes(w, bytes->data, size);
	return 0;
}

static int walk_fields(struct writer *w, const struct oriel_wire_struct *table, const void *base);

static int walk_list(struct writer *w, const struct oriel_wire_field *field, const void *base)
{
	const struct oriel_wire_struct *item = field->item();
	const char *items = (const char *)base + field->offset;
	uint32_t count = *(const uint32_t *)((const char *)base + field->count_offset);

	if (count > field->max) {
		oriel_wire_fault_at(&w->place, field, "%u items, at most %u are allowed",
			(unsigned)count, (unsigned)field->max);
		return -EINVAL;
	}
	put_number(w, count, 4);
	w->place.list = field;
	for (uint32_t i = 0; i < count; i++) {
		w->place.index = i;
		if (walk_fields(w, item, items + (size_t)i * item->size) < 0)
			return -EINVAL;
	}
	w->place.list = NULL;
	return 0;
}

static int walk_fields(struct writer *w, const struct oriel_wire_struct *table, const void *base)
{
	for (uint32_t i = 0; i < table->n_fields; i++) {
		const struct oriel_wire_field *field = &table->fields[i];
		int result;

		switch (field->kind) {
		case ORIEL_WIRE_STR:
			result = walk_text(w, field, base);
			break;
		case ORIEL_WIRE_BYTES:
			result = walk_bytes(w, field, base);
			break;
		case ORIEL_WIRE_LIST:
			result = walk_list(w, field, base);
			break;
		default:
			result = walk_number(w, field, base);
			break;
		}
		if (result < 0)
			return result;
	}
	return 0;
}

/* Checks all of msg; *ret_size is with the header. On failure there is a reason. */
static int measure(const struct oriel_msg *msg, size_t *ret_size)
{
	const struct oriel_wire_message *message = oriel_wire_message(msg->type);
	struct writer w = {NULL, 0, {0}};

	if (!message) {
		oriel_wire_fault_text("there is no message type %u", (unsigned)msg->type);
		return -EINVAL;
	}
	w.place.message = message->body();
	if (walk_fields(&w, w.place.message, &msg->hello) < 0)
		return -EINVAL;
	if (w.size > message->max_bytes) {
		oriel_wire_fault_at(&w.place, NULL, "%zu bytes, at most %u are allowed", w.size,
			(unsigned)message->max_bytes);
		return -EINVAL;
	}
	*ret_size = ORIEL_WIRE_HEADER + w.size;
	return 0;
}

size_t oriel_wire_size(const struct oriel_msg *msg)
{
	size_t size = 0;

	return measure(msg, &size) < 0 ? 0 : size;
}

const char *oriel_wire_fault(const struct oriel_msg *msg)
{
	size_t size;

	return measure(msg, &size) < 0 ? oriel_wire_reason() : NULL;
}

int oriel_wire_encode(const struct oriel_msg *msg, void *buffer, size_t size, size_t *ret_size)
{
	const struct oriel_wire_message *message = oriel_wire_message(msg->type);
	struct writer w = {buffer, 0, {0}};
	size_t needed;

	if (measure(msg, &needed) < 0)
		return -EINVAL;
	if (needed > size)
		return -ENOBUFS;
	w.place.message = message->body();
	put_number(&w, needed - ORIEL_WIRE_HEADER, 4);
	put_number(&w, msg->type, 2);
	put_number(&w, message->optional ? ORIEL_WIRE_OPTIONAL : 0, 2);
	walk_fields(&w, w.place.message, &msg->hello);
	*ret_size = needed;
	return 0;
}
