/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
#include <stdlib.h>
#include <string.h>

#include "src/carrier/mux_wire.h"
#include "tests/carrier/probe.h"

#define TAG 0x12345678

static const struct oriel_mux_hello hello = {
	.version = ORIEL_MUX_VERSION,
	.side = ORIEL_MUX_GUEST,
	.asks = true,
	.window = ORIEL_MUX_MIN_WINDOW,
	.epoch = UINT64_C(0x1122334455667788),
	.echo = UINT64_C(0x99aabbccddeeff00),
};

/* Reads pieces of this size at most; counts items of each type and keeps the last. */
struct read {
	struct oriel_mux_reader reader;
	unsigned hellos, frames, lost;
	struct oriel_mux_item last;
	unsigned char payload[ORIEL_MUX_CHUNK];
};

static void feed(struct read *read, const unsigned char *bytes, size_t size, size_t piece)
{
	while (size > 0) {
		size_t n = size < piece ? size : piece, left = n;
		unsigned char *copy = malloc(n);
		const unsigned char *at = copy;
		struct oriel_mux_item item;

		assert_non_null(copy);
		memcpy(copy, bytes, n);
		for (;;) {
			oriel_mux_reader_next(&read->reader, &at, &left, &item);
			if (item.type == ORIEL_MUX_ITEM_NONE)
				break;
			read->hellos += item.type == ORIEL_MUX_ITEM_HELLO;
			read->frames += item.type == ORIEL_MUX_ITEM_FRAME;
			read->lost += item.type == ORIEL_MUX_ITEM_LOST;
			read->last = item;
			if (item.type == ORIEL_MUX_ITEM_FRAME)
				memcpy(read->payload, item.untrusted_payload, item.length);
		}
		assert_int_equal(left, 0);
		free(copy);
		bytes += n;
		size -= n;
	}
}

static void check_hello(const struct oriel_mux_hello *found)
{
	assert_int_equal(found->version, hello.version);
	assert_int_equal(found->side, hello.side);
	assert_int_equal(found->asks, hello.asks);
	assert_int_equal(found->window, hello.window);
	assert_true(found->epoch == hello.epoch && found->echo == hello.echo);
}

static void test_frames_in_pieces(void **state)
{
	unsigned char bytes[4096], payload[1000];
	size_t size = 0;

	(void)state;
	memset(payload, 'x', sizeof(payload));
	size += oriel_mux_put_frame(bytes + size, TAG, ORIEL_MUX_OPEN, 1, NULL, 0);
	size += oriel_mux_put_hello(bytes + size, &hello);
	size += oriel_mux_put_frame(bytes + size, TAG, ORIEL_MUX_DATA, 7, payload, 1000);
	assert_int_equal(size, ORIEL_MUX_FRAME(0) + ORIEL_MUX_HELLO + ORIEL_MUX_FRAME(1000));
	for (size_t piece = 1; piece <= size; piece++) {
		struct read *read = calloc(1, sizeof(*read));

		assert_non_null(read);
		oriel_mux_reader_set_tag(&read->reader, TAG);
		feed(read, bytes, size, piece);
		assert_int_equal(read->frames, 2);
		assert_int_equal(read->hellos, 1);
		assert_int_equal(read->lost, 0);
		assert_int_equal(read->last.channel, 7);
		assert_int_equal(read->last.length, 1000);
		assert_memory_equal(read->payload, payload, 1000);
		free(read);
	}
}

static void test_hello_among_anything(void **state)
{
	unsigned char *bytes = probe_pattern(70000);

	(void)state;
	/* Its own beginning, again and again. */
	memset(bytes + 100, 0xf3, 50);
	oriel_mux_put_hello(bytes + 200, &hello);
	oriel_mux_put_hello(bytes + 240, &hello);
	for (size_t piece = 1; piece < 70000; piece = piece * 3 + 1) {
		struct read *read = calloc(1, sizeof(*read));

		assert_non_null(read);
		feed(read, bytes, 70000, piece);
		/* The first is cut by the second, which it swallows a part of. */
		assert_int_equal(read->hellos, 0);
		oriel_mux_put_hello(bytes + 60000, &hello);
		feed(read, bytes, 70000, piece);
		assert_int_equal(read->hellos, 1);
		assert_int_equal(read->frames, 0);
		check_hello(&read->last.hello);
		memset(bytes + 60000, 0, ORIEL_MUX_HELLO);
		free(read);
	}
	free(bytes);
}

