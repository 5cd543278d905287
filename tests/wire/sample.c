/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
#include "tests/wire/sample.h"

#include <stdlib.h>
#include <string.h>

#define SHORT 12 /* bytes of a short text */

/* Every text is the end of one long text, every BYTES the start of one long block. */
static char long_text[ORIEL_MAX_ARG + 1];
static uint8_t long_bytes[ORIEL_MAX_INLINE];

uint64_t sample_random(uint64_t *state)
{
	uint64_t z = *state += 0x9e3779b97f4a7c15;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
	z = (z ^ z >> 27) * 0x94d049bb133111eb;
	return z ^ z >> 31;
}

/* Characters of 2, 3 and 4 bytes stand where no limit of the protocol cuts them. */
static void make_pools(void)
{
	static const char block[] = "\xc3\xa9\xe2\x82\xac\xf0\x9f\xaa\x9f.";
	uint64_t seed = 1;

	if (long_text[0])
		return;
	memset(long_text, 'x', ORIEL_MAX_ARG);
	for (size_t end = 10; end < ORIEL_MAX_ARG; end += 100)
		memcpy(long_text + ORIEL_MAX_ARG - end, block, 10);
	for (size_t i = 0; i < sizeof long_bytes; i++)
		long_bytes[i] = (uint8_t)sample_random(&seed);
}

static const char *text_of(size_t length)
{
	const char *text = long_text + ORIEL_MAX_ARG - length;

	while (((unsigned char)*text & 0xc0) == 0x80) /* not in the middle of a character */
		text++;
	return text;
}

/* A length or count up to max. */
static size_t pick_size(uint64_t max, size_t small, enum sample_mode mode, uint64_t *seed)
{
	switch (mode) {
	case SAMPLE_MIN:
		return 0;
	case SAMPLE_MAX:
		return max;
	case SAMPLE_RANDOM:
		small = (size_t)1 << (sample_random(seed) % 23);
		break;
	default:
		break;
	}
	return sample_random(seed) % ((max < small ? max : small) + 1);
}

static uint64_t pick_number(
	const struct oriel_wire_field *field, enum sample_mode mode, uint64_t *seed)
{
	uint64_t range = field->max - field->min;

	if (mode == SAMPLE_MIN)
		return field->min;
	if (mode == SAMPLE_MAX)
		return field->max;
	return field->min +
	       (range == UINT64_MAX ? sample_random(seed) : sample_random(seed) % (range + 1));
}

static void fill(
	const struct oriel_wire_struct *table, enum sample_mode mode, uint64_t *seed, void *base);

static void fill_list(
	const struct oriel_wire_field *field, enum sample_mode mode, uint64_t *seed, void *base)
{
	const struct oriel_wire_struct *item = field->item();
	size_t n = mode == SAMPLE_FULL ? field->max : pick_size(field->max, 2, mode, seed);

	*(uint32_t *)((char *)base + field->count_offset) = (uint32_t)n;
	for (size_t i = 0; i < n; i++)
		fill(item, mode, seed, (char *)base + field->offset + i * item->size);
}

static void fill(
	const struct oriel_wire_struct *table, enum sample_mode mode, uint64_t *seed, void *base)
{
	for (uint32_t i = 0; i < table->n_fields; i++) {
		const struct oriel_wire_field *field = &table->fields[i];
		char *at = (char *)base + field->offset;

		if (field->kind == ORIEL_WIRE_STR)
			*(const char **)at = text_of(pick_size(field->max, SHORT, mode, seed));
		else if (field->kind == ORIEL_WIRE_BYTES)
			*(struct oriel_bytes *)at = (struct oriel_bytes){
				long_bytes, (uint32_t)pick_size(field->max, SHORT, mode, seed)};
		else if (field->kind == ORIEL_WIRE_LIST)
			fill_list(field, mode, seed, base);
		else
			oriel_wire_store(field, base, pick_number(field, mode, seed));
	}
}

