/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/* Headers, types that nobody knows, and the dump. */
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

static struct oriel_msg msg;
static char last_reason[512];

static void assert_reason(const char *part)
{
	if (!strstr(last_reason, part))
		fail_msg("\"%s\" does not say \"%s\"", last_reason, part);
}

static int header(uint32_t length, uint16_t type, uint16_t flags, enum oriel_wire_side reader,
	struct oriel_wire_header *ret)
{
	const uint8_t bytes[ORIEL_WIRE_HEADER] = {(uint8_t)length, (uint8_t)(length >> 8),
		(uint8_t)(length >> 16), (uint8_t)(length >> 24), (uint8_t)type,
		(uint8_t)(type >> 8), (uint8_t)flags, (uint8_t)(flags >> 8)};
	const char *reason = NULL;
	int r;

	*ret = (struct oriel_wire_header){0xa5a5a5a5, 0xa5a5, false};
	r = oriel_wire_decode_header(bytes, reader, ret, &reason);
	if (r < 0) {
		assert_int_equal(r, -EPROTO);
		assert_int_equal(ret->length, 0xa5a5a5a5);
		assert_int_equal(ret->type, 0xa5a5);
		snprintf(last_reason, sizeof last_reason, "%s", reason);
	}
	return r;
}

static void test_header_direction(void **state)
{
	struct oriel_wire_header h;

	(void)state;
	SAMPLE_EACH_TYPE(type)
	{
		const struct oriel_wire_message *message = oriel_wire_message(type);
		uint16_t flags = message->optional ? ORIEL_WIRE_OPTIONAL : 0;

		assert_int_equal(
			header(4, type, flags, ORIEL_WIRE_GUEST, &h) == 0, message->to_guest);
		assert_int_equal(
			header(4, type, flags, ORIEL_WIRE_HOST, &h) == 0, message->to_host);
	}
	assert_int_equal(header(4, ORIEL_MSG_KEY, 0, ORIEL_WIRE_HOST, &h), -EPROTO);
	assert_reason("key: is not for the host");
	assert_int_equal(header(4, ORIEL_MSG_FRAME, 0, ORIEL_WIRE_GUEST, &h), -EPROTO);
	assert_reason("frame: is not for the guest");
}

static void test_header_length(void **state)
{
	struct oriel_wire_header h;

	(void)state;
	SAMPLE_EACH_TYPE(type)
	{
		const struct oriel_wire_message *message = oriel_wire_message(type);
		uint16_t flags = message->optional ? ORIEL_WIRE_OPTIONAL : 0;
		enum oriel_wire_side reader = sample_reader(type);

		assert_int_equal(header(message->max_bytes, type, flags, reader, &h), 0);
		assert_int_equal(h.length, message->max_bytes);
		assert_int_equal(h.type, type);
		assert_int_equal(header(message->max_bytes + 1, type, flags, reader, &h), -EPROTO);
		assert_reason("are allowed");
		assert_reason(oriel_wire_name(type));
		assert_int_equal(header(UINT32_MAX, type, flags, reader, &h), -EPROTO);
	}
}

static void test_header_unknown(void **state)
{
	struct oriel_wire_header h;

	(void)state;
	assert_int_equal(header(0, 9999, 0, ORIEL_WIRE_HOST, &h), -EPROTO);
	assert_reason("message type 9999, flags 0x0: not known here");
	assert_int_equal(header(0, 0, 0, ORIEL_WIRE_HOST, &h), -EPROTO);
	assert_int_equal(header(5, 9999, ORIEL_WIRE_OPTIONAL, ORIEL_WIRE_HOST, &h), 0);
	assert_false(h.known);
	assert_int_equal(h.length, 5);
	assert_int_equal(header(1 << 20, 65535, ORIEL_WIRE_OPTIONAL, ORIEL_WIRE_GUEST, &h), 0);
	assert_false(h.known);
	assert_int_equal(
		header((1 << 20) + 1, 9999, ORIEL_WIRE_OPTIONAL, ORIEL_WIRE_HOST, &h), -EPROTO);
	assert_reason("1048577 bytes, at most 1048576 are allowed");
	assert_int_equal(header(0, 9999, 3, ORIEL_WIRE_HOST, &h), -EPROTO);
	assert_int_equal(header(0, 9999, 0x8001, ORIEL_WIRE_HOST, &h), -EPROTO);
}

