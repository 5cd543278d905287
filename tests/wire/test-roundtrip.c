/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/* Every message as bytes and back, and what the encoder refuses. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/wire/sample.h"

#define MAX_SPOTS 8192

static struct oriel_msg msg, back;
static struct sample_spot spots[MAX_SPOTS];

/* Encodes msg, decodes it again, compares; false when it can't be encoded. */
static bool round_trip(void)
{
	struct oriel_wire_header header;
	const char *reason;
	size_t size = 0, payload;
	uint8_t *bytes = sample_encode(&msg, &size);

	if (!bytes)
		return false;
	sample_spots(&msg, spots, 0, &payload);
	assert_int_equal(size, ORIEL_WIRE_HEADER + payload);
	assert_int_equal(oriel_wire_decode_header(
				 bytes, sample_reader((uint16_t)msg.type), &header, &reason),
		0);
	assert_true(header.known);
	assert_int_equal(header.type, msg.type);
	assert_int_equal(header.length, payload);
	assert_int_equal(oriel_wire_decode(&header, bytes + ORIEL_WIRE_HEADER, &back, &reason), 0);
	assert_true(sample_equal(&msg, &back));
	free(bytes);
	return true;
}

static void test_extremes(void **state)
{
	static const enum sample_mode modes[] = {SAMPLE_MIN, SAMPLE_FULL, SAMPLE_SMALL, SAMPLE_MAX};

	(void)state;
	SAMPLE_EACH_TYPE(type)
	{
		for (size_t i = 0; i < sizeof modes / sizeof modes[0]; i++) {
			sample_fill(type, modes[i], 7, &msg);
			/* The one message whose limit is below the sum of its fields' limits. */
			if (type == ORIEL_MSG_LAUNCH && modes[i] == SAMPLE_MAX)
				assert_false(round_trip());
			else
				assert_true(round_trip());
		}
	}
}

static void test_random(void **state)
{
	(void)state;
	SAMPLE_EACH_TYPE(type)
	{
		size_t done = 0;

		for (uint64_t seed = 0; seed < 50; seed++) {
			sample_fill(type, SAMPLE_RANDOM, seed, &msg);
			done += round_trip();
		}
		assert_true(done >= (type == ORIEL_MSG_LAUNCH ? 10 : 50));
	}
}

static void test_empty_is_null(void **state)
{
	(void)state;
	sample_fill(ORIEL_MSG_ICON, SAMPLE_SMALL, 0, &msg);
	msg.icon.app_id = NULL;
	msg.icon.pixels = (struct oriel_bytes){NULL, 9};
	back = msg;
	back.icon.app_id = "";
	back.icon.pixels = (struct oriel_bytes){"", 0};
	assert_int_equal(oriel_wire_size(&msg), oriel_wire_size(&back));
	uint8_t a[64], b[64];
	size_t n;
	assert_int_equal(oriel_wire_encode(&msg, a, sizeof a, &n), 0);
	assert_int_equal(oriel_wire_encode(&back, b, sizeof b, &n), 0);
	assert_memory_equal(a, b, n);
}

/* Too long as a whole: refused by name, nothing written. */
static void test_message_limit(void **state)
{
	uint8_t byte = 0xaa;
	size_t size = 77;

	(void)state;
	sample_fill(ORIEL_MSG_LAUNCH, SAMPLE_MAX, 0, &msg);
	assert_int_equal(oriel_wire_size(&msg), 0);
	assert_int_equal(oriel_wire_encode(&msg, &byte, 1, &size), -EINVAL);
	assert_int_equal(byte, 0xaa);
	assert_int_equal(size, 77);
	assert_non_null(strstr(oriel_wire_fault(&msg), "launch: "));
	assert_non_null(strstr(oriel_wire_fault(&msg), "at most 2097152 are allowed"));
}

