/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/* What the decoder refuses, and how it names it. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/wire/sample.h"

#define MAX_SPOTS 1024

static struct oriel_msg msg, back, untouched;
static struct sample_spot spots[MAX_SPOTS];
static char last_reason[512];

static void put_u32(uint8_t *at, uint32_t value)
{
	for (int i = 0; i < 4; i++)
		at[i] = (uint8_t)(value >> (8 * i));
}

/* Decodes a copy in a block of just that size, so that a sanitizer sees every read past it. On
 * failure checks that there is a reason with the message's name, and that back is untouched. */
static int decode(uint16_t type, const uint8_t *payload, size_t size)
{
	struct oriel_wire_header header = {(uint32_t)size, type, true};
	uint8_t *copy = malloc(size ? size : 1);
	const char *reason = NULL;
	int r;

	assert_non_null(copy);
	memcpy(copy, payload, size);
	memset(&untouched, 0xa5, sizeof untouched);
	memset(&back, 0xa5, sizeof back);
	r = oriel_wire_decode(&header, copy, &back, &reason);
	free(copy);
	if (r == 0)
		return 0;
	assert_int_equal(r, -EPROTO);
	assert_non_null(reason);
	assert_non_null(strstr(reason, oriel_wire_name(type)));
	assert_memory_equal(&back, &untouched, sizeof back);
	snprintf(last_reason, sizeof last_reason, "%s", reason);
	return r;
}

static void assert_reason(const char *part)
{
	if (!strstr(last_reason, part))
		fail_msg("\"%s\" does not say \"%s\"", last_reason, part);
}

static void truncate_all(uint16_t type, enum sample_mode mode, size_t step)
{
	size_t size = 0;
	uint8_t *bytes;

	sample_fill(type, mode, 11, &msg);
	bytes = sample_encode(&msg, &size);
	if (!bytes)
		return;
	for (size_t left = 0; left < size - ORIEL_WIRE_HEADER; left += step)
		assert_int_equal(decode(type, bytes + ORIEL_WIRE_HEADER, left), -EPROTO);
	free(bytes);
}

static void test_truncations(void **state)
{
	(void)state;
	SAMPLE_EACH_TYPE(type)
	{
		truncate_all(type, SAMPLE_MIN, 1);
		truncate_all(type, SAMPLE_SMALL, 1);
		truncate_all(type, SAMPLE_FULL, 61);
		truncate_all(type, SAMPLE_MAX, 9973);
	}
}

static void test_too_long(void **state)
{
	uint8_t bytes[4096] = {0};
	size_t size;

	(void)state;
	SAMPLE_EACH_TYPE(type)
	{
		sample_fill(type, SAMPLE_SMALL, 12, &msg);
		assert_int_equal(oriel_wire_encode(&msg, bytes, sizeof bytes - 1, &size), 0);
		assert_int_equal(decode(type, bytes + 8, size - 8 + 1), -EPROTO);
	}
	sample_fill(ORIEL_MSG_FOCUS, SAMPLE_MIN, 0, &msg);
	assert_int_equal(oriel_wire_encode(&msg, bytes, sizeof bytes, &size), 0);
	assert_int_equal(decode(ORIEL_MSG_FOCUS, bytes + 8, size - 8 + 3), -EPROTO);
	assert_reason("focus: 3 bytes follow the last field");
	assert_int_equal(decode(ORIEL_MSG_PING, bytes, 9), -EPROTO);
	assert_reason("ping: 9 bytes, at most 8 are allowed");
}

/* Values that make sums wrap, and the first that is too much for what is there. */
static void try_length(const struct sample_spot *spot, uint16_t type, uint8_t *payload, size_t size)
{
	const uint32_t values[] = {UINT32_MAX, UINT32_MAX - 1, UINT32_MAX - 3, UINT32_MAX - 4,
		UINT32_MAX - 7, UINT32_MAX - 8, UINT32_MAX - (uint32_t)size, 0x80000000, 0x7fffffff,
		(uint32_t)spot->field->max + 2, (uint32_t)(size - spot->at - 4) + 1};
	uint8_t good[4];

	memcpy(good, payload + spot->at, 4);
	for (size_t i = 0; i < sizeof values / sizeof values[0]; i++) {
		put_u32(payload + spot->at, values[i]);
		assert_int_equal(decode(type, payload, size), -EPROTO);
		assert_reason(spot->field->name);
	}
	memcpy(payload + spot->at, good, 4);
}

