/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/* Whether protocol/messages.def agrees with itself. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "tests/wire/sample.h"

struct limit {
	const char *name;
	bool used;
};

static struct limit limits[] = {
#define LIMIT(NAME, value, doc) {"ORIEL_MAX_" #NAME, false},
#include "protocol/messages.def"
};

/* Marks the limits that an expression of the table names; returns how many it names. */
static size_t mark_limits(const char *expression)
{
	size_t n = 0;

	for (size_t i = 0; i < sizeof limits / sizeof limits[0]; i++) {
		const char *at = strstr(expression, limits[i].name);
		size_t length = strlen(limits[i].name);

		/* The whole name, not the start of a longer one. */
		if (at && !strchr("ABCDEFGHIJKLMNOPQRSTUVWXYZ_", at[length] ? at[length] : '.')) {
			limits[i].used = true;
			n++;
		}
	}
	return n;
}

static void check_size_is_named(const char *field, const char *expression)
{
	if (mark_limits(expression) == 0)
		fail_msg("the size of %s, %s, is not a named limit", field, expression);
}

/* Every length is bounded by a named limit, and every limit bounds something. */
static void test_limits(void **state)
{
	(void)state;
#define FIELD(type, name, min, max, doc) mark_limits(#max);
#define STR(name, max_bytes, doc) check_size_is_named(#name, #max_bytes);
#define BYTES(name, max_bytes, doc) check_size_is_named(#name, #max_bytes);
#define LIST(item, name, max_items, doc) check_size_is_named(#name, #max_items);
#include "protocol/messages.def"
	mark_limits("ORIEL_MAX_UNKNOWN"); /* of oriel_wire_decode_header() */
	/* Of both ends, not of one message. */
	mark_limits("ORIEL_MAX_WINDOWS");
	mark_limits("ORIEL_MAX_BUFFERS");
	mark_limits("ORIEL_MAX_ALL_EXTENTS");
	mark_limits("ORIEL_MAX_TRANSFERS");
	mark_limits("ORIEL_MAX_WINDOW_BYTES");
	for (size_t i = 0; i < sizeof limits / sizeof limits[0]; i++)
		if (!limits[i].used)
			fail_msg("%s limits nothing", limits[i].name);
}

struct enumeration {
	char text[64];
	uint64_t largest, all_bits;
};

static struct enumeration enums[32];
static size_t n_enums;

static void begin_enum(const char *name)
{
	assert_true(n_enums < sizeof enums / sizeof enums[0]);
	snprintf(enums[n_enums].text, sizeof enums[0].text, "enum %s", name);
}

static void add_value(uint64_t number)
{
	enums[n_enums].all_bits |= number;
	if (number > enums[n_enums].largest)
		enums[n_enums].largest = number;
}

/* A field that says it is an enum, or bits of one, allows just the values that there are. */
static void check_enum_range(const char *field, const char *doc, uint64_t min, uint64_t max)
{
	bool bits = strncmp(doc, "bits of ", 8) == 0;
	const char *text = bits ? doc + 8 : doc;

	if (strcmp(field, "features") == 0) /* unknown bits are ignored */
		return;
	for (size_t i = 0; i < n_enums; i++) {
		size_t length = strlen(enums[i].text);

		if (strncmp(text, enums[i].text, length) != 0 ||
			(text[length] != '\0' && text[length] != ';'))
			continue;
		assert_int_equal(min, 0);
		assert_int_equal(max, bits ? enums[i].all_bits : enums[i].largest);
		return;
	}
	if (strncmp(text, "enum ", 5) == 0)
		fail_msg("%s: there is no \"%s\"", field, text);
}

static void test_enums(void **state)
{
	(void)state;
	n_enums = 0;
#define ENUM(name, doc) begin_enum(#name);
#define VALUE(NAME, number, doc) add_value(number);
#define ENUM_END() n_enums++;
#define FIELD(type, name, min, max, doc) \
	check_enum_range(#name, doc, (uint64_t)(min), (uint64_t)(max));
#include "protocol/messages.def"
	assert_true(n_enums > 5);
}

/* The range of a number fits its type, and items hold no lists. */
static void check_struct(const struct oriel_wire_struct *table, bool item)
{
	assert_true(table->n_fields > 0);
	for (uint32_t i = 0; i < table->n_fields; i++) {
		const struct oriel_wire_field *field = &table->fields[i];

		assert_true(field->offset < table->size);
		if (field->kind == ORIEL_WIRE_LIST) {
			assert_false(item);
			assert_true(field->max > 0);
			check_struct(field->item(), true);
		} else if (oriel_wire_signed(field->kind)) {
			assert_true((int64_t)field->min >= INT32_MIN);
			assert_true((int64_t)field->max <= INT32_MAX);
			assert_true((int64_t)field->min <= (int64_t)field->max);
		} else if (field->kind < ORIEL_WIRE_STR) {
			uint32_t width = oriel_wire_width(field->kind);

			assert_true(field->max <= UINT64_MAX >> (64 - 8 * width));
			assert_true(field->min <= field->max);
		}
	}
}

static void test_structs(void **state)
{
	(void)state;
	for (uint32_t type = 0; type < oriel_wire_n_types; type++) {
		const struct oriel_wire_message *message = oriel_wire_message(type);

		if (!message)
			continue;
		check_struct(message->body(), false);
		assert_int_equal(message->type, type);
		assert_true(message->to_guest || message->to_host);
		assert_true(message->since <= ORIEL_WIRE_MINOR);
		assert_true(ORIEL_WIRE_HEADER + message->max_bytes <= oriel_wire_max_size());
	}
	assert_null(oriel_wire_message(oriel_wire_n_types));
	assert_null(oriel_wire_message(UINT32_MAX));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_limits),
		cmocka_unit_test(test_enums),
		cmocka_unit_test(test_structs),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
