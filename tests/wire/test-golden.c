/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/*
 * Pins the bytes of every message.
 *
 *   test-golden FILE           compares FILE with what the encoder makes, both ways
 *   test-golden --write FILE   renews FILE, after the protocol was changed on purpose
 */
#include <ctype.h>
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

#define MAX_SIZE 4096

static const char *golden_path;
static struct oriel_msg msg, back;

static size_t encode_sample(uint16_t type, uint8_t bytes[MAX_SIZE])
{
	size_t size = 0;

	sample_fill(type, SAMPLE_SMALL, 2, &msg);
	return oriel_wire_encode(&msg, bytes, MAX_SIZE, &size) < 0 ? 0 : size;
}

static int write_golden(const char *path)
{
	FILE *file = fopen(path, "w");

	if (!file) {
		perror(path);
		return 1;
	}
	fputs("# One message of each type as it is on the wire, in hex: header, payload.\n"
	      "# What is in them: SAMPLE_SMALL of tests/wire/sample.c, seed 2. These bytes change "
	      "only\n"
	      "# when the protocol changes; test-golden --write makes the file new.\n",
		file);
	SAMPLE_EACH_TYPE(type)
	{
		uint8_t bytes[MAX_SIZE];
		size_t size;

		size = encode_sample(type, bytes);
		fprintf(file, "%s ", oriel_wire_name(type));
		for (size_t i = 0; i < size; i++)
			fprintf(file, "%02x", bytes[i]);
		fputc('\n', file);
	}
	return fclose(file) == 0 ? 0 : 1;
}

static size_t parse_hex(const char *text, uint8_t bytes[MAX_SIZE])
{
	size_t n = 0;

	for (; isxdigit((unsigned char)text[0]) && isxdigit((unsigned char)text[1]); text += 2) {
		const char digits[] = {text[0], text[1], '\0'};

		assert_true(n < MAX_SIZE);
		bytes[n++] = (uint8_t)strtoul(digits, NULL, 16);
	}
	assert_true(*text == '\n');
	return n;
}

static void check_line(const char *line, uint16_t type)
{
	uint8_t golden[MAX_SIZE], ours[MAX_SIZE];
	struct oriel_wire_header header;
	size_t name = strcspn(line, " "), size;
	const char *reason = "";

	if (strncmp(line, oriel_wire_name(type), name) != 0 || oriel_wire_name(type)[name])
		fail_msg("%s: \"%.*s\" stands where \"%s\" belongs", golden_path, (int)name, line,
			oriel_wire_name(type));
	size = parse_hex(line + name + 1, golden);
	if (encode_sample(type, ours) != size || memcmp(ours, golden, size) != 0)
		fail_msg("%s has other bytes than %s; if the protocol was changed on purpose: "
			 "./dev run build/gcc/tests/wire/test-golden --write tests/wire/golden.txt",
			oriel_wire_name(type), golden_path);
	assert_int_equal(
		oriel_wire_decode_header(golden, sample_reader(type), &header, &reason), 0);
	assert_int_equal(oriel_wire_decode(&header, golden + ORIEL_WIRE_HEADER, &back, &reason), 0);
	assert_true(sample_equal(&msg, &back));
}

static void test_golden(void **state)
{
	FILE *file = fopen(golden_path, "r");
	char *line = NULL;
	size_t line_size = 0;
	uint16_t type = 0;

	(void)state;
	assert_non_null(file);
	while (getline(&line, &line_size, file) > 0) {
		if (line[0] == '#')
			continue;
		while (type < oriel_wire_n_types && !oriel_wire_message(type))
			type++;
		assert_true(type < oriel_wire_n_types);
		check_line(line, type++);
	}
	assert_int_equal(type, oriel_wire_n_types);
	free(line);
	fclose(file);
}

static void assert_bytes(const uint8_t *expected, size_t size)
{
	uint8_t bytes[MAX_SIZE];
	size_t n = 0;

	assert_int_equal(oriel_wire_encode(&msg, bytes, sizeof bytes, &n), 0);
	assert_int_equal(n, size);
	assert_memory_equal(bytes, expected, size);
}

/* Written by hand from the words of wire.h: the golden file alone could pin a mistake. */
static void test_by_hand(void **state)
{
	static const uint8_t bye[] = {10, 0, 0, 0, 2, 0, 0, 0, /* header */
		6, 0,                                          /* code */
		4, 0, 0, 0, 'w', 'h', 'y', 0};
	static const uint8_t motion[] = {24, 0, 0, 0, 66, 0, 0, 0, 0x04, 0x03, 0x02, 0x01, 0xff,
		0xff, 0xff, 0xff, 0x80, 0x01, 0, 0, 0x00, 0xff, 0xff, 0xff, 0, 0, 0, 0, 0, 0, 0, 0};
	static const uint8_t focus[] = {20, 0, 0, 0, 64, 0, 0, 0, 9, 0, 0, 0, 2, 0, 0, 0, 30, 0, 0,
		0, 0xff, 2, 0, 0, 7, 0, 0, 0};
	static const uint8_t icon[] = {21, 0, 0, 0, 37, 0, 1, 0, /* optional */
		1, 0, 0, 0, 0, 0, 1, 0, 0, 1, 0, 0, 0, 4, 0, 0, 0, 1, 2, 3, 4};

	(void)state;
	memset(&msg, 0, sizeof msg);
	msg.type = ORIEL_MSG_BYE;
	msg.bye = (struct oriel_msg_bye){.code = ORIEL_ERROR_INTERNAL, .reason = "why"};
	assert_bytes(bye, sizeof bye);
	msg.type = ORIEL_MSG_MOTION;
	msg.motion = (struct oriel_msg_motion){
		.time = 0x01020304, .window = UINT32_MAX, .x = 384, .y = -256};
	assert_bytes(motion, sizeof motion);
	msg.type = ORIEL_MSG_FOCUS;
	msg.focus = (struct oriel_msg_focus){
		.window = 9, .n_keys = 2, .keys = {{30}, {767}}, .locked = 7};
	assert_bytes(focus, sizeof focus);
	msg.type = ORIEL_MSG_ICON;
	msg.icon = (struct oriel_msg_icon){.width = 256, .height = 1, .pixels = {"\1\2\3\4", 4}};
	assert_bytes(icon, sizeof icon);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_golden),
		cmocka_unit_test(test_by_hand),
	};

	if (argc == 3 && strcmp(argv[1], "--write") == 0)
		return write_golden(argv[2]);
	if (argc != 2) {
		fprintf(stderr, "usage: test-golden [--write] FILE\n");
		return 2;
	}
	golden_path = argv[1];
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