static void try_number(
	const struct sample_spot *spot, uint16_t type, uint8_t *payload, size_t size, uint64_t bad)
{
	uint32_t width = oriel_wire_width(spot->field->kind);
	uint64_t cut = width < 8 ? bad & (((uint64_t)1 << 8 * width) - 1) : bad;
	uint8_t good[8];

	if (oriel_wire_signed(spot->field->kind) ? (int64_t)bad != (int32_t)bad : cut != bad)
		return; /* the type has no such value */
	if (oriel_wire_in_range(spot->field, bad))
		return;
	memcpy(good, payload + spot->at, width);
	for (uint32_t i = 0; i < width; i++)
		payload[spot->at + i] = (uint8_t)(bad >> (8 * i));
	assert_int_equal(decode(type, payload, size), -EPROTO);
	assert_reason(spot->field->name);
	assert_reason(" is not in ");
	memcpy(payload + spot->at, good, width);
}

static void try_text(const struct sample_spot *spot, uint16_t type, uint8_t *payload, size_t size)
{
	uint8_t *last = payload + spot->at + spot->size - 1;
	uint8_t good;

	*last = 'x';
	assert_int_equal(decode(type, payload, size), -EPROTO);
	assert_reason("does not end in NUL");
	*last = 0;
	if (spot->size == 5) /* no text to spoil */
		return;
	good = last[-1];
	last[-1] = 0;
	assert_int_equal(decode(type, payload, size), -EPROTO);
	assert_reason("is not UTF-8 without NUL");
	last[-1] = 0xff;
	assert_int_equal(decode(type, payload, size), -EPROTO);
	assert_reason("is not UTF-8 without NUL");
	last[-1] = good;
}

static void test_every_field(void **state)
{
	(void)state;
	SAMPLE_EACH_TYPE(type)
	{
		size_t n, size = 0, payload_size;
		uint8_t *bytes, *payload;

		sample_fill(type, SAMPLE_SMALL, 13, &msg);
		bytes = sample_encode(&msg, &size);
		assert_non_null(bytes);
		payload = bytes + ORIEL_WIRE_HEADER;
		n = sample_spots(&msg, spots, MAX_SPOTS, &payload_size);
		assert_int_equal(payload_size, size - ORIEL_WIRE_HEADER);
		for (size_t i = 0; i < n; i++) {
			if (spots[i].field->kind < ORIEL_WIRE_STR) {
				try_number(&spots[i], type, payload, payload_size,
					spots[i].field->min - 1);
				try_number(&spots[i], type, payload, payload_size,
					spots[i].field->max + 1);
				continue;
			}
			try_length(&spots[i], type, payload, payload_size);
			if (spots[i].field->kind == ORIEL_WIRE_STR)
				try_text(&spots[i], type, payload, payload_size);
		}
		assert_int_equal(decode(type, payload, payload_size), 0);
		free(bytes);
	}
}

/* Replaces what a STR, BYTES or LIST holds by n copies of unit, and says that they are count. */
static uint8_t *splice(const struct sample_spot *spot, const uint8_t *payload, size_t size,
	const uint8_t *unit, size_t unit_size, size_t n, size_t count, size_t *ret_size)
{
	size_t rest = size - spot->at - spot->size;
	uint8_t *result = malloc(size + 4 + n * unit_size);
	uint8_t *at = result;

	assert_non_null(result);
	memcpy(at, payload, spot->at);
	at += spot->at;
	put_u32(at, (uint32_t)count);
	at += 4;
	for (size_t i = 0; i < n; i++, at += unit_size)
		memcpy(at, unit, unit_size);
	if (spot->field->kind == ORIEL_WIRE_STR)
		at[-1] = 0;
	memcpy(at, payload + size - rest, rest);
	*ret_size = (size_t)(at - result) + rest;
	return result;
}

/* As long as its limit is fine, one more is not, although all of it is there. */
static void try_limit(
	const struct sample_spot *spot, uint16_t type, const uint8_t *payload, size_t size)
{
	const struct oriel_wire_field *field = spot->field;
	bool list = field->kind == ORIEL_WIRE_LIST;
	const uint8_t *unit = list ? payload + spot->at + 4 : (const uint8_t *)"x";
	size_t nul = field->kind == ORIEL_WIRE_STR;

	for (size_t more = 0; more < 2; more++) {
		size_t n = field->max + nul + more, new_size;
		uint8_t *bytes = splice(
			spot, payload, size, unit, list ? spot->size - 4 : 1, n, n, &new_size);

		assert_true(new_size <= oriel_wire_message(type)->max_bytes);
		assert_int_equal(decode(type, bytes, new_size), more ? -EPROTO : 0);
		free(bytes);
	}
	assert_reason(field->name);
	assert_reason("are allowed");
}

