/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
#include <inttypes.h>

#include "src/wire/table.h"
#include "src/wire/wire.h"

/* Bytes of a BYTES field that are shown. */
#define SHOWN 16

static void dump_number(const struct oriel_wire_field *field, const void *base, FILE *file)
{
	uint64_t value = oriel_wire_load(field, base);

	if (field->kind == ORIEL_WIRE_fixed)
		fprintf(file, "%.8g", oriel_fixed_to_double((oriel_fixed)(int64_t)value));
	else if (oriel_wire_signed(field->kind))
		fprintf(file, "%" PRId64, (int64_t)value);
	else
		fprintf(file, "%" PRIu64, value);
}

/* The text may be the peer's: it must not drive the reader's terminal, so control characters,
 * those of Latin-1 too (two bytes, the first is 0xc2), are shown as numbers. */
static void dump_text(const char *text, FILE *file)
{
	fputc('"', file);
	for (const unsigned char *c = (const unsigned char *)(text ? text : ""); *c; c++) {
		if (*c == '"' || *c == '\\')
			fprintf(file, "\\%c", *c);
		else if (*c < 0x20 || *c == 0x7f)
			fprintf(file, "\\x%02x", *c);
		else if (*c == 0xc2 && c[1] >= 0x80 && c[1] < 0xa0)
			fprintf(file, "\\x%02x", *++c);
		else
			fputc(*c, file);
	}
	fputc('"', file);
}

static void dump_bytes(const struct oriel_bytes *bytes, FILE *file)
{
	const uint8_t *data = bytes->data;
	uint32_t size = data ? bytes->size : 0;

	fprintf(file, "%" PRIu32 " bytes", size);
	for (uint32_t i = 0; i < size && i < SHOWN; i++)
		fprintf(file, " %02x", data[i]);
	if (size > SHOWN)
		fputs(" ...", file);
}

static void dump_struct(
	const struct oriel_wire_struct *table, const void *base, const char *prefix, FILE *file);

static void dump_list(const struct oriel_wire_field *field, const void *base, FILE *file)
{
	const struct oriel_wire_struct *item = field->item();
	const char *items = (const char *)base + field->offset;
	uint32_t count = *(const uint32_t *)((const char *)base + field->count_offset);

	fprintf(file, "%" PRIu32 " items\n", count);
	for (uint32_t i = 0; i < count && i < field->max; i++) {
		char prefix[64];

		snprintf(prefix, sizeof prefix, "%s[%" PRIu32 "].", field->name, i);
		dump_struct(item, items + (size_t)i * item->size, prefix, file);
	}
}

static void dump_struct(
	const struct oriel_wire_struct *table, const void *base, const char *prefix, FILE *file)
{
	for (uint32_t i = 0; i < table->n_fields; i++) {
		const struct oriel_wire_field *field = &table->fields[i];
		const char *at = (const char *)base + field->offset;

		fprintf(file, "  %s%s: ", prefix, field->name);
		switch (field->kind) {
		case ORIEL_WIRE_STR:
			dump_text(*(const char *const *)at, file);
			break;
		case ORIEL_WIRE_BYTES:
			dump_bytes((const struct oriel_bytes *)at, file);
			break;
		case ORIEL_WIRE_LIST:
			dump_list(field, base, file);
			continue;
		default:
			dump_number(field, base, file);
			break;
		}
		fputc('\n', file);
	}
}

void oriel_wire_dump(const struct oriel_msg *msg, FILE *file)
{
	const struct oriel_wire_message *message = oriel_wire_message(msg->type);

	fprintf(file, "%s\n", oriel_wire_name((uint16_t)msg->type));
	if (message)
		dump_struct(message->body(), &msg->hello, "", file);
}