void sample_fill(uint16_t type, enum sample_mode mode, uint64_t seed, struct oriel_msg *msg)
{
	uint64_t state = seed << 16 | type;

	make_pools();
	memset(msg, 0, sizeof *msg);
	msg->type = type;
	fill(oriel_wire_message(type)->body(), mode, &state, &msg->hello);
}

uint8_t *sample_encode(const struct oriel_msg *msg, size_t *ret_size)
{
	size_t size = oriel_wire_size(msg);
	uint8_t *bytes = size ? malloc(size) : NULL;

	if (bytes && oriel_wire_encode(msg, bytes, size, ret_size) < 0) {
		free(bytes);
		return NULL;
	}
	return bytes;
}

enum oriel_wire_side sample_reader(uint16_t type)
{
	return oriel_wire_message(type)->to_guest ? ORIEL_WIRE_GUEST : ORIEL_WIRE_HOST;
}

static bool equal(const struct oriel_wire_struct *table, const void *a, const void *b);

static bool equal_field(const struct oriel_wire_field *field, const void *a, const void *b)
{
	const char *at = (const char *)a + field->offset, *bt = (const char *)b + field->offset;

	if (field->kind == ORIEL_WIRE_STR)
		return strcmp(*(const char *const *)at, *(const char *const *)bt) == 0;
	if (field->kind == ORIEL_WIRE_BYTES) {
		const struct oriel_bytes *x = (const void *)at, *y = (const void *)bt;

		return x->size == y->size && memcmp(x->data, y->data, x->size) == 0;
	}
	if (field->kind == ORIEL_WIRE_LIST) {
		const struct oriel_wire_struct *item = field->item();
		uint32_t n = *(const uint32_t *)((const char *)a + field->count_offset);

		if (n != *(const uint32_t *)((const char *)b + field->count_offset))
			return false;
		for (uint32_t i = 0; i < n; i++)
			if (!equal(item, at + (size_t)i * item->size, bt + (size_t)i * item->size))
				return false;
		return true;
	}
	return oriel_wire_load(field, a) == oriel_wire_load(field, b);
}

static bool equal(const struct oriel_wire_struct *table, const void *a, const void *b)
{
	for (uint32_t i = 0; i < table->n_fields; i++)
		if (!equal_field(&table->fields[i], a, b))
			return false;
	return true;
}

bool sample_equal(const struct oriel_msg *a, const struct oriel_msg *b)
{
	return a->type == b->type &&
	       equal(oriel_wire_message(a->type)->body(), &a->hello, &b->hello);
}

struct spots {
	struct sample_spot *spots;
	size_t n, max;
	size_t at;
};

static void find_spots(struct spots *s, const struct oriel_wire_struct *table, void *base)
{
	for (uint32_t i = 0; i < table->n_fields; i++) {
		const struct oriel_wire_field *field = &table->fields[i];
		char *value = (char *)base + field->offset;
		size_t start = s->at;

		s->at += oriel_wire_width(field->kind);
		if (field->kind == ORIEL_WIRE_STR) {
			s->at += strlen(*(const char **)value) + 1;
		} else if (field->kind == ORIEL_WIRE_BYTES) {
			s->at += ((struct oriel_bytes *)value)->size;
		} else if (field->kind == ORIEL_WIRE_LIST) {
			uint32_t n = *(uint32_t *)((char *)base + field->count_offset);

			for (uint32_t k = 0; k < n; k++)
				find_spots(
					s, field->item(), value + (size_t)k * field->item()->size);
		}
		if (s->n < s->max)
			s->spots[s->n++] = (struct sample_spot){field, base, start, s->at - start};
	}
}

size_t sample_spots(struct oriel_msg *msg, struct sample_spot *spots, size_t max, size_t *ret_size)
{
	struct spots s = {spots, 0, max, 0};

	find_spots(&s, oriel_wire_message(msg->type)->body(), &msg->hello);
	*ret_size = s.at;
	return s.n;
}