static void test_header_flags(void **state)
{
	struct oriel_wire_header h;

	(void)state;
	assert_int_equal(header(8, ORIEL_MSG_PING, 0, ORIEL_WIRE_HOST, &h), 0);
	assert_true(h.known);
	assert_int_equal(header(8, ORIEL_MSG_PING, 1, ORIEL_WIRE_HOST, &h), -EPROTO);
	assert_reason("ping: flags 0x1 are wrong");
	assert_int_equal(header(8, ORIEL_MSG_PING, 0x100, ORIEL_WIRE_HOST, &h), -EPROTO);
	assert_int_equal(header(8, ORIEL_MSG_ICON, 1, ORIEL_WIRE_HOST, &h), 0);
	assert_int_equal(header(8, ORIEL_MSG_ICON, 0, ORIEL_WIRE_HOST, &h), -EPROTO);
}

/* A message that was announced as unknown, or never was, is not decoded. */
static void test_decode_unknown(void **state)
{
	const struct oriel_wire_header h = {0, 9999, false};
	const char *reason = NULL;

	(void)state;
	assert_int_equal(oriel_wire_decode(&h, "", &msg, &reason), -EPROTO);
	assert_string_equal(reason, "message type 9999 is not known here");
}

static void test_dump(void **state)
{
	char *text = NULL;
	size_t size;
	FILE *file = open_memstream(&text, &size);

	(void)state;
	assert_non_null(file);
	sample_fill(ORIEL_MSG_MOTION, SAMPLE_MIN, 0, &msg);
	msg.motion.x = 384;
	oriel_wire_dump(&msg, file);
	sample_fill(ORIEL_MSG_WINDOW, SAMPLE_MIN, 0, &msg);
	msg.window.title = "a\"\\\x1b[2J\xc2\x9bz\xc3\xa9";
	msg.window.x = -5;
	oriel_wire_dump(&msg, file);
	sample_fill(ORIEL_MSG_LAUNCH, SAMPLE_MIN, 0, &msg);
	msg.launch.n_args = 1;
	msg.launch.args[0].value = "foot";
	oriel_wire_dump(&msg, file);
	sample_fill(ORIEL_MSG_LAUNCH_INPUT, SAMPLE_MIN, 0, &msg);
	msg.launch_input.data = (struct oriel_bytes){"0123456789abcdefg", 17};
	oriel_wire_dump(&msg, file);
	msg.type = (enum oriel_msg_type)999;
	oriel_wire_dump(&msg, file);
	fclose(file);
	assert_non_null(strstr(text, "motion\n  time: 0\n  window: 1\n  x: 1.5\n"));
	assert_non_null(strstr(text, "  x: -5\n"));
	assert_non_null(strstr(text, "  title: \"a\\\"\\\\\\x1b[2J\\x9bz\xc3\xa9\"\n"));
	assert_non_null(
		strstr(text, "  args: 1 items\n  args[0].value: \"foot\"\n  env: 0 items\n"));
	assert_non_null(strstr(
		text, "  data: 17 bytes 30 31 32 33 34 35 36 37 38 39 61 62 63 64 65 66 ...\n?\n"));
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_header_direction),
		cmocka_unit_test(test_header_length),
		cmocka_unit_test(test_header_unknown),
		cmocka_unit_test(test_header_flags),
		cmocka_unit_test(test_decode_unknown),
		cmocka_unit_test(test_dump),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