/* A writer dies at any byte of its largest frame, and the next one begins. */
static void test_padding_after_a_cut(void **state)
{
	size_t all = ORIEL_MUX_FRAME(ORIEL_MUX_CHUNK);
	unsigned char *payload = probe_pattern(ORIEL_MUX_CHUNK);
	unsigned char *bytes = calloc(1, all + ORIEL_MUX_PADDING + ORIEL_MUX_HELLO);

	(void)state;
	assert_non_null(bytes);
	for (size_t cut = 0; cut < all; cut += cut < 64 || cut > all - 64 ? 1 : 61) {
		struct read *read = calloc(1, sizeof(*read));
		size_t size = cut + ORIEL_MUX_PADDING;

		assert_non_null(read);
		oriel_mux_put_frame(bytes, TAG, ORIEL_MUX_DATA, 1, payload, ORIEL_MUX_CHUNK);
		memset(bytes + cut, 0, ORIEL_MUX_PADDING);
		size += oriel_mux_put_hello(bytes + size, &hello);
		oriel_mux_reader_set_tag(&read->reader, TAG);
		feed(read, bytes, size, 5000);
		assert_int_equal(read->frames, 0);
		assert_int_equal(read->lost, 1);
		assert_int_equal(read->hellos, 1);
		check_hello(&read->last.hello);
		free(read);
	}
	free(bytes);
	free(payload);
}

static void expect_lost(uint32_t kind, uint32_t length)
{
	static unsigned char bytes[ORIEL_MUX_FRAME(ORIEL_MUX_CHUNK + 1)];
	struct read *read = calloc(1, sizeof(*read));

	assert_non_null(read);
	oriel_mux_put_u32(bytes, TAG);
	oriel_mux_put_u32(bytes + 4, kind);
	oriel_mux_put_u32(bytes + 8, 1);
	oriel_mux_put_u32(bytes + 12, length);
	oriel_mux_reader_set_tag(&read->reader, TAG);
	feed(read, bytes, sizeof(bytes), 1000);
	assert_int_equal(read->lost, 1);
	assert_int_equal(read->frames, 0);
	assert_int_equal(read->reader.tag, 0);
	free(read);
}

static void test_wrong_lengths(void **state)
{
	static const struct {
		uint32_t kind, length;
	} wrong[] = {
		{0, 0},
		{6, 0},
		{UINT32_MAX, 4},
		{ORIEL_MUX_OPEN, 1},
		{ORIEL_MUX_DATA, 0},
		{ORIEL_MUX_DATA, ORIEL_MUX_CHUNK + 1},
		{ORIEL_MUX_DATA, UINT32_MAX},
		{ORIEL_MUX_DATA, UINT32_MAX - ORIEL_MUX_FRAME(0) + 1},
		{ORIEL_MUX_CREDIT, 0},
		{ORIEL_MUX_CREDIT, 5},
		{ORIEL_MUX_FINISH, 4},
		{ORIEL_MUX_CLOSE, 3},
		{ORIEL_MUX_CLOSE, 4 + ORIEL_MUX_REASON + 1},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++)
		expect_lost(wrong[i].kind, wrong[i].length);
}

static void expect_no_hello(struct oriel_mux_hello changed)
{
	unsigned char bytes[ORIEL_MUX_HELLO];
	struct read *read = calloc(1, sizeof(*read));

	assert_non_null(read);
	oriel_mux_put_hello(bytes, &changed);
	feed(read, bytes, sizeof(bytes), 100);
	assert_int_equal(read->hellos, 0);
	free(read);
}

static void test_wrong_hellos(void **state)
{
	struct oriel_mux_hello changed = hello;

	(void)state;
	changed.epoch = 0;
	expect_no_hello(changed);
	changed = hello;
	changed.window = ORIEL_MUX_MIN_WINDOW - 1;
	expect_no_hello(changed);
	changed.window = ORIEL_MUX_MAX_WINDOW + 1;
	expect_no_hello(changed);
	changed = hello;
	changed.side = (enum oriel_mux_side)2;
	expect_no_hello(changed);
	for (size_t i = 0; i < ORIEL_MUX_HELLO; i++) {
		unsigned char bytes[ORIEL_MUX_HELLO];
		struct read *read = calloc(1, sizeof(*read));

		assert_non_null(read);
		oriel_mux_put_hello(bytes, &hello);
		bytes[i] ^= 0x10;
		feed(read, bytes, sizeof(bytes), 100);
		assert_int_equal(read->hellos, 0);
		free(read);
	}
}

static void test_tags(void **state)
{
	(void)state;
	assert_true(oriel_mux_tag(1, 2) != oriel_mux_tag(2, 1));
	for (uint64_t i = 0; i < 100000; i++)
		assert_true(oriel_mux_tag(i, i * i) != 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_frames_in_pieces),
		cmocka_unit_test(test_hello_among_anything),
		cmocka_unit_test(test_padding_after_a_cut),
		cmocka_unit_test(test_wrong_lengths),
		cmocka_unit_test(test_wrong_hellos),
		cmocka_unit_test(test_tags),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