/* Cuts every list to one item, so that all its bytes are that item's; false when one is empty. */
static bool single_items(struct oriel_msg *m)
{
	const struct oriel_wire_struct *table = oriel_wire_message(m->type)->body();

	for (uint32_t i = 0; i < table->n_fields; i++) {
		uint32_t *count = (uint32_t *)((char *)&m->hello + table->fields[i].count_offset);

		if (table->fields[i].kind != ORIEL_WIRE_LIST)
			continue;
		if (*count == 0)
			return false;
		*count = 1;
	}
	return true;
}

static void test_every_limit(void **state)
{
	(void)state;
	SAMPLE_EACH_TYPE(type)
	{
		size_t n, size = 0, payload_size;
		uint64_t seed = 0;
		uint8_t *bytes;

		do
			sample_fill(type, SAMPLE_SMALL, seed++, &msg);
		while (!single_items(&msg));
		bytes = sample_encode(&msg, &size);
		assert_non_null(bytes);
		n = sample_spots(&msg, spots, MAX_SPOTS, &payload_size);
		for (size_t i = 0; i < n; i++)
			if (spots[i].field->kind >= ORIEL_WIRE_STR)
				try_limit(&spots[i], type, bytes + ORIEL_WIRE_HEADER, payload_size);
		free(bytes);
	}
}

/* Faults are named by message, field, value and range. */
static void test_reasons(void **state)
{
	static uint8_t payload[4 + ORIEL_MAX_TITLE + 16];

	(void)state;
	memset(payload, 'x', sizeof payload);
	put_u32(payload, ORIEL_MAX_TITLE + 2);
	assert_int_equal(decode(ORIEL_MSG_ICON, payload, sizeof payload), -EPROTO);
	assert_reason("icon.app_id: 1025 bytes, at most 1024 are allowed");
	put_u32(payload, 0);
	assert_int_equal(decode(ORIEL_MSG_ICON, payload, sizeof payload), -EPROTO);
	assert_reason("icon.app_id: 0 bytes, but a string ends in NUL");
	memset(payload, 0, sizeof payload);
	put_u32(payload + 4, ORIEL_MAX_KEYS + 1);
	assert_int_equal(decode(ORIEL_MSG_FOCUS, payload, 4 + 4 + 4 * 65 + 4), -EPROTO);
	assert_reason("focus.keys: 65 items, at most 64 are allowed");
	put_u32(payload + 4, 2);
	put_u32(payload + 8, 767);
	put_u32(payload + 12, 768);
	assert_int_equal(decode(ORIEL_MSG_FOCUS, payload, 20), -EPROTO);
	assert_reason("focus.keys[1].code: 768 is not in 1 to 767");
	put_u32(payload + 12, 1);
	assert_int_equal(decode(ORIEL_MSG_FOCUS, payload, 15), -EPROTO);
	assert_reason("focus.keys[1].code: needs 4 bytes, the payload has 3 left");
	assert_int_equal(decode(ORIEL_MSG_FOCUS, payload, 20), 0);
}

static void test_negative_range(void **state)
{
	uint8_t payload[4 + 4 + 4 + 4 + 4 + 2] = {1};

	(void)state;
	put_u32(payload + 4, (uint32_t)-1048577);
	assert_int_equal(decode(ORIEL_MSG_CONFIGURE, payload, sizeof payload), -EPROTO);
	assert_reason("configure.x: -1048577 is not in -1048576 to 1048576");
	put_u32(payload + 4, (uint32_t)-1048576);
	assert_int_equal(decode(ORIEL_MSG_CONFIGURE, payload, sizeof payload), 0);
	assert_int_equal(back.configure.x, -1048576);
}

/* Items past the count are not cleared: a frame with one rectangle must not cost 20 KiB. */
static void test_writes_only_what_is_there(void **state)
{
	uint8_t bytes[4096];
	size_t size;

	(void)state;
	sample_fill(ORIEL_MSG_FRAME, SAMPLE_MIN, 0, &msg);
	assert_int_equal(oriel_wire_encode(&msg, bytes, sizeof bytes, &size), 0);
	assert_int_equal(decode(ORIEL_MSG_FRAME, bytes + ORIEL_WIRE_HEADER, size - 8), 0);
	assert_memory_equal(back.frame.layers, untouched.frame.layers, sizeof back.frame.layers);
	assert_memory_equal(back.frame.rects, untouched.frame.rects, sizeof back.frame.rects);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_truncations),
		cmocka_unit_test(test_too_long),
		cmocka_unit_test(test_every_field),
		cmocka_unit_test(test_every_limit),
		cmocka_unit_test(test_reasons),
		cmocka_unit_test(test_negative_range),
		cmocka_unit_test(test_writes_only_what_is_there),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