static void test_small_buffer(void **state)
{
	(void)state;
	SAMPLE_EACH_TYPE(type)
	{
		size_t size, written = 77;
		uint8_t *bytes;

		sample_fill(type, SAMPLE_SMALL, 3, &msg);
		size = oriel_wire_size(&msg);
		bytes = malloc(size - 1);
		assert_non_null(bytes);
		memset(bytes, 0xaa, size - 1);
		assert_int_equal(oriel_wire_encode(&msg, bytes, size - 1, &written), -ENOBUFS);
		assert_int_equal(written, 77);
		for (size_t i = 0; i < size - 1; i++)
			assert_int_equal(bytes[i], 0xaa);
		free(bytes);
	}
}

static void refuse(const struct oriel_wire_field *field)
{
	uint8_t bytes[4096];
	size_t size = 77;

	assert_int_equal(oriel_wire_encode(&msg, bytes, sizeof bytes, &size), -EINVAL);
	assert_int_equal(oriel_wire_size(&msg), 0);
	assert_int_equal(size, 77);
	assert_non_null(strstr(oriel_wire_fault(&msg), field->name));
	assert_non_null(strstr(oriel_wire_fault(&msg), oriel_wire_name((uint16_t)msg.type)));
}

static void try_number(const struct sample_spot *spot, uint64_t bad)
{
	uint64_t good = oriel_wire_load(spot->field, spot->base);

	oriel_wire_store(spot->field, spot->base, bad);
	if (oriel_wire_load(spot->field, spot->base) == bad && /* the C type can hold it */
		!oriel_wire_in_range(spot->field, bad))
		refuse(spot->field);
	oriel_wire_store(spot->field, spot->base, good);
}

static void try_text(const struct sample_spot *spot)
{
	const char **text = (const char **)((char *)spot->base + spot->field->offset);
	const char *good = *text;
	char *bad = malloc(spot->field->max + 2);

	assert_non_null(bad);
	memset(bad, 'x', spot->field->max + 1);
	bad[spot->field->max + 1] = '\0';
	*text = bad;
	refuse(spot->field);
	*text = "caf\xe9"; /* Latin-1 */
	refuse(spot->field);
	*text = good;
	free(bad);
}

static void try_size(const struct sample_spot *spot, uint32_t *size)
{
	uint32_t good = *size;

	*size = (uint32_t)spot->field->max + 1;
	refuse(spot->field);
	*size = UINT32_MAX;
	refuse(spot->field);
	*size = good;
}

static void test_encoder_refuses(void **state)
{
	(void)state;
	SAMPLE_EACH_TYPE(type)
	{
		size_t size, n;

		sample_fill(type, SAMPLE_SMALL, 5, &msg);
		n = sample_spots(&msg, spots, MAX_SPOTS, &size);
		for (size_t i = 0; i < n; i++) {
			const struct oriel_wire_field *field = spots[i].field;
			char *base = spots[i].base;

			if (field->kind == ORIEL_WIRE_STR)
				try_text(&spots[i]);
			else if (field->kind == ORIEL_WIRE_BYTES)
				try_size(&spots[i],
					&((struct oriel_bytes *)(base + field->offset))->size);
			else if (field->kind == ORIEL_WIRE_LIST)
				try_size(&spots[i], (uint32_t *)(base + field->count_offset));
			else {
				try_number(&spots[i], field->min - 1);
				try_number(&spots[i], field->max + 1);
			}
		}
		assert_true(round_trip()); /* all is as before */
	}
}

static void test_unknown_type(void **state)
{
	uint8_t bytes[64];
	size_t size;

	(void)state;
	memset(&msg, 0, sizeof msg);
	msg.type = (enum oriel_msg_type)60000;
	assert_int_equal(oriel_wire_size(&msg), 0);
	assert_int_equal(oriel_wire_encode(&msg, bytes, sizeof bytes, &size), -EINVAL);
	assert_string_equal(oriel_wire_fault(&msg), "there is no message type 60000");
	assert_string_equal(oriel_wire_name(60000), "?");
	assert_string_equal(oriel_wire_name(0), "?");
	assert_string_equal(oriel_wire_name(ORIEL_MSG_HELLO), "hello");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_extremes),
		cmocka_unit_test(test_random),
		cmocka_unit_test(test_empty_is_null),
		cmocka_unit_test(test_message_limit),
		cmocka_unit_test(test_small_buffer),
		cmocka_unit_test(test_encoder_refuses),
		cmocka_unit_test(test_unknown_type),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
